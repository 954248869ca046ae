// Takes the model. Gives the steps worth a look: why(k) says why step k is one, or is empty; next(k) is the next one after
// step k, or the end.
function makeWorth(model) {
  const reasons = [
    [({ product, after }) => !Number.isFinite(product) || !Number.isFinite(after), () => "a number that is not finite"],
    [({ blocked }) => blocked, () => "a gate that blocks"],
    [({ use, uses }) => uses > 1 && use === uses, ({ uses }) => `a sum is complete: the last of ${uses} uses`],
    [({ local, upstream }) => local < 0 && upstream !== 0, () => "the sign flips"],
  ];

  function why(k) {
    const step = model.step(k);
    return step.phase === "backward" ? (reasons.find(([holds]) => holds(step))?.[1](step) ?? "") : "";
  }

  function next(k) {
    for (let number = k + 1; number < model.end; number++) if (why(number)) return number;
    return k < model.end ? model.end : model.last;
  }

  return { why, next };
}
