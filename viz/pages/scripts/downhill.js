// Takes the model, the engine, the writer and the reader of numbers, the document's tools and `go(k)`. Fills the panel
// "Downhill": a step of gradient descent, as update steps of the walk behind the last one; the leaves that move, the rate, a
// strip of the output over the steps taken, Undo. pending() says whether update steps wait; commit() begins the new pass.
function makeDownhill(model, engine, format, readNumber, { byId, make, draw }, go) {
  const WIDE = 340, HIGH = 64; // of the strip
  const panel = byId("downhill"), output = model.nodes[model.output].name;
  const rate = make("input", { type: "text", id: "rate", value: "0.1", autocomplete: "off", spellcheck: "false" });
  const [step, undo, reset] = ["Step", "Undo", "Reset"].map((text) => make("button", { type: "button" }, text));
  const strip = draw("svg", { class: "strip", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img" }), note = make("p", { role: "status" });
  const choices = make("div", { class: "choices" }), which = make("details", {}, make("summary", {}, ""), choices);
  const moving = new Set(model.parameters.filter((i) => model.leaves.includes(i)));
  let past = []; // the leaves' numbers before each step taken, and the output's
  let next = null; // where the leaves will be, while update steps wait
  let own = false; // whether a change is of our own making

  const few = (parts) => (parts.length > 6 ? [...parts.slice(0, 5), `… (${parts.length})`] : parts).join(", ");

  function descend() {
    const size = readNumber(rate.value);
    rate.setAttribute("aria-invalid", String(size === null));
    if (size === null) return (note.textContent = "The rate is a number or a fraction, such as 0.1 or 1/2.");
    if (next) settle();
    const slopes = engine.backward(model.values).gradients;
    const updates = model.leaves.filter((i) => moving.has(i)).map((gate) => {
      const from = model.values[gate], slope = slopes[gate] ?? 0;
      return { gate, from, rate: size, slope, to: from - size * slope };
    });
    if (!updates.length) return (note.textContent = "No leaf is chosen to move.");
    const before = new Map(model.leaves.map((i) => [i, model.values[i]]));
    past.push({ values: [...model.values], output: model.values[model.output] });
    next = new Map([...before, ...updates.map(({ gate, to }) => [gate, to])]);
    model.extend(updates);
    go(model.last - updates.length + 1);
    paint();
  }

  // The updates are made: the leaves stand where they lead, and that is the new base.
  function settle() {
    const values = [...model.values];
    for (const [i, value] of next) values[i] = value;
    change(() => model.rest(values));
  }

  function change(make) {
    own = true;
    next = null;
    model.extend([]);
    make();
    own = false;
    paint();
  }

  function commit() {
    settle();
    go(1);
  }

  function paint() {
    const ahead = next && engine.forward(new Map(next))[model.output];
    const heights = [...past.map((one) => one.output), next ? ahead : model.values[model.output]];
    drawStrip(heights);
    undo.disabled = !past.length;
    reset.disabled = model.leaves.every((i) => Object.is(model.values[i], model.start[i])) && !next;
    const names = model.leaves.filter((i) => moving.has(i)).map((i) => model.nodes[i].name);
    which.firstChild.textContent = `Moves: ${few(names) || "none"}`;
    if (heights.length < 2) note.textContent = `Each step moves a leaf against its gradient, rate × gradient far: ${output} falls.`;
    else {
      const [last, now] = heights.slice(-2);
      const rose = now > last ? `: it rose, the rate is too large here` : now === last ? ": it stayed" : "";
      note.textContent = `${past.length} step${past.length > 1 ? "s" : ""}: ${output} = ${format(last)} → ${format(now)}${rose}.`;
    }
  }

  function drawStrip(heights) {
    const finite = heights.filter(Number.isFinite), low = Math.min(...finite), high = Math.max(...finite);
    const x = (i) => 6 + ((WIDE - 12) * i) / Math.max(1, heights.length - 1);
    const y = (height) => (high > low ? 6 + ((HIGH - 12) * (high - height)) / (high - low) : HIGH / 2);
    const points = heights.flatMap((height, i) => (Number.isFinite(height) ? [[x(i), y(height)]] : []));
    strip.replaceChildren(draw("path", { d: points.map(([left, top], i) => `${i ? "L" : "M"}${left} ${top}`).join(" ") }),
      ...points.map(([cx, cy]) => draw("circle", { cx, cy, r: 3 })));
    strip.toggleAttribute("hidden", heights.length < 2);
    strip.setAttribute("aria-label", `${output} over the steps: ${few(heights.map(format))}`);
  }

  function makeChoices() {
    const boxes = model.leaves.slice(0, 200).map((i) => {
      const box = make("input", { type: "checkbox" });
      box.checked = moving.has(i);
      box.onchange = () => { moving[box.checked ? "add" : "delete"](i); paint(); };
      return make("label", {}, box, model.nodes[i].name);
    });
    choices.replaceChildren(...boxes);
  }

  step.onclick = descend;
  undo.onclick = () => {
    const { values } = past.pop();
    change(() => model.rest(values));
  };
  reset.onclick = () => change(() => { past = []; model.rest(model.start); });
  which.ontoggle = () => which.open && makeChoices();
  panel.append(make("p", { class: "choices" }, make("label", { for: "rate" }, "Rate"), rate, step, undo, reset), strip, note, which);
  model.onChange(() => { // updates that wait were made of other numbers
    if (own) return;
    if (next) past.pop();
    next = null;
    model.extend([]);
    if (model.leaves.every((i) => Object.is(model.values[i], model.start[i]))) past = [];
    paint();
  });
  paint();
  return { pending: () => next !== null, commit, descend, undo: () => undo.onclick(), past: () => past };
}

