// Takes what Python says of mistakes and their code (see viz/pages/mistakes.py), the model, the card and the document's
// tools. Gives isRight(typed, answer), null for what is no number; and mistake(typed, step), the mistake that was likely made
// where that was typed for what a step brings.
function makeJudge({ rows, kinds, most, words }, contributions, model, { local }) {
  // The same rule as in autograd/bench/answers.py: to 1 % or to half of the last digit, but no more than a tenth.
  function isRight(typed, answer) {
    const read = readAnswer(typed);
    if (!read) return null;
    if (!Number.isFinite(answer)) return Object.is(read.number, answer);
    const rounding = Math.min(read.rounding, 0.1 * Math.abs(answer));
    return Math.abs(read.number - answer) <= Math.max(rounding, 0.01 * Math.abs(answer), 1e-12);
  }

  // All mistakes at this use: the row of each, and the number that it leads to.
  function made({ gate, operand, position, upstream, local: slope }) {
    const { operands, locals } = model.gate(gate), alone = operands.filter(({ node }) => node !== undefined).length === 1;
    const others = locals.filter((other, place) => place !== position && other !== null);
    return rows.flatMap((row, i) => (row.alone && !alone ? [] : (row.others ? others : [1]).map((other) =>
      ({ row, number: contributions[i](upstream, slope, other, model.values[operand], model.values[gate]) }))));
  }

  // One of each kind; far-fetched ones only beside few others: `likely` and `sentence` of autograd/bench/checking.py.
  function mistake(typed, step) {
    const fitting = made(step).filter(({ number }) => isRight(typed, number)).map(({ row }) => row);
    const ofKind = (kind, found) => found.find((row) => row.kind === kind);
    const near = fitting.filter(({ faint }) => !faint), count = new Set(near.map(({ kind }) => kind)).size;
    const all = count < most ? fitting : near;
    const texts = count > most ? [] : kinds.map((kind) => ofKind(kind, near) ?? ofKind(kind, all)).filter(Boolean);
    if (!texts.length) return words.unknown;
    const name = (i) => model.nodes[i].name, { gate, operand } = step;
    const places = { upstream: model.derivative(gate), local: local(step), rule: step.texts.slope, x: name(operand), z: name(gate) };
    const told = texts.map(({ text }) => text.replace(/\{(\w+)\}/g, (_, place) => places[place]));
    return (told.length > 1 ? words.either : words.likely) + told.join(words.or);
  }

  return { isRight, mistake };
}

