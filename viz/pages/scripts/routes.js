// Takes the model. Gives routesTo(x): the gradient at node x as a sum over routes from the output, by the rules of
// autograd/routes.py and in its order.
//
//   count, blocked      how many routes there are, and how many of them bring nothing, as BigInt
//   gradient            the sum of all, as the backward pass has it
//   multiplications, routeByRoute  of reverse mode, one a use; of going every route to every leaf (BigInt)
//   all()               a generator of the routes, the largest product first, blocked ones last: steps (by number, from
//                       the output on), products (after each of them), product, blocked
function makeRoutes(model) {
  const ZERO = -1e300, PLACES = 1e9; // the size of a local 0; sizes that agree to 9 places are the same
  const size = ({ blocked, local }) =>
    blocked ? -Infinity : local === 0 ? ZERO : Number.isNaN(local) ? Infinity : Math.log(Math.abs(local));
  const joined = (a, b) => (a === -Infinity || b === -Infinity ? -Infinity : a + b);
  const rounded = (x) => (Math.abs(x) < 1e6 ? Math.round(x * PLACES) / PLACES : x);

  function routesTo(x) {
    const { nodes, output } = model;
    const ranked = nodes.map(() => []), best = nodes.map(() => undefined), arrived = new Map([[output, [1n, 1n, 0n]]]);
    let at = [0n, 0n], routeByRoute = 0n, multiplications = 0;
    for (let i = output; i >= 0; i--) { // the output is the last node of the order
      if (!arrived.has(i)) continue;
      const [count, free, length] = arrived.get(i);
      arrived.delete(i);
      if (i === x) at = [count, count - free];
      if (!nodes[i].computed) routeByRoute += length;
      for (const { operand, blocked } of nodes[i].uses.map(model.step)) {
        const known = arrived.get(operand) ?? [0n, 0n, 0n], brought = [count, blocked ? 0n : free, length + count];
        arrived.set(operand, known.map((sum, part) => sum + brought[part]));
        multiplications++;
      }
    }
    best[x] = 0;
    for (let i = x + 1; i <= output; i++) {
      const ways = nodes[i].uses.map(model.step).filter(({ operand }) => best[operand] !== undefined)
        .map((step) => ({ step, size: joined(size(step), best[step.operand]) }));
      ranked[i] = ways.sort((a, b) => (rounded(a.size) === rounded(b.size) ? 0 : b.size - a.size));
      best[i] = ways[0]?.size;
    }

    // A route is told by its turns: [depth, rank] where it takes another way than the largest from there on.
    function* all() {
      const heap = best[output] === undefined ? [] : [{ size: 0, turns: [] }];
      while (heap.length) {
        const { turns } = heap.splice(heap.reduce((least, _, i) => (before(heap[i], heap[least]) ? i : least), 0), 1)[0];
        const ranks = new Map(turns), last = turns.at(-1)?.[0] ?? -1, steps = [], products = [];
        let node = output, gone = 0, product = 1, blocked = false;
        while (node !== x) {
          const depth = steps.length, rank = ranks.get(depth) ?? 0, other = ranked[node][rank + 1];
          if (depth >= last && other) {
            const kept = depth === last ? turns.slice(0, -1) : turns;
            heap.push({ size: rounded(joined(gone, other.size)), turns: [...kept, [depth, rank + 1]] });
          }
          const { step } = ranked[node][rank];
          product = step.blocked ? 0 : product * step.local;
          blocked ||= step.blocked;
          steps.push(step.number);
          products.push(product);
          gone = joined(gone, size(step));
          node = step.operand;
        }
        yield { steps, products, product, blocked };
      }
    }

    const gradient = x === output ? 1 : model.gradient(x, model.last) ?? 0;
    return { x, count: at[0], blocked: at[1], gradient, multiplications, routeByRoute, all };
  }

  // Whether a route comes before another one: by size, else by the order of operands where they part.
  function before(a, b) {
    if (a.size !== b.size) return a.size > b.size;
    for (let i = 0; ; i++) {
      const [mine, other] = [a.turns[i], b.turns[i]];
      if (!mine || !other) return !mine && Boolean(other);
      if (mine[0] !== other[0]) return mine[0] > other[0];
      if (mine[1] !== other[1]) return mine[1] < other[1];
    }
  }

  return routesTo;
}
