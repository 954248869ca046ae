// The steps, in the order in which the engine works, as viz/stepper.py wrote them; and the drawing after each of them.

const figure = byId("figure"), svg = figure.querySelector("svg"), list = byId("list").children;
const nodes = data.nodes, steps = [{ kind: "start" }, ...data.steps, { kind: "end" }], last = steps.length - 1;
const wires = svg.querySelector(".wires").children, groups = svg.querySelector(".nodes").children;

let at = 0; // the step that is shown
let lit = []; // [element, class] of all that is marked

// Run the chain rule once: each use adds upstream × local to its operand, in order.
function replay() {
  nodes.forEach((node, i) => {
    const [title, gradient] = ["title", ".gradient"].map((part) => groups[i].querySelector(part));
    Object.assign(node, { element: groups[i], title, gradient, computed: 0, sums: [], uses: [] });
    node.pattern = data.patterns[node.gate];
    node.value = Number(node.value);
  });
  steps.forEach((step, number) => {
    const node = nodes[step.node];
    if (step.formula) {
      step.kind = "forward";
      Object.assign(node, { computed: number, whole: step.loose ? `(${step.formula[0]})` : step.formula[0] });
    } else if (step.rule) {
      step.slope = Number(step.slope);
      const operand = nodes[step.operand], upstream = node.sums.at(-1), before = operand.sums.at(-1) ?? { total: 0 };
      const share = upstream.total * step.slope, total = before.total + share;
      Object.assign(step, { kind: "backward", upstream: upstream.total, share, before: before.total, total });
      operand.sums.push({ number, step, total });
      step.use = operand.sums.length;
      step.local = `∂${node.whole}/∂${step.mark ?? operand.name}`;
      node.uses.push(step);
    } else if (node) {
      step.kind = "seed";
      node.sums.push({ number, step, total: 1 });
    }
  });
  nodes.flatMap((node) => node.uses).forEach((step, i) => (step.wire = wires[i]));
}

function mark(element, name) {
  element.classList.add(name);
  lit.push([element, name]);
}

// The drawing as it is after a step: what is not computed yet is hidden, not 0.
function paint() {
  const step = steps[at], until = asks(at) ? at - 1 : at;
  for (const node of nodes) {
    const known = node.computed <= at, sum = node.sums.findLast((other) => other.number <= until);
    if (node.known === known && node.sum === sum) continue;
    Object.assign(node, { known, sum });
    node.element.classList.toggle("unknown", !known);
    node.gradient.textContent = sum ? format(sum.total) : "";
    node.title.textContent = node.name + (known ? ` = ${node.value}` : "") + (sum ? `, gradient ${sum.total}` : "");
  }
  for (const [element, name] of lit) element.classList.remove(name);
  lit = [];
  figure.classList.toggle("forward", step.kind === "forward");
  if (step.node === undefined) return;
  mark(nodes[step.node].element, "current");
  if (step.kind === "seed") mark(nodes[step.node].element, "receives");
  if (step.kind === "backward") {
    mark(nodes[step.operand].element, "receives");
    mark(step.wire, "back");
    step.wire.parentNode.append(step.wire); // above the others
  }
  if (step.kind === "forward") {
    for (const { wire, operand } of nodes[step.node].uses) {
      mark(wire, "ahead");
      mark(nodes[operand].element, "gives");
    }
  }
}
