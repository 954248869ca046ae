// Takes the model, the writer of numbers, the picture and the document's tools. Gives the stubs: show(k, hidden) sets at the
// edge of the picture, for what takes part in step k and is not in view, its name and number; a click goes there.
function makeStubs(model, format, picture, { make }) {
  const MOST = 3, HIGH = 28, STEP = 7; // operands; pixels: from one stub to the next, between levels that are tried
  const { figure } = picture, stubs = make("div", { class: "stubs" });
  let at = 0, hides = false, waiting = 0;
  figure.after(stubs);

  // What takes part in the step: name, value, and on the way back what has arrived.
  function parts() {
    const { phase, gate, operand, before, after } = model.step(at);
    if (gate === undefined) return [];
    const written = (i) => `${model.nodes[i].name} = ${format(model.values[i])}`;
    if (phase === "backward") {
      return [[gate, written(gate)], [operand, `${written(operand)}, gradient ${hides ? "?" : `${format(before)} → ${format(after)}`}`]];
    }
    const operands = phase === "forward" ? model.nodes[gate].uses.map((k) => model.step(k).operand) : [];
    return [...new Set([gate, ...operands])].slice(0, MOST + 1).map((i) => [i, i === gate ? model.nodes[i].name : written(i)]);
  }

  // The level nearest to the wanted one at which a stub covers nothing that is in view, be it a node, a box, a chip or another stub; else
  // the one at which it covers the least.
  function freeLevel(stub, wanted, frame, low, others) {
    const { left, right } = stub.getBoundingClientRect();
    const drawn = [...picture.svg.querySelectorAll(".nodes > g, .opened > g, .shut, .chips > g")].map((part) => part.getBoundingClientRect());
    const there = [...drawn.filter((box) => box.width && box.left < right && left < box.right).map((box) => [box.top - frame.top, box.bottom - frame.top]),
      ...others.map((top) => [top, top + HIGH])];
    const covered = (level) => there.filter(([top, bottom]) => top < level + HIGH && level < bottom).length;
    const levels = [...Array(2 + Math.ceil(frame.height / STEP)).keys()].flatMap((i) => [wanted - STEP * i, wanted + STEP * i])
      .filter((level) => level >= 2 && level <= low);
    return levels.reduce((best, level) => (covered(level) < covered(best) ? level : best), wanted);
  }

  function place() {
    const frame = figure.getBoundingClientRect(), low = frame.height - HIGH - 2, places = [];
    stubs.replaceChildren();
    for (const [i, text] of parts()) {
      const box = picture.elementOf(i).getBoundingClientRect(), [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const away = { "←": frame.left - x, "→": x - frame.right, "↑": frame.top - y, "↓": y - frame.bottom };
      const [arrow, far] = Object.entries(away).sort((one, other) => other[1] - one[1])[0];
      if (far <= 0) continue;
      const stub = make("button", { type: "button", class: "stub" }, `${arrow} ${text}`);
      const narrow = frame.width < 500; // there a stub would cover the gate beside it
      const gate = picture.elementOf(model.step(at).gate).getBoundingClientRect(), upper = gate.top - frame.top < frame.height / 2;
      const beside = narrow ? (upper ? low : 2) : Math.min(low, Math.max(2, y - frame.top - HIGH / 2));
      stub.onclick = () => figure.scrollBy(x - frame.left - frame.width / 2, y - frame.top - frame.height / 2);
      stubs.append(stub);
      const left = { "←": 2, "→": frame.width }[arrow] ?? x - frame.left - 60;
      stub.style.left = `${Math.max(2, Math.min(left, frame.width - stub.offsetWidth - 2))}px`;
      const level = freeLevel(stub, arrow === "↑" ? 2 : arrow === "↓" ? low : beside, frame, low, places);
      places.push(level);
      stub.style.top = `${level}px`;
    }
  }

  figure.addEventListener("scroll", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(place);
  });
  addEventListener("resize", place);

  return {
    show(k, hidden) {
      [at, hides] = [k, hidden];
      place();
    },
  };
}
