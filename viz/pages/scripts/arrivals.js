// Takes the model, the writer of numbers and the document's tools. Gives show(step, hidden): at an operand of several uses,
// a bar that fills use by use, the sum so far, and what waits for the rest; without the "product" or the "total" that is asked.
function makeArrivals(model, format, { byId, make, signed }) {
  const MANY = 16; // uses; of more, the bar has no room for numbers

  function waiting({ operand, use, uses }) {
    const { name, computed } = model.nodes[operand];
    if (use < uses) return computed ? `The gate of ${name} waits for the rest: its upstream is the whole sum.` : "";
    return computed ? `Now the gate of ${name} can be worked.` : `This is the whole gradient of ${name}.`;
  }

  // Of many uses those before, this one, and those that are open, each as long as they are many.
  function lengths({ use, uses }) {
    return [["arrived", use - 1], ["arrived now", 1], ["open", uses - use]].filter(([, count]) => count).map(([kind, count]) => {
      const part = make("span", { class: kind });
      part.style.flexGrow = count;
      return part;
    });
  }

  return (step, hidden) => {
    const several = step.phase === "backward" && step.uses > 1;
    byId("arrivals").hidden = !several;
    if (!several) return;
    const parts = step.uses > MANY ? lengths(step) : model.arrivals(step.operand).map((k, i) => {
      const now = i + 1 === step.use, arrived = i < step.use;
      const text = !arrived ? "·" : now && hidden === "product" ? "?" : format(model.step(k).product);
      return make("span", { class: `${arrived ? "arrived" : "open"}${now ? " now" : ""}` }, text);
    });
    const said = `${step.use} of ${step.uses} arrived`, { name } = model.nodes[step.operand];
    const [before, share, after] = [step.before, step.product, step.after].map((x, i) => (hidden && i ? "?" : format(x)));
    const sum = step.use > 1 && hidden !== "total" ? `${before} + ${signed(share)} = ${after}` : after;
    byId("arrivals").replaceChildren(
      make("div", { class: step.uses > MANY ? "bar whole" : "bar", role: "img", "aria-label": said }, ...parts),
      make("p", {}, make("b", {}, said), `: ${name} has ${sum}. ${waiting(step)}`),
    );
  };
}

