// Takes the model, the writer of numbers, the document's tools and makeCurve. Gives show(step): a drawing of what the local
// derivative of a backward step is. It is made from the row alone: from its pattern, and from its function at other numbers.
// A faint line shows where a number was at the base.
function makeCloseup(model, format, { byId, draw, lengthOf }, makeCurve) {
  const WIDE = 360, HIGH = 116, TALL = 58, SIZE = 14; // pixels; TALL is a rectangle's side at most
  const cut = (name, most = 10) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
  const told = ({ name, x }) => (name ? `${cut(name)} = ${format(x)}` : format(x));
  const line = (points, kind) => draw("path", { d: `M${points.map((point) => point.map((at) => at.toFixed(1)).join(" ")).join("L")}`, class: kind });
  const dot = (cx, cy) => draw("circle", { cx, cy, r: 4 });
  const box = (x, y, width, height, kind) =>
    draw("rect", { x: width < 0 ? x + width : x, y, width: Math.max(1, Math.abs(width)), height, class: kind });

  // A text, condensed where it would be longer than `most`.
  function text(x, y, content, kind = "", anchor = "start", most = WIDE) {
    const long = lengthOf(content, SIZE) > most ? { textLength: most, lengthAdjust: "spacingAndGlyphs" } : {};
    return draw("text", { x, y, class: kind, "text-anchor": anchor, ...long }, content);
  }

  const baseOf = ({ node, x }) => (node === undefined ? x : model.base.values[node]);
  const curve = makeCurve(model, format, { cut, text, line, box, dot, lengthOf }, { wide: WIDE, high: HIGH });

  // Each drawing is a list of elements, and how high it is.

  // A product is the area of a rectangle: longer by Δ, it has a strip more, whose other side is the slope.
  function rectangle({ gate, position, local }, { operands }) {
    const pair = [operands[position], operands[1 - position]], bases = pair.map(baseOf), moved = pair.some(({ x }, i) => x !== bases[i]);
    const most = Math.max(...[...pair.map(({ x }) => x), ...(moved ? bases : [])].map(Math.abs).filter(Number.isFinite)) || 1;
    const size = (x, room) => Math.max(10, room * Math.min(1, Math.abs(x) / most) || 0);
    const [own, other] = pair, wide = size(own.x, 92), high = size(other.x, TALL), left = 140, top = 22, strip = 26;
    return [[
      box(left, top, wide, high, "area"), box(left + wide, top, strip, high, "added"),
      ...(moved ? [box(left, top, size(bases[0], 92), size(bases[1], TALL), "base")] : []),
      text(left + wide + strip / 2, top - 6, "Δ", "local", "middle"),
      text(left - 8, top + high / 2 + 5, told(other), "", "end", left - 8), text(left + wide / 2, top + high + 18, told(own), "", "middle"),
      ...(high > 20 && wide > 60 ? [text(left + wide / 2, top + high / 2 + 5, cut(model.nodes[gate].name), "result", "middle", wide - 8)] : []),
      text(WIDE - 4, top + 12, `Δ × ${cut(other.name ?? format(other.x))}`, "local", "end", 90), text(WIDE - 4, top + 30, `slope ${format(local)}`, "local", "end", 90),
    ], top + Math.max(high, moved ? size(bases[1], TALL) : 0, 10) + 24];
  }

  // A sum is lengths end to end: one longer by Δ makes the whole longer by Δ, or shorter.
  function lengths({ gate, position, local }, { operands }) {
    const own = operands[position], z = model.values[gate], part = local * own.x, rest = z - part;
    const base = baseOf(own), moved = base !== own.x && Number.isFinite(base) ? [rest + local * base] : [];
    const others = operands.filter((_, i) => i !== position), stops = [0, rest, z, ...moved];
    const low = Math.min(...stops), across = (at) => 20 + 230 * (at - low) / (Math.max(...stops) - low || 1), more = 18 * Math.sign(local);
    const rows = [
      [0, rest, others.length === 1 ? told(others[0]) : `all others: ${format(rest)}`, "area"],
      [rest, z, told(own), "own"], [0, z, `${cut(model.nodes[gate].name)} = ${format(z)}`, "sum"],
    ];
    return [rows.flatMap(([from, to, label, kind], i) => {
      const y = 4 + 34 * i, begin = across(from), end = across(to);
      return [box(begin, y, end - begin, 14, kind),
        ...(i ? [box(end, y, more, 14, "added"), text(end + more / 2, y + 12, "Δ", "local", "middle")] : []),
        ...(i ? moved.map((place) => line([[across(place), y - 3], [across(place), y + 17]], "base")) : []),
        text(Math.min(begin, end, 150), y + 27, label, i === 2 ? "result" : "")];
    }).concat(text(WIDE - 4, 20, `slope ${format(local)}`, "local", "end", 80)), 106];
  }

  // Of several branches those that are taken are lines, the others are shut.
  function branches({ gate, position }, { operands, conditions }) {
    const locals = new Map(model.nodes[gate].uses.map(model.step).map((step) => [step.position, step.local]));
    const shown = operands.map((operand, i) => ({ ...operand, i })).filter(({ i }) => !conditions.includes(i)).slice(0, 4);
    const high = Math.max(96, 32 * shown.length), gap = high / shown.length, middle = high / 2;
    return [[...shown.flatMap((operand, n) => {
      const y = gap * (n + 0.5), open = locals.get(operand.i) ?? (operand.x === model.values[gate] ? 1 : 0), own = operand.i === position;
      const way = draw("path", { d: `M130 ${y}H160C210 ${y} 200 ${middle} 240 ${middle}`, class: open ? "way" : "closed" });
      const state = open === 1 ? "open" : open ? `a tie: ${format(open)} of it` : "shut";
      return [way, text(124, y + 5, told(operand), own ? "own" : "", "end", 120), text(134, y - 8, state, open ? "local" : "")];
    }), text(246, middle + 5, `${cut(model.nodes[gate].name)} = ${format(model.values[gate])}`, "result")], high];
  }

  const drawings = { swaps: rectangle, distributes: lengths, signs: lengths, routes: branches };

  return (step) => {
    const shown = step?.phase === "backward" && [step.local, step.upstream, model.values[step.gate]].every(Number.isFinite)
      && model.evaluate(step.gate, step.position, 1) !== undefined;
    byId("closeup").hidden = !shown;
    if (!shown) return;
    const gate = model.gate(step.gate), { operands, conditions, pattern } = gate, several = operands.length - conditions.length > 1;
    const found = (several && drawings[pattern]) || curve;
    const [z, x] = [step.gate, step.operand].map((i) => cut(model.nodes[i].name));
    const others = operands.filter(({ name }, i) => name && i !== step.position).slice(0, 3).map(told);
    const [operation] = model.step(model.nodes[step.gate].computed).texts.formula; // it has the plain numbers, as in 2 ** x
    const where = operands.some(({ name }) => !name) ? `, where ${z} = ${operation}` : "";
    const stays = where + (others.length ? `, with ${others.join(", ")}` : ""), over = `over ${x}${stays}`;
    const title = found === curve && stays ? [text(72, 10, cut(over, 48), "stays", "start", WIDE - 76)] : [];
    const [elements, high] = found(step, gate), said = `${z} ${over}: slope ${format(step.local)}`;
    byId("closeup").replaceChildren(draw("svg", { viewBox: `0 0 ${WIDE} ${high}`, role: "img", "aria-label": said }, ...elements, ...title));
  };
}
