// Takes the graph and the code of its rows (both from viz/pages/program.py). Gives what the engine gives: values, and the
// chain rule use by use. Which uses there are, and their order, never depends on numbers. It knows nothing of the page.
//
//   nodes[i]        name, kind (none: a leaf), operands (nodes by number; a plain number as [number]), value (the base's),
//                   fixed (of a leaf that cannot move: the operation above it that is known by its numbers only; else "")
//   uses[k]         gate, operand, position; use and uses: which use of the operand it is, of how many
//   forward(moved)  the value of each node, with the leaves of the Map `moved` at other numbers
//   backward(values)  for each use: upstream, local, product, before, after, blocked; `gradients`, undefined where none
//                     arrives
//   numbers(i, values)  the numbers of a node's operands
//   locals(i, values)   its local derivatives; null for an operand that is a number by nature
//   evaluate(i, position, x, values)  node i with one operand at x; undefined where its row is not known
//   taught(i, position, values, local)  whether the textbook's derivative of node i is the row's own here
function makeEngine(graph, program) {
  const plain = (number) => Number(number); // of "Infinity", too
  const nodes = graph.nodes.map(({ name, value, kind, operands = [], locals, holds }) => ({
    name, value: plain(value), operands: operands.map((operand) => (Array.isArray(operand) ? [plain(operand[0])] : operand)),
    kind: graph.kinds[kind], locals: locals?.map((local) => (local === null ? null : plain(local))), holds, fixed: "",
  }));
  const row = ({ kind }) => program.rows[kind.row];
  const numbers = (i, values) => nodes[i].operands.map((operand) => (Array.isArray(operand) ? operand[0] : values[operand]));

  for (const node of [...nodes].reverse()) {
    if (!node.fixed && !node.locals) continue;
    const because = node.locals ? node.kind.symbol : node.fixed;
    for (const operand of node.operands) if (!Array.isArray(operand)) nodes[operand].fixed = because;
  }

  const uses = [], reached = nodes.map((_, i) => i === graph.output), count = nodes.map(() => 0);
  for (let gate = nodes.length - 1; gate >= 0; gate--) {
    const { kind, operands } = nodes[gate];
    if (!kind || !reached[gate]) continue;
    operands.forEach((operand, position) => {
      if (Array.isArray(operand) || kind.no_edge?.includes(position)) return;
      reached[operand] = true;
      uses.push({ gate, operand, position, use: ++count[operand] });
    });
  }
  for (const use of uses) use.uses = count[use.operand];

  function forward(moved) {
    const values = new Float64Array(nodes.length), changed = nodes.map((_, i) => moved.has(i));
    nodes.forEach((node, i) => {
      if (node.kind) changed[i] = !node.locals && node.operands.some((operand) => changed[operand]);
      if (!changed[i]) values[i] = node.value;
      else values[i] = node.kind ? row(node).forward(numbers(i, values)) : moved.get(i);
    });
    return values;
  }

  const localsOf = (i, values) => nodes[i].locals ?? row(nodes[i]).partials(numbers(i, values), values[i]);

  function backward(values) {
    const pass = Object.fromEntries(
      ["upstream", "local", "product", "before", "after"].map((name) => [name, new Float64Array(uses.length)]));
    const gradients = Array(nodes.length), blocked = Array(uses.length);
    gradients[graph.output] = 1;
    let gate = -1, locals;
    uses.forEach((use, k) => {
      const { kind } = nodes[use.gate];
      if (use.gate !== gate) {
        gate = use.gate;
        locals = localsOf(gate, values);
      }
      const local = locals[use.position], upstream = gradients[gate];
      blocked[k] = local === 0 && kind.shut?.includes(use.position) === true;
      pass.upstream[k] = upstream;
      pass.local[k] = local;
      pass.product[k] = blocked[k] ? 0 : upstream * local;
      pass.before[k] = gradients[use.operand] ?? 0;
      pass.after[k] = gradients[use.operand] = pass.before[k] + pass.product[k];
    });
    return { ...pass, blocked, gradients };
  }

  // The same rule of nearness as in autograd/rules.py.
  const same = (x, y) =>
    x === y || (x !== x && y !== y) || (Number.isFinite(x - y) && Math.abs(x - y) <= 1e-6 * Math.max(Math.abs(x), Math.abs(y)));

  function taught(i, position, values, local) {
    const node = nodes[i];
    if (!node.kind.taught) return false;
    if (node.locals) return node.holds[position];
    return same(row(node).taught(numbers(i, values), values[i])[position], local);
  }

  function evaluate(i, position, x, values) {
    const given = numbers(i, values);
    given[position] = x;
    return nodes[i].locals ? undefined : row(nodes[i]).forward(given);
  }

  return { nodes, uses, forward, backward, numbers, locals: localsOf, taught, evaluate };
}
