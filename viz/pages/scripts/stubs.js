// Takes the model, the writer of numbers, the picture and the document's tools. Gives the stubs: show(k, hidden) sets at the
// edge of the picture, for what takes part in step k and is not in view, its name and number; a click goes there.
function makeStubs(model, format, picture, { make }) {
  const MOST = 3, HIGH = 28; // operands; pixels from one stub to the next
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

  function place() {
    const frame = figure.getBoundingClientRect(), places = [];
    stubs.replaceChildren(...parts().flatMap(([i, text]) => {
      const box = picture.elementOf(i).getBoundingClientRect(), [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const away = { "←": frame.left - x, "→": x - frame.right, "↑": frame.top - y, "↓": y - frame.bottom };
      const [arrow, far] = Object.entries(away).sort((one, other) => other[1] - one[1])[0];
      if (far <= 0) return [];
      const stub = make("button", { type: "button", class: "stub" }, `${arrow} ${text}`);
      const low = frame.height - HIGH - 2, narrow = frame.width < 500; // there a stub would cover the gate beside it
      const gate = picture.elementOf(model.step(at).gate).getBoundingClientRect(), upper = gate.top - frame.top < frame.height / 2;
      const beside = narrow ? (upper ? low : 2) : Math.min(low, Math.max(2, y - frame.top - HIGH / 2));
      const level = arrow === "↑" ? 2 : arrow === "↓" ? low : beside;
      const inwards = level > frame.height / 2 ? -HIGH : HIGH;
      const top = places.reduce((free, other) => (Math.abs(free - other) < HIGH ? other + inwards : free), level);
      places.push(top);
      stub.style.top = `${top}px`;
      if (arrow === "→") stub.style.right = "2px";
      else stub.style.left = arrow === "←" ? "2px" : `${Math.min(Math.max(2, x - frame.left - 60), frame.width - 160)}px`;
      stub.onclick = () => figure.scrollBy(x - frame.left - frame.width / 2, y - frame.top - frame.height / 2);
      return [stub];
    }));
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
