// Takes the model, the writer of numbers and the document's tools. Gives show(step, hidden): at an operand of several uses,
// a bar that fills use by use, the sum so far, and what waits for the rest.
function makeArrivals(model, format, { byId, make, signed }) {
  const MANY = 8; // uses; of more, the bar has no room for numbers

  function waiting({ operand, use, uses }) {
    const { name, computed } = model.nodes[operand];
    if (use < uses) return computed ? `The gate of ${name} waits for the rest: its upstream is the whole sum.` : "";
    return computed ? `Now the gate of ${name} can be worked.` : `This is the whole gradient of ${name}.`;
  }

  return (step, hidden) => {
    const several = step.phase === "backward" && step.uses > 1;
    byId("arrivals").hidden = !several;
    if (!several) return;
    const parts = model.arrivals(step.operand).map((k, i) => {
      const now = i + 1 === step.use, arrived = i < step.use;
      const text = step.uses > MANY ? "" : !arrived ? "·" : now && hidden ? "?" : format(model.step(k).product);
      return make("span", { class: `${arrived ? "arrived" : "open"}${now ? " now" : ""}` }, text);
    });
    const said = `${step.use} of ${step.uses} arrived`, { name } = model.nodes[step.operand];
    const [before, share, after] = [step.before, step.product, step.after].map((x, i) => (hidden && i ? "?" : format(x)));
    const sum = step.use > 1 ? `${before} + ${signed(share)} = ${after}` : after;
    byId("arrivals").replaceChildren(
      make("div", { class: "bar", role: "img", "aria-label": said }, ...parts),
      make("p", {}, make("b", {}, said), `: ${name} has ${sum}. ${waiting(step)}`),
    );
  };
}

