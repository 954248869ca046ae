// Takes the model, the words of steps, the bar of arrivals, the close-up, the writer of numbers and the document's tools. Gives the card:
// show(k, hidden) says what happens in step k, the chain rule at one use, in symbols and in numbers, without what the quiz asks
// for, its "product" or the "total"; showWhole(i) says what node i receives in all. Numbers that are chips on the picture have their twins here.
function makeCard(model, say, showArrivals, showCloseup, format, { byId, fill, make, signed }) {
  const chain = (parts) => [...new Set(parts)].join(" = ");
  const name = (i) => model.nodes[i].name;
  const local = (step) => `∂${name(step.gate)}/∂${step.mark}`;
  const twin = (part, text, word, title) => make("span", { class: `chip ${part}`, "data-part": part, "data-word": word, tabindex: 0, title }, text);
  const moves = (far, near) => `how far ${far} moves when ${near} moves`;
  const put = (texts) => Object.entries(texts).forEach(([id, text]) => (byId(id).textContent = text));
  const backward = model.nodes.flatMap(({ uses }) => uses).sort((a, b) => a - b);
  const firstUse = backward[0], firstSum = backward.find((k) => model.step(k).uses > 1); // there words are explained
  const remarks = {
    start: "Forward, each node is computed from its operands. Backward, each use returns upstream × local to its operand.",
    seed: "The output's gradient with respect to itself is 1: here the way back begins.",
  };

  // A list of equations, of which none is broken.
  const unbroken = (line) => line.split(/(?<=[,:]) /).flatMap((part, i) => [i ? " " : "", make("span", {}, part)]);

  function rows(...pairs) {
    byId("rows").replaceChildren(...pairs.flatMap(([term, text]) => [make("dt", {}, term), make("dd", {}, text)]));
  }

  // Where what is no number comes from.
  function warning(number, causes) {
    if (Number.isFinite(number)) return "";
    const cause = causes.find(([, operand]) => !Number.isFinite(operand));
    const found = Number.isNaN(number) ? "Warning: nan, not a number" : "Warning: infinite";
    return cause ? `${found}. It comes from ${cause[0]}, which is ${format(cause[1])}.` : `${found}. It arises here.`;
  }

  const show = {
    forward({ gate, texts }) {
      const value = model.values[gate], result = format(value);
      const formula = [name(gate), ...texts.formula].filter((text) => text !== result);
      fill(byId("formula"), `${chain(formula)} = `, ["result", result]);
      const causes = model.nodes[gate].uses.map(model.step).map(({ operand }) => [name(operand), model.values[operand]]);
      put({ warning: warning(value, causes) });
    },
    backward(step, hidden) {
      const { operand, gate, texts } = step, upstream = format(step.upstream);
      const asked = hidden === "product", [slope, share] = [step.local, step.product].map((x) => (asked ? "?" : format(x)));
      const equals = step.uses > 1 ? " += " : " = ";
      fill(byId("formula"),
        make("span", {}, model.derivative(operand), equals, ["upstream", model.derivative(gate)], " × ", ["local", local(step)]),
        " ",
        make("span", { class: "numbers" }, "= ", twin("upstream", upstream, "upstream", moves(name(model.output), name(gate))),
          " × ", twin("local", signed(slope), "local", moves(name(gate), step.mark)),
          " = ", twin("product", share, "arrives", moves(name(model.output), step.mark) + (step.uses > 1 ? " in this use" : ""))));
      const rule = [local(step), ...(asked ? [] : texts.rule), slope];
      const [operation] = model.step(model.nodes[gate].computed).texts.formula;
      put({ rule: `${name(gate)} = ${operation}, so ${chain(rule)}` });
      if (hidden) return;
      const words = step.number === firstUse ? `Upstream is what has arrived at this gate, local is the gate's own slope; their product goes on to ${name(operand)}.` : "";
      const sums = step.number === firstSum ? `+= adds: when ${name(operand)} moves, its ${step.uses} uses move with it, and what they bring adds up.` : "";
      put({
        sentence: say(step), pattern: texts.says, remark: [texts.remark, words, sums].filter(Boolean).join(" "),
        warning: warning(step.product, [[model.derivative(gate), step.upstream], [local(step), step.local]]),
      });
    },
  };

  const headings = { start: "Start", forward: "Forward", end: "End", update: "Downhill" };

  function showStep(k, hidden) {
    const step = model.step(k), heading = headings[step.phase] ?? "Backward";
    byId("card").className = `card ${step.phase === "seed" ? "backward" : step.phase}`;
    put({ phase: `${heading} · step ${k} of ${model.last}`, rule: "", sentence: "", pattern: "", warning: "" });
    put({ remark: remarks[step.phase] ?? "" });
    rows();
    if (step.texts.line) fill(byId("formula"), ...unbroken(step.texts.line));
    show[step.phase]?.(step, hidden);
    showArrivals(step, hidden);
    showCloseup(hidden ? undefined : step);
    tighten();
  }

  // On a small screen a long card is written closer, so that it is in view as a whole.
  function tighten() {
    const card = byId("card"), column = card.parentNode, { paddingTop, paddingBottom } = getComputedStyle(column);
    card.classList.toggle("tight", card.offsetHeight > column.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom));
  }

  // In place of the step's card: what a node receives in all, use by use.
  function showWhole(i) {
    const steps = model.arrivals(i).map(model.step), shares = steps.map(({ product }) => format(product));
    put({ phase: `The whole gradient of ${name(i)}`, rule: "", sentence: "", pattern: "", warning: "" });
    put({ remark: steps.length > 1 ? "A node that is used several times receives the sum." : "" });
    for (const part of ["arrivals", "closeup"]) byId(part).hidden = true;
    const sum = shares.map((share, use) => (use ? signed(share) : share)).join(" + ");
    if (steps.length) fill(byId("formula"), `${model.derivative(i)} = `, ["share", chain([sum, format(steps.at(-1).after)])]);
    else put({ formula: `No gradient reaches ${name(i)}.` });
    rows(...steps.map((step, use) => [`use ${use + 1} of ${steps.length}`, step.phase === "seed" ? "it is the output" :
      `${model.derivative(step.gate)} × ${local(step)} = ${format(step.upstream)} × ${signed(format(step.local))} = ${shares[use]}`]));
    put({ announcer: byId("formula").textContent });
  }

  return { show: showStep, showWhole, local, signed };
}

