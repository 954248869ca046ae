// Takes the page's data and program (see viz/pages/program.py), the engine, the texts of steps, and the writer of numbers.
// Gives the one source of all numbers and texts that the page shows. It paints nothing.
//
//   nodes         for each node, in topological order, what never changes: name, computed (the step that computes it;
//                 0 for a leaf), fixed (a leaf that cannot move), whole (its operation in names), uses (the backward steps
//                 through it, by number)
//   output, end, last  the output's number; the numbers of the step that ends the pass and of the last one, an update perhaps
//   values[i]     the value of node i
//   step(k)       step number k: phase (start, forward, seed, backward, end, update), gate; for a backward step operand, position,
//                 mark (the operand's name, or which of several it is), wire, upstream, local, product, before, after,
//                 use, uses, blocked (whether a branch was not taken there); and texts, which say it
//   line(k)       step k as one line of the list of all steps
//   arrivals(i)   the steps that bring node i its gradient, the seed included, by number
//   gradient(i,k) the sum that has arrived at node i after step k; undefined where nothing has
//   gate(i)       what a close-up of node i needs: pattern (see autograd/patterns.py); operands, each with its number x,
//                 its name and, but for plain numbers, its node; conditions, the positions of those without an edge; locals
//   evaluate(i,position,x)  node i with one operand at x; undefined where the page cannot compute it
//   leaves        those that can move, parameters first; parameters: those that move downhill, if the reader says nothing
//   base          values and gradients where the page was loaded, or the leaves were put to rest last
//   move(moved)   put leaves at other numbers, by a Map; rest() makes that the base, or where `values` were
//   moved()       the leaves that are not at the base, as a Map
//   extend(updates)  put update steps behind the last one: gate (the leaf), from, rate, slope, to; model.last grows
//   onChange(f)   f() is called whenever numbers have changed
function makeModel(data, engine, texts, format) {
  const MANY = 150; // nodes; of a larger graph the list of all steps is brief, as in viz/pages/stepper.py
  const listeners = [];
  const nodes = engine.nodes.map(({ name, kind, fixed }, i) =>
    ({ name, fixed, computed: 0, get whole() { return kind ? texts.whole(i) : name; }, uses: [], arrivals: [] }));
  const steps = [{ phase: "start" }];
  const derivative = (i) => `∂${nodes[data.output].name}/∂${nodes[i].name}`;
  const wireOf = new Map(); // `gate position` → number; wires are numbered gate by gate
  engine.nodes.forEach(({ operands }, gate) => operands.forEach((operand, position) => {
    if (!Array.isArray(operand)) wireOf.set(`${gate} ${position}`, wireOf.size);
  }));

  // The steps: which there are, and their order, is the graph's alone.
  const add = (step) => steps.push({ number: steps.length, said: undefined, ...step }) - 1;
  engine.nodes.forEach(({ kind }, gate) => { if (kind) nodes[gate].computed = add({ phase: "forward", gate }); });
  nodes[data.output].arrivals.push(
    add({ phase: "seed", gate: data.output, operand: data.output, use: 1, uses: 1, before: 0, product: 1, after: 1 }));
  const firstUse = steps.length;
  engine.uses.forEach((use) => {
    const wire = wireOf.get(`${use.gate} ${use.position}`);
    const number = add({ phase: "backward", ...use, wire });
    nodes[use.gate].uses.push(number);
    nodes[use.operand].arrivals.push(number);
  });
  add({ phase: "end" });
  const last = steps.length - 1;

  // The numbers: all are computed anew when a leaf has moved.
  const start = engine.nodes.map(({ value }) => value);
  const leaves = nodes.flatMap(({ computed, fixed }, i) => (computed || fixed ? [] : [i]));
  const model = { nodes, output: data.output, end: last, last, derivative, parameters: data.parameters };
  const isParameter = (i) => model.parameters.includes(i);
  model.leaves = [...leaves.filter(isParameter), ...leaves.filter((i) => !isParameter(i))];
  let pass;

  function compute(moved) {
    model.values = engine.forward(moved);
    pass = engine.backward(model.values);
    for (let k = firstUse; k < last; k++) {
      const step = steps[k], use = k - firstUse;
      for (const name of ["upstream", "local", "product", "before", "after", "blocked"]) step[name] = pass[name][use];
    }
    for (const step of steps) step.said = undefined;
  }

  const few = (parts) => (parts.length > 12 ? [...parts.slice(0, 10), "…", parts.at(-1)] : parts).join(", ");
  const ends = nodes.flatMap(({ computed }, i) => (computed ? [] : [i]));
  const say = {
    start: () => ({ line: `Given: ${few(ends.map((i) => `${nodes[i].name} = ${format(model.values[i])}`))}` }),
    forward: ({ gate }) => texts.forward(gate, model.values),
    seed: () => texts.seed(),
    backward: ({ number }) => texts.backward(number - firstUse, model.values, pass),
    update: (step) => texts.update(step),
    end: () => ({ line: `Found: ${few(ends.map((i) => `${derivative(i)} = ${format(pass.gradients[i] ?? 0)}`))}` }),
  };
  const spoken = {
    texts: { get() { return (this.said ??= say[this.phase](this)); } },
    mark: { get() { return texts.mark(this); } },
  };
  for (const step of steps) Object.defineProperties(step, spoken);

  function extend(updates) {
    steps.length = last + 1;
    for (const update of updates) Object.defineProperties(steps[add({ phase: "update", ...update })], spoken);
    model.last = steps.length - 1;
  }

  const changed = () => listeners.forEach((listener) => listener());
  const current = () => new Map(leaves.filter((i) => !Object.is(model.values[i], start[i])).map((i) => [i, model.values[i]]));

  compute(new Map());
  model.base = { values: model.values, gradients: pass.gradients };
  return Object.assign(model, {
    step: (k) => steps[k],
    arrivals: (i) => nodes[i].arrivals,
    gradient(i, k) {
      const number = nodes[i].arrivals.findLast((other) => other <= k);
      return number === undefined ? undefined : steps[number].after;
    },
    gate(i) {
      const { kind, operands } = engine.nodes[i], numbers = engine.numbers(i, model.values);
      const named = operands.map((node, n) => (Array.isArray(node) ? { x: numbers[n] } : { node, name: nodes[node].name, x: numbers[n] }));
      return { pattern: kind.pattern, operands: named, conditions: kind.no_edge ?? [], get locals() { return engine.locals(i, model.values); } };
    },
    evaluate: (i, position, x) => engine.evaluate(i, position, x, model.values),
    start,
    move(moved) {
      compute(new Map([...current(), ...[...moved].filter(([i]) => leaves.includes(i))]));
      changed();
    },
    rest(values = model.values) {
      compute(new Map(leaves.map((i) => [i, values[i]]).filter(([i, value]) => !Object.is(value, start[i]))));
      model.base = { values: model.values, gradients: pass.gradients };
      changed();
    },
    moved: () => new Map(leaves.filter((i) => !Object.is(model.values[i], model.base.values[i])).map((i) => [i, model.values[i]])),
    extend,
    line: (k) => (nodes.length > MANY && steps[k].phase === "backward" ? texts.brief(k - firstUse, pass) : steps[k].texts.line),
    onChange: (listener) => listeners.push(listener),
    changed,
  });
}

