// Takes the model, the writer of numbers and the document's tools. Gives show(step): a drawing of what the local derivative
// of a backward step is. It is made from the row alone: from its pattern, and from its function at other numbers.
function makeCloseup(model, format, { byId, make, draw }) {
  const WIDE = 360, HIGH = 122, POINTS = 80;
  const cut = (name) => (name.length > 10 ? `${name.slice(0, 9)}…` : name);
  const told = ({ name, x }) => (name ? `${cut(name)} = ${format(x)}` : format(x));
  const text = (x, y, content, kind = "", anchor = "start") => draw("text", { x, y, class: kind, "text-anchor": anchor }, content);
  const line = (points, kind) => draw("path", { d: `M${points.map((point) => point.map((at) => at.toFixed(1)).join(" ")).join("L")}`, class: kind });
  const box = (x, y, width, height, kind) =>
    draw("rect", { x: width < 0 ? x + width : x, y, width: Math.max(1, Math.abs(width)), height, class: kind });

  // One operand moves, the others stay: the curve around it, the point, the tangent; hatched where the gate is off.
  function curve({ gate, position, operand, local }, { pattern, operands }) {
    const { x } = operands[position], z = model.values[gate], at = (other) => model.evaluate(gate, position, other);
    let reach = 1.5 * Math.max(1, Math.abs(x)), samples;
    for (let tries = 0; tries < 40; tries++, reach /= 2) { // until the curve near the point is not lost in what is far
      samples = [...Array(POINTS + 1).keys()].map((i) => x + reach * (2 * i / POINTS - 1)).map((other) => [other, at(other)]);
      const near = (3 * Math.abs(local) + 0.5) * reach + 0.1 * Math.abs(z);
      const turns = samples.filter(([, b], i) => i > 1 && (b - samples[i - 1][1]) * (samples[i - 1][1] - samples[i - 2][1]) < 0).length;
      if (turns < 6 && samples.filter(([other, result]) => !(Math.abs(result - z - local * (other - x)) <= near)).length <= POINTS / 20) break;
    }
    const finite = samples.map(([, result]) => result).filter((result) => Math.abs(result - z) <= (4 * Math.abs(local) + 1) * reach);
    const low = Math.min(z, ...finite), high = Math.max(z, ...finite), spare = 0.1 * (high - low) || 1;
    const [left, right, top, bottom] = [70, WIDE - 10, 10, HIGH - 22];
    const across = (other) => left + (right - left) * (other - x + reach) / (2 * reach);
    const up = (result) => bottom - (bottom - top) * (result - low + spare) / (high - low + 2 * spare);
    const pieces = [[]];
    for (const [other, result] of samples) {
      if (up(result) >= top - 8 && up(result) <= bottom + 4) pieces.at(-1).push([across(other), up(result)]);
      else if (pieces.at(-1).length) pieces.push([]);
    }
    const ends = [-reach, reach].map((by) => by * Math.min(1, (high - low + 2 * spare) / (2 * Math.abs(local) * reach || 1)));
    const base = across(model.base.values[operand]), name = cut(model.nodes[operand].name), result = cut(model.nodes[gate].name);
    const shut = pattern === "switches" ? samples.filter(([, other]) => other === 0).map(([other]) => across(other)) : [];
    const slope = text(right, local > 0 ? bottom - 8 : top + 10, `slope ${format(local)}`, "local", "end"); // where the curve is not
    return [
      ...(shut.length > 1 ? [box(shut[0], top, shut.at(-1) - shut[0], bottom - top, "shut"), text((shut[0] + shut.at(-1)) / 2, top + 16, "off", "", "middle")] : []),
      line([[left, top], [left, bottom], [right, bottom]], "axis"),
      ...(Math.abs(base - across(x)) > 1 && base >= left && base <= right ? [line([[base, bottom], [base, top]], "base")] : []),
      line([[left, up(z)], [across(x), up(z)], [across(x), bottom]], "guide"),
      ...pieces.filter((piece) => piece.length > 1).map((piece) => line(piece, "curve")),
      line(ends.map((by) => [across(x + by), up(z + local * by)]), "tangent"),
      draw("circle", { cx: across(x), cy: up(z), r: 4 }), slope,
      text(across(x), bottom + 16, `${name} = ${format(x)}`, "", "middle"),
      text(left - 6, up(z) + 5, format(z), "result", "end"), text(left - 6, top + 8, result, "", "end"),
    ];
  }

  // A product is the area of a rectangle: longer by Δ, it has a strip more, whose other side is the slope.
  function rectangle({ gate, position, operand, local }, { operands }) {
    const own = operands[position], other = operands[1 - position], most = Math.max(Math.abs(own.x), Math.abs(other.x)) || 1;
    const size = (x, room) => Math.max(10, room * Math.abs(x) / most);
    const wide = size(own.x, 120), high = size(other.x, 74), left = 136, top = 22, strip = 26;
    return [
      box(left, top, wide, high, "area"), box(left + wide, top, strip, high, "added"),
      text(left + wide + strip / 2, top - 6, "Δ", "local", "middle"),
      text(left - 8, top + high / 2 + 5, told(other), "", "end"), text(left + wide / 2, top + high + 18, told(own), "", "middle"),
      ...(high > 20 && wide > 60 ? [text(left + wide / 2, top + high / 2 + 5, cut(model.nodes[gate].name), "result", "middle")] : []),
      text(WIDE - 4, top + 12, `Δ × ${cut(other.name ?? format(other.x))}`, "local", "end"), text(WIDE - 4, top + 30, `slope ${format(local)}`, "local", "end"),
    ];
  }

  // A sum is lengths end to end: one longer by Δ makes the whole longer by Δ, or shorter.
  function lengths({ gate, position, local }, { operands }) {
    const own = operands[position], z = model.values[gate], part = local * own.x, rest = z - part;
    const others = operands.filter((_, i) => i !== position), stops = [0, rest, z];
    const low = Math.min(...stops), across = (at) => 20 + 230 * (at - low) / (Math.max(...stops) - low || 1), more = 18 * Math.sign(local);
    const rows = [
      [0, rest, others.length === 1 ? told(others[0]) : `all others: ${format(rest)}`, "area"],
      [rest, z, told(own), "own"], [0, z, `${cut(model.nodes[gate].name)} = ${format(z)}`, "sum"],
    ];
    return rows.flatMap(([from, to, label, kind], i) => {
      const y = 4 + 40 * i, begin = across(from), end = across(to);
      return [box(begin, y, end - begin, 14, kind), ...(i ? [box(end, y, more, 14, "added"), text(end + more / 2, y + 12, "Δ", "local", "middle")] : []),
        text(Math.min(begin, end, 150), y + 28, label, i === 2 ? "result" : "")];
    }).concat(text(WIDE - 4, 20, `slope ${format(local)}`, "local", "end"));
  }

  // Of several branches those that are taken are lines, the others are shut.
  function branches({ gate, position }, { operands, conditions }) {
    const locals = new Map(model.nodes[gate].uses.map(model.step).map((step) => [step.position, step.local]));
    const shown = operands.map((operand, i) => ({ ...operand, i })).filter(({ i }) => !conditions.includes(i)).slice(0, 4);
    const gap = HIGH / shown.length, middle = HIGH / 2;
    return [...shown.flatMap((operand, n) => {
      const y = gap * (n + 0.5), open = locals.get(operand.i) ?? (operand.x === model.values[gate] ? 1 : 0), own = operand.i === position;
      const way = draw("path", { d: `M130 ${y}H160C210 ${y} 200 ${middle} 240 ${middle}`, class: open ? "way" : "closed" });
      const state = open === 1 ? "open" : open ? `a tie: ${format(open)} of it` : "shut";
      return [way, text(124, y + 5, told(operand), own ? "own" : "", "end"), text(134, y - 8, state, open ? "local" : "")];
    }), text(246, middle + 5, `${cut(model.nodes[gate].name)} = ${format(model.values[gate])}`, "result")];
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
    const said = `${z} over ${x}${others.length ? `, with ${others.join(", ")}` : ""}`;
    byId("closeup").replaceChildren(
      draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": `${said}: slope ${format(step.local)}` }, ...found(step, gate)),
      ...(found === curve && others.length ? [make("p", { class: "pattern" }, said)] : []),
    );
  };
}

