// Takes the steps from Python, in the order in which the engine works, with all their numbers (see viz/pages/stepper.py).
// Gives `at`, the step that is shown, and `paint`, which makes the drawing what it is after that step.

const figure = byId("figure"), svg = figure.querySelector("svg"), list = byId("list").children;
const nodes = data.nodes, steps = [{ kind: "start" }, ...data.steps, { kind: "end" }], last = steps.length - 1;
const wires = svg.querySelector(".wires").children, groups = svg.querySelector(".nodes").children;

let at = 0; // the step that is shown
let lit = []; // [element, class] of all that is marked

// Link nodes and steps: each node gets the uses of its operands, and the sums that it has on the way.
function link() {
  nodes.forEach((node, i) => {
    const [title, gradient] = ["title", ".gradient"].map((part) => groups[i].querySelector(part));
    Object.assign(node, { element: groups[i], title, gradient, computed: 0, sums: [], uses: [] });
    node.value = Number(node.value);
  });
  steps.forEach((step, number) => {
    const node = nodes[step.node];
    if (step.formula) {
      step.kind = "forward";
      Object.assign(node, { computed: number, whole: step.loose ? `(${step.formula[0]})` : step.formula[0] });
    } else if (step.rule) {
      const operand = nodes[step.operand], [upstream, before] = [node, operand].map(({ sums }) => sums.at(-1)?.total ?? 0);
      const [slope, share, total] = [
        step.slope, step.share ?? upstream, step.total ?? step.share ?? upstream,
      ].map(Number); // of "Infinity", too
      Object.assign(step, { kind: "backward", upstream, slope, share, before, total });
      step.says = data.sentences[step.says ?? 0].replace(/\{([xyz])\}/g, (_, place) =>
        ({ x: operand.name, y: step.rule[0], z: node.name })[place]);
      operand.sums.push({ number, step, total });
      step.use = operand.sums.length;
      step.local = `∂${node.whole}/∂${step.mark ?? operand.name}`;
      node.uses.push(step);
    } else if (node) {
      step.kind = "seed";
      node.sums.push({ number, step, total: 1 });
    }
  });
  const open = [...wires].filter((_, i) => !data.shut?.includes(i));
  nodes.flatMap((node) => node.uses).forEach((step, i) => (step.wire = open[i]));
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
    if (node.gradient) node.gradient.textContent = sum ? format(sum.total) : ""; // a condition has none
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
