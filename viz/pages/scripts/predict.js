// Takes the model and the graph's engine. Gives predictions(k): what can be predicted of the backward step k before its
// number: the gate that is worked next (where it is another one than before), the sign of what arrives, the local factor.
// Each is { asks, choices }, a choice is [text, whether it is right]; `unseen` where the step must not be shown yet.
function makePredict(model, engine) {
  const MOST = 4; // choices
  const { nodes, step } = model;
  const name = (i) => nodes[i].name;

  // A gate is ready once all its uses have brought their part: any that is may come next in an order of the graph's.
  function gates(k) {
    const { gate } = step(k);
    if (step(k - 1).gate === gate && step(k - 1).phase === "backward") return [];
    const left = nodes.flatMap(({ uses }, i) => (uses.length && uses[0] >= k ? [i] : []));
    const ready = (i) => model.arrivals(i).every((number) => number < k);
    const wrong = left.filter((i) => !ready(i)).slice(-(MOST - 1)), chosen = [gate, ...wrong].sort((a, b) => a - b);
    if (!wrong.length) return [];
    const choices = chosen.map((i) => [name(i), ready(i)]);
    return [{ asks: "Which gate is worked next?", choices, unseen: true }];
  }

  function sign({ product }) {
    if (Number.isNaN(product)) return [];
    const choices = [["positive", product > 0], ["negative", product < 0], ["zero", product === 0]];
    return [{ asks: "Which sign has what arrives?", choices }];
  }

  function factor({ gate, operand, texts }) {
    const right = texts.rule[0], others = engine.nodes[gate].operands.filter((other) => !Array.isArray(other)).map(name);
    const wrong = [...others, "1", `-${name(operand)}`, name(gate), "-1"].filter((text) => text !== right);
    const chosen = [right, ...[...new Set(wrong)].slice(0, MOST - 1)].sort();
    return [{ asks: "By which factor is it multiplied?", choices: chosen.map((text) => [text, text === right]) }];
  }

  return {
    predictions: (k) => [...gates(k), ...sign(step(k)), ...factor(step(k))],
    kind: (k) => engine.nodes[step(k).gate].kind.row, // of the gate
  };
}
