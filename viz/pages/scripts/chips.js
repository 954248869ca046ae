// Takes the model, the picture, the writer of numbers and the document's tools. Gives show(k, hidden, pace): what moves in
// step k, as chips on the picture. Backward: upstream at the gate's output, × local where the wire meets the gate, and the
// product, which travels along the wire to the operand. Forward: the operands at the gate, its result.
// The layout keeps room for them (see viz/pages/stepper.py). `pace` is how many milliseconds they may move; 0 is a still.
// A chip and its twin in the card have the same data-part: pointing at one lights both.
function makeChips(model, picture, format, { draw, lengthOf }) {
  const layer = draw("g", { class: "chips", "aria-hidden": "true" });
  picture.svg.append(layer);
  const HALF = 10, MOST = 64, GAP = 3; // half a chip's height; how wide a chip is at most; its distance from the gate
  const MANY = 3; // operands; of more, chips would cover each other
  let moving = []; // animations
  let counting = 0; // the number of a timer


  const isDrawn = (path) => Boolean(path.getAttribute("d")); // in a network of boxes it may not be
  const endOf = (path) => path.getPointAtLength(1e6); // lengths are cut off at the end, and need not be measured
  const middleOf = (text) => ({ x: Number(text.getAttribute("x")), y: Number(text.getAttribute("y")) - 5 });
  const isInBox = (i) => picture.elementOf(i) !== picture.nodes[i].element; // in one that is shut
  function frameOf(i) {
    const rect = picture.elementOf(i).querySelector("rect");
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
    return { x, y, width, height };
  }

  // Where a gate's gradient has its place, and where it arrives at a node: below its wire; at a shut box behind it and below it,
  // with the word beside the chip.
  function upstreamOf(i) {
    if (!isInBox(i)) return middleOf(picture.nodes[i].gradient);
    const { x, y, width, height } = frameOf(i);
    return { x: x + width + GAP + MOST / 2, y: y + height / 2 + HALF + 6 };
  }
  function arrivalOf(i) {
    if (!isInBox(i)) return middleOf(picture.nodes[i].gradient);
    const { x, y, width, height } = frameOf(i);
    return { x: x + width / 2, y: y + height + HALF + 2, beside: true };
  }

  // A chip with its middle at a point; `ends`: with its right end there. It hides the number `over` which it stands.
  function chip(part, text, { x, y, beside = false }, { word = "", ends = false, over = "" } = {}) {
    const label = draw("text", { y: 5 }, text), box = draw("rect", { class: "chip", y: -HALF, height: 2 * HALF, rx: HALF });
    const body = draw("g", {}, box, label), group = draw("g", { class: part, "data-part": part }, body);
    layer.append(group);
    const width = Math.min(lengthOf(text, 13) + 12, MOST), hides = lengthOf(over, 16);
    if (width === MOST) condense(label, MOST - 12);
    box.setAttribute("x", -Math.max(width, hides) / 2);
    box.setAttribute("width", Math.max(width, hides));
    group.setAttribute("transform", `translate(${ends ? x - width / 2 : x} ${y})`);
    const aside = beside ? { x: width / 2 + 4, y: 5, "text-anchor": "start" } : { y: HALF + 12 };
    if (word) group.append(draw("text", { class: "word", ...aside }, word));
    return { body, word: group.lastChild, width };
  }

  function condense(label, width) {
    label.setAttribute("textLength", width);
    label.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }

  // Move a chip along a wire, from its gate's end, or to it; `from` and `until` are parts of the pace.
  function travel({ body }, wire, home, backward, pace, from, until) {
    if (!pace || !isDrawn(picture.wires[wire])) return;
    const path = picture.wires[wire], eighth = path.getTotalLength() / 8;
    const points = [...Array(9).keys()].map((i) => path.getPointAtLength(eighth * (backward ? 8 - i : i)));
    const steps = points.map(({ x, y }) => ({ transform: `translate(${x - home.x}px, ${y - home.y}px)` }));
    move(body, [...steps, { transform: "none" }], pace, from, until);
  }

  const appear = ({ body, word }, pace, from) => {
    for (const part of new Set([body, word])) move(part, [{ opacity: 0 }, { opacity: 1 }], pace, from, from + 0.15);
  };

  function move(element, frames, pace, from, until) {
    const timing = { delay: from * pace, duration: (until - from) * pace, fill: "backwards", easing: "ease-in-out" };
    if (pace) moving.push(element.animate(frames, timing));
  }

  // The number behind an arrow, counting up once the chip has arrived.
  function count(text, before, after, pace) {
    const write = (number) => (text.textContent = `${format(before)} → ${format(number)}`);
    write(after);
    if (!pace || !Number.isFinite(after - before)) return;
    const start = performance.now() + 0.75 * pace, lasts = 0.25 * pace;
    const tick = () => {
      const part = Math.min(1, Math.max(0, (performance.now() - start) / lasts));
      write(part < 1 ? before + (after - before) * part : after);
      if (part < 1) counting = requestAnimationFrame(tick);
    };
    tick();
  }

  const show = {
    backward(step, pace, hidden) {
      const { gradient } = picture.nodes[step.operand], home = arrivalOf(step.operand), box = frameOf(step.gate);
      const above = chip("upstream", format(step.upstream), upstreamOf(step.gate), { word: "upstream" });
      const path = picture.wires[step.wire], edge = { x: box.x - GAP, y: box.y + box.height / 2 };
      if (isDrawn(path)) edge.y = endOf(path).y;
      const local = chip("local", `× ${format(step.local)}`, edge, { word: "local", ends: true });
      const sign = step.use > 1 && step.product >= 0 ? "+" : "";
      const product = chip("product", sign + format(step.product), home, { word: "arrives", over: home.beside ? "" : gradient.textContent });
      appear(above, pace, 0);
      appear(local, pace, 0.15);
      move(product.word, [{ opacity: 0 }, { opacity: 1 }], pace, 0.75, 0.85);
      travel(product, step.wire, home, true, pace, 0.35, 0.75);
      if (step.use > 1 && !hidden) count(product.word, step.before, step.after, pace);
    },
    forward({ gate }, pace) {
      const box = frameOf(gate), steps = wiresInto(gate);
      if (steps.length > MANY) return;
      steps.sort((one, other) => one.end.y - other.end.y).forEach(({ wire, operand, end }, i) => {
        const place = { x: box.x - GAP, y: box.y + box.height / 2 + (i - (steps.length - 1) / 2) * (2 * HALF + 4) };
        const given = chip("operand", format(model.values[operand]), place, { ends: true });
        travel(given, wire, { x: place.x - given.width / 2, y: place.y }, false, pace, 0, 0.6);
      });
      move(picture.nodes[gate].value.parentNode, [{ opacity: 0 }, { opacity: 1 }], pace, 0.6, 0.9);
    },
    seed({ gate }, pace) {
      appear(chip("product", "1", arrivalOf(gate), { word: "seed" }), pace, 0);
    },
  };

  const wiresInto = (gate) => picture.wiresInto(gate).filter(({ wire }) => isDrawn(picture.wires[wire]))
    .map((found) => ({ ...found, end: endOf(picture.wires[found.wire]) }));

  // Twins light each other.
  function light(event) {
    const part = event.target.closest?.("[data-part]")?.dataset.part;
    for (const twin of document.querySelectorAll("[data-part]")) twin.classList.toggle("lit", twin.dataset.part === part);
  }
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, light);

  return {
    show(k, hidden, pace) {
      const step = model.step(k);
      for (const animation of moving) animation.cancel();
      cancelAnimationFrame(counting);
      moving = [];
      layer.replaceChildren();
      picture.svg.append(layer); // above all else
      if (hidden !== "product") show[step.phase]?.(step, pace, hidden);
    },
  };
}
