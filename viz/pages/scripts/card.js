// What is said about a step: the chain rule at one use, in symbols and in numbers.

const signed = (text) => (text.startsWith("-") ? `(${text})` : text);
const chain = (parts) => [...new Set(parts)].join(" = ");
const derivative = (node) => `∂${nodes[data.output].name}/∂${nodes[node].name}`;

const remarks = {
  start: "Forward, each node is computed from its operands. Backward, each use returns upstream × local to its operand.",
  seed: "The output's gradient with respect to itself is 1: here the way back begins.",
};

function rows(...pairs) {
  const list = pairs.flatMap(([term, ...parts]) => {
    const [dt, dd] = ["dt", "dd"].map((tag) => document.createElement(tag));
    dt.textContent = term;
    fill(dd, ...parts);
    return [dt, dd];
  });
  byId("rows").replaceChildren(...list);
}

function showCard() {
  const step = steps[at], hidden = asks(at), node = nodes[step.node], text = list[at].textContent;
  byId("card").className = `card panel ${step.kind === "seed" ? "backward" : step.kind}`;
  byId("phase").textContent = { start: "Start", forward: "Forward", end: "End" }[step.kind] ?? "Backward";
  fill(byId("formula"), text);
  byId("remark").textContent = remarks[step.kind] ?? "";
  rows();
  const shown = step.kind === "forward" ? [node.value] : [];
  if (step.kind === "forward") {
    const result = format(node.value), formula = [node.name, ...step.formula].filter((text) => text !== result);
    fill(byId("formula"), `${chain(formula)} = `, ["result", result]);
  } else if (step.kind === "backward") {
    const operand = nodes[step.operand], upstream = format(step.upstream), before = format(step.before);
    const [slope, share, total] = [step.slope, step.share, step.total].map((x) => (hidden ? "?" : format(x)));
    fill(byId("formula"), `${derivative(step.operand)} += `, ["term upstream", derivative(step.node), "upstream"], " × ",
      ["term local", step.local, "local"]);
    rows(
      ["local rule", ["local", chain([step.local, ...(hidden ? [] : step.rule), slope])]],
      ["contribution", ["upstream", upstream], " × ", ["local", signed(slope)], " = ", ["share", share]],
      ["running sum", `${operand.name}: ${chain([`${before} + ${signed(share)}`, total])}`
        + ` (use ${step.use} of ${operand.sums.length})`],
    );
    if (!hidden) {
      byId("remark").textContent = [step.says, step.remark].filter(Boolean).join(" ");
      shown.push(step.share, step.total);
    }
  }
  const odd = shown.find((number) => !Number.isFinite(number));
  byId("warning").hidden = odd === undefined;
  byId("warning").textContent = Number.isNaN(odd) ? "Warning: nan, not a number." : "Warning: infinite.";
}

// In place of the step's card: what a node receives in all, use by use.
function showWhole(number) {
  const { name, sums } = nodes[number], shares = sums.map(({ step, total }) => format(step.share ?? total));
  byId("phase").textContent = `The whole gradient of ${name}`;
  if (!sums.length) {
    fill(byId("formula"), `No gradient reaches ${name}.`);
    rows();
    byId("remark").textContent = "";
    return;
  }
  const sum = shares.map((share, i) => (i ? signed(share) : share)).join(" + ");
  fill(byId("formula"), `${derivative(number)} = `, ["share", chain([sum, format(sums.at(-1).total)])]);
  rows(...sums.map(({ step }, i) => [`use ${i + 1} of ${sums.length}`, step.kind === "seed" ? "it is the output" :
    `${derivative(step.node)} × ${step.local} = ${format(step.upstream)} × ${signed(format(step.slope))} = ${shares[i]}`]));
  byId("remark").textContent = sums.length > 1 ? "A node that is used several times receives the sum." : "";
  byId("announcer").textContent = byId("formula").textContent;
}
