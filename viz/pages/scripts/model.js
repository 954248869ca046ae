// Takes the page's data (see data_of in viz/pages/stepper.py) and the writer of numbers. Gives the one source of all
// numbers and texts that the page shows. It paints nothing.
//
//   nodes         for each node, in topological order, what never changes: name, computed (the step that computes it;
//                 0 for a leaf), whole (its operation in names), uses (the backward steps through it, by number)
//   output, last  the output's number; the number of the last step
//   values[i]     the value of node i
//   step(k)       step number k: phase (start, forward, seed, backward, end), gate; for a backward step operand, mark
//                 (the operand's name, or which of several it is), wire, upstream, local, product, before, after, use, uses,
//                 blocked (whether a branch was not taken there);
//                 and texts, which say it
//   arrivals(i)   the steps that bring node i its gradient, the seed included, by number
//   gradient(i,k) the sum that has arrived at node i after step k; undefined where nothing has
//   onChange(f)   f() is called whenever numbers have changed
function makeModel(data, format) {
  const listeners = [];
  const values = data.nodes.map(({ value }) => Number(value)); // of "Infinity", too
  const nodes = data.nodes.map(({ name }) => ({ name, computed: 0, whole: name, uses: [], arrivals: [] }));
  const steps = [{ phase: "start" }, ...data.steps, { phase: "end" }];
  const derivative = (i) => `∂${nodes[data.output].name}/∂${nodes[i].name}`;
  const sum = (i) => nodes[i].arrivals.length ? steps[nodes[i].arrivals.at(-1)].after : undefined;

  const read = {
    forward(step, number, { formula, loose }) {
      Object.assign(nodes[step.gate], { computed: number, whole: loose ? `(${formula[0]})` : formula[0] });
      step.texts = { formula };
    },
    seed(step, number) {
      nodes[step.gate].arrivals.push(number);
      Object.assign(step, { operand: step.gate, use: 1, before: 0, product: 1, after: 1 });
      step.texts = { line: `${derivative(step.gate)} = 1` };
    },
    backward(step, number, { operand, slope, share, total, rule, says, remark, mark }) {
      const { name, arrivals } = nodes[operand], gate = nodes[step.gate], upstream = sum(step.gate) ?? 0;
      const product = Number(share ?? upstream);
      gate.uses.push(number);
      Object.assign(step, { operand, upstream, local: Number(slope), product, before: sum(operand) ?? 0 });
      Object.assign(step, { after: Number(total ?? product), use: arrivals.push(number), mark: mark ?? name });
      step.blocked = (remark ?? "").startsWith("blocked");
      const said = data.sentences[says ?? 0].replace(/\{([xyz])\}/g, (_, place) => ({ x: name, y: rule[0], z: gate.name })[place]);
      step.texts = { rule, says: said, remark: remark ?? "" };
    },
  };

  steps.forEach((given, number) => {
    const { node: gate } = given, phase = given.phase ?? (given.formula ? "forward" : given.rule ? "backward" : "seed");
    steps[number] = { number, phase, gate };
    read[phase]?.(steps[number], number, given);
  });
  let wire = 0; // wires are numbered gate by gate; a condition's, which is shut, has no step
  for (const number of nodes.flatMap(({ uses }) => uses)) {
    while (data.shut?.includes(wire)) wire++;
    steps[number].wire = wire++;
  }
  for (const step of steps) if (step.use) step.uses = nodes[step.operand].arrivals.length;

  const leaves = nodes.flatMap((node, i) => (node.computed ? [] : [i]));
  const few = (texts) => (texts.length > 12 ? [...texts.slice(0, 10), "…", texts.at(-1)] : texts).join(", ");
  steps[0].texts = { line: `Given: ${few(leaves.map((i) => `${nodes[i].name} = ${format(values[i])}`))}` };
  steps.at(-1).texts = { line: `Found: ${few(leaves.map((i) => `${derivative(i)} = ${format(sum(i) ?? 0)}`))}` };

  return {
    nodes, values, output: data.output, last: steps.length - 1, derivative,
    step: (k) => steps[k],
    arrivals: (i) => nodes[i].arrivals,
    gradient(i, k) {
      const number = nodes[i].arrivals.findLast((other) => other <= k);
      return number === undefined ? undefined : steps[number].after;
    },
    onChange: (listener) => listeners.push(listener),
    changed: () => listeners.forEach((listener) => listener()),
  };
}

