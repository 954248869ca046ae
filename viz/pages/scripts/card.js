// Takes the model, the writer of numbers and the document's tools. Gives the card: show(k) says what happens in step k,
// the chain rule at one use, in symbols and in numbers; showWhole(i) says what node i receives in all.
function makeCard(model, format, { byId, fill, make }) {
  const signed = (text) => (text.startsWith("-") ? `(${text})` : text);
  const chain = (parts) => [...new Set(parts)].join(" = ");
  const local = (step) => `∂${model.nodes[step.gate].whole}/∂${step.mark}`;
  const remarks = {
    start: "Forward, each node is computed from its operands. Backward, each use returns upstream × local to its operand.",
    seed: "The output's gradient with respect to itself is 1: here the way back begins.",
  };

  function rows(...pairs) {
    byId("rows").replaceChildren(...pairs.flatMap(([term, ...parts]) => [make("dt", {}, term), make("dd", {}, ...parts)]));
  }

  const show = {
    forward({ gate, texts }) {
      const result = format(model.values[gate]);
      const formula = [model.nodes[gate].name, ...texts.formula].filter((text) => text !== result);
      fill(byId("formula"), `${chain(formula)} = `, ["result", result]);
      return [model.values[gate]];
    },
    backward(step, hidden) {
      const upstream = format(step.upstream), before = format(step.before);
      const [slope, share, total] = [step.local, step.product, step.after].map((x) => (hidden ? "?" : format(x)));
      fill(byId("formula"), `${model.derivative(step.operand)} += `, ["term upstream", model.derivative(step.gate), "upstream"],
        " × ", ["term local", local(step), "local"]);
      rows(
        ["local rule", ["local", chain([local(step), ...(hidden ? [] : step.texts.rule), slope])]],
        ["contribution", ["upstream", upstream], " × ", ["local", signed(slope)], " = ", ["share", share]],
        ["running sum", `${model.nodes[step.operand].name}: ${chain([`${before} + ${signed(share)}`, total])}`
          + ` (use ${step.use} of ${step.uses})`],
      );
      if (hidden) return [];
      byId("remark").textContent = [step.texts.says, step.texts.remark].filter(Boolean).join(" ");
      return [step.product, step.after];
    },
  };

  function showStep(k, hidden) {
    const step = model.step(k);
    byId("card").className = `card ${step.phase === "seed" ? "backward" : step.phase}`;
    byId("phase").textContent = { start: "Start", forward: "Forward", end: "End" }[step.phase] ?? "Backward";
    byId("remark").textContent = remarks[step.phase] ?? "";
    rows();
    if (step.texts.line) fill(byId("formula"), step.texts.line);
    const shown = show[step.phase]?.(step, hidden) ?? [], odd = shown.find((number) => !Number.isFinite(number));
    byId("warning").hidden = odd === undefined;
    byId("warning").textContent = Number.isNaN(odd) ? "Warning: nan, not a number." : "Warning: infinite.";
  }

  // In place of the step's card: what a node receives in all, use by use.
  function showWhole(i) {
    const { name } = model.nodes[i], steps = model.arrivals(i).map(model.step);
    const shares = steps.map(({ product }) => format(product));
    byId("phase").textContent = `The whole gradient of ${name}`;
    byId("warning").hidden = true;
    byId("remark").textContent = steps.length > 1 ? "A node that is used several times receives the sum." : "";
    if (!steps.length) {
      fill(byId("formula"), `No gradient reaches ${name}.`);
      return rows();
    }
    const sum = shares.map((share, use) => (use ? signed(share) : share)).join(" + ");
    fill(byId("formula"), `${model.derivative(i)} = `, ["share", chain([sum, format(steps.at(-1).after)])]);
    rows(...steps.map((step, use) => [`use ${use + 1} of ${steps.length}`, step.phase === "seed" ? "it is the output" :
      `${model.derivative(step.gate)} × ${local(step)} = ${format(step.upstream)} × ${signed(format(step.local))} = ${shares[use]}`]));
    byId("announcer").textContent = byId("formula").textContent;
  }

  return { show: showStep, showWhole, local, signed };
}

