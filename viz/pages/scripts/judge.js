// Takes what Python says of mistakes and their code (see viz/pages/mistakes.py), the model and the card.
// Gives isRight(typed, answer), null for what is no number; and mistake(typed, step, isTotal), the mistake that was likely made
// where that was typed for what a step brings, or for the total to which its last use leads.
function makeJudge({ rows, sums, kinds, most, words }, { contributions, totals, inTheSum }, model, { local }) {
  const ZERO = 1e-12; // what is left of a zero after rounding errors

  // The same rule as in autograd/bench/answers.py: to 1 % or to half of the last digit, but no more than a tenth.
  function isRight(typed, answer) {
    const read = readAnswer(typed);
    if (!read) return null;
    if (!Number.isFinite(answer)) return Object.is(read.number, answer);
    const rounding = Math.min(read.rounding + ZERO * Math.abs(read.number), 0.1 * Math.abs(answer));
    return Math.abs(read.number - answer) <= Math.max(rounding, 0.01 * Math.abs(answer), ZERO);
  }

  // All mistakes at one use: the row of each, the step, and the number that it leads to.
  function made(step) {
    const { gate, operand, position, upstream, local: slope } = step;
    const { operands, locals } = model.gate(gate), alone = operands.filter(({ node }) => node !== undefined).length === 1;
    const others = locals.filter((other, place) => place !== position && other !== null);
    return rows.flatMap((row, i) => (row.alone && !alone ? [] : (row.others ? others : [1]).map((other) =>
      ({ row, step, number: contributions[i](upstream, slope, other, model.values[operand], model.values[gate]) }))));
  }

  // All mistakes in the sum of a node's uses, and at one of them: `slips_in_sum` of autograd/bench/slips.py.
  function madeInSum(last) {
    const { operand, after: total, product } = last, uses = model.arrivals(operand).map(model.step);
    const slopes = uses.reduce((sum, { local: slope }) => sum + slope, 0);
    const inSum = sums.flatMap((row, i) => (row.each ? uses : [last]).map((step) =>
      ({ row, step, number: totals[i](total, step.product, product, slopes, model.values[operand]) })));
    const atOne = uses.flatMap((step) => made(step).filter(({ row }) => !row.whole)
      .map((slip) => ({ ...slip, number: inTheSum(total, step.product, slip.number) })));
    return [...inSum, ...atOne];
  }

  function told({ row, step }) {
    const name = (i) => model.nodes[i].name, { gate, operand } = step;
    const places = { upstream: model.derivative(gate), local: local(step), rule: step.texts.slope, x: name(operand), z: name(gate) };
    return row.text.replace(/\{(\w+)\}/g, (_, place) => places[place]);
  }

  // One of each kind; far-fetched ones only beside few others: `likely` and `sentence` of autograd/bench/checking.py.
  function mistake(typed, step, isTotal = false) {
    const fitting = (isTotal ? madeInSum : made)(step).filter(({ number }) => isRight(typed, number));
    const ofKind = (kind, found) => found.find(({ row }) => row.kind === kind);
    const near = fitting.filter(({ row }) => !row.faint), count = new Set(near.map(({ row }) => row.kind)).size;
    const all = count < most ? fitting : near;
    const found = count > most ? [] : kinds.map((kind) => ofKind(kind, near) ?? ofKind(kind, all)).filter(Boolean);
    return found.length ? (found.length > 1 ? words.either : words.likely) + found.map(told).join(words.or) : words.unknown;
  }

  return { isRight, mistake };
}

