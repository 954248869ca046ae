// Takes the model, the writer of numbers and the pens of close-ups. Gives the drawing of one operand that moves while the others
// stay: the result's curve around the present point, the point, its tangent; a faint line where the operand was at the base, or
// where that is too far away, the way there; and hatched where the gate is off.
function makeCurve(model, format, { cut, text, line, box, dot, lengthOf }, { wide, high }) {
  const POINTS = 80, FINEST = 6, MOST = 12; // pieces; how often a steep one is halved; how much taller the base may make it
  const [left, right, top, bottom] = [70, wide - 10, 18, high - 22], TALL = bottom - top, STEEP = TALL / 8;

  const sample = (low, high, at) => [...Array(POINTS + 1).keys()].map((i) => low + (high - low) * i / POINTS).map((x) => [x, at(x)]);

  // The results of samples that are drawn: what is very far away is not.
  function extent(samples, { local }, x, z) {
    const reach = Math.max(...[samples[0], samples.at(-1)].map(([end]) => Math.abs(end - x)));
    const near = samples.map(([, result]) => result).filter((result) => Math.abs(result - z) <= (4 * Math.abs(local) + 1) * reach);
    return [Math.min(z, ...near), Math.max(z, ...near)];
  }

  // So far to both sides of the point that the curve near it is not lost in what is far; and to the base, if it is not then.
  function samplesOf(step, x, z, base, at) {
    let reach = 1.5 * Math.max(1, Math.abs(x)), samples;
    for (let tries = 0; tries < 40; tries++, reach /= 2) {
      samples = sample(x - reach, x + reach, at);
      const near = (3 * Math.abs(step.local) + 0.5) * reach + 0.1 * Math.abs(z);
      const turns = samples.filter(([, b], i) => i > 1 && (b - samples[i - 1][1]) * (samples[i - 1][1] - samples[i - 2][1]) < 0).length;
      if (turns < 6 && samples.filter(([other, result]) => !(Math.abs(result - z - step.local * (other - x)) <= near)).length <= POINTS / 20) break;
    }
    const beyond = base + 0.1 * (base - x), longer = sample(Math.min(x - reach, beyond), Math.max(x + reach, beyond), at);
    const [tall, taller] = [samples, longer].map((found) => extent(found, step, x, z)).map(([low, high]) => high - low);
    return taller <= MOST * tall || taller === 0 ? longer : samples;
  }

  // The curve in pieces: steep ones with more points between; it ends where it jumps, or leaves the drawing.
  function piecesOf(samples, at, across, up) {
    const inside = ([, result]) => up(result) >= top - 8 && up(result) <= bottom + 4, pieces = [[]];
    const end = () => { if (pieces.at(-1).length) pieces.push([]); };
    function add(one, other, depth) {
      const climbs = (inside(one) || inside(other)) && Math.abs(up(one[1]) - up(other[1])) > STEEP;
      if (climbs && depth < FINEST) {
        const middle = (one[0] + other[0]) / 2, between = [middle, at(middle)];
        add(one, between, depth + 1);
        return add(between, other, depth + 1);
      }
      if (climbs || !inside(one)) end();
      if (inside(other)) pieces.at(-1).push([across(other[0]), up(other[1])]);
      else end();
    }
    if (inside(samples[0])) pieces[0].push([across(samples[0][0]), up(samples[0][1])]);
    samples.slice(1).forEach((other, i) => add(samples[i], other, 0));
    return pieces.filter((piece) => piece.length > 1);
  }

  // Where the operand was at the base, if it has moved.
  function markOf(base, begin, end, moved, across) {
    if (!moved) return [];
    if (base >= begin && base <= end) return [line([[across(base), bottom], [across(base), top]], "base")];
    return base > end ? [text(right, bottom + 16, `base ${format(base)} →`, "base", "end", 60)] : [text(left, bottom + 16, `← base ${format(base)}`, "base", "start", 60)];
  }

  // A corner of the drawing in which the lines leave room for a text.
  function freeCorner(length, points) {
    const corners = [[right, bottom - 6, "end"], [right, top + 8, "end"], [left + 6, top + 8, "start"], [left + 6, bottom - 6, "start"]];
    const covered = ([x, y, anchor]) => points.filter(([a, b]) =>
      Math.abs(b - y + 5) < 10 && (anchor === "end" ? a > x - length - 4 : a < x + length + 4)).length;
    return corners.reduce((best, other) => (covered(other) < covered(best) ? other : best));
  }

  return (step, { pattern, operands }) => {
    const { gate, position, operand, local } = step, { x } = operands[position], z = model.values[gate], base = model.base.values[operand];
    const at = (other) => model.evaluate(gate, position, other), samples = samplesOf(step, x, z, base, at);
    const [low, most] = extent(samples, step, x, z), spare = 0.1 * (most - low) || 1, tall = most - low + 2 * spare;
    const [begin, end] = [samples[0][0], samples.at(-1)[0]];
    const across = (other) => left + (right - left) * (other - begin) / (end - begin);
    const up = (result) => bottom - TALL * (result - low + spare) / tall;
    const pieces = piecesOf(samples, at, across, up);
    const climb = TALL * local / tall, above = up(z) - top + 8, below = bottom + 4 - up(z); // by one unit of x; room for the tangent
    const [before, after] = local > 0 ? [below, above] : [above, below], far = (room, most) => (local ? Math.min(most, room / Math.abs(climb)) : most);
    const tangent = [-far(before, x - begin), far(after, end - x)].map((by) => [across(x + by), up(z + local * by)]);
    const along = (i) => tangent[0].map((from, n) => from + (tangent[1][n] - from) * i / 20);
    const slope = `slope ${format(local)}`, points = [...pieces.flat(), ...[...Array(21).keys()].map(along), [across(x), up(z)]];
    const [sx, sy, anchor] = freeCorner(lengthOf(slope, 14), points);
    const shut = pattern === "switches" ? samples.filter(([, other]) => other === 0).map(([other]) => across(other)) : [];
    const under = Math.min(right - 45, Math.max(left + 45, across(x)));
    return [[
      ...(shut.length > 1 ? [box(shut[0], top, shut.at(-1) - shut[0], TALL, "shut"), text((shut[0] + shut.at(-1)) / 2, top + 16, "off", "", "middle")] : []),
      line([[left, top], [left, bottom], [right, bottom]], "axis"), ...markOf(base, begin, end, Math.abs(across(base) - across(x)) > 1, across),
      line([[left, up(z)], [across(x), up(z)], [across(x), bottom]], "guide"),
      ...pieces.map((piece) => line(piece, "curve")), line(tangent, "tangent"),
      text(sx, sy, slope, "local", anchor), text(under, bottom + 16, `${cut(model.nodes[operand].name)} = ${format(x)}`, "", "middle", 150),
      text(left - 6, up(z) + 5, format(z), "result", "end"), text(left - 6, 10, cut(model.nodes[gate].name), "", "end"),
      dot(across(x), up(z)),
    ], high];
  };
}
