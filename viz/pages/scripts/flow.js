// Takes the model, the picture and the document's tools. Gives show(k): at the end the gradient flow at a glance, each wire
// as wide as what passed through it, and "stops here" at each gate that lets nothing through, or next to nothing; where it is in a
// shut box, at the box.
function makeFlow(model, picture, { draw }) {
  const WIDEST = 7, LITTLE = 0.01; // pixels; a local derivative below it lets next to nothing through
  const layer = draw("g", { class: "stops", "aria-hidden": "true" });
  let shown = false;

  const stops = ({ uses }) => uses.length > 0 && uses.map(model.step).every(({ local, upstream }) => Math.abs(local) < LITTLE && upstream !== 0);

  function widths() {
    const steps = model.nodes.flatMap(({ uses }) => uses).map(model.step); // nan counts as the largest
    const largest = Math.max(...steps.map(({ product }) => (Number.isFinite(product) ? Math.abs(product) : 0)));
    const width = (size) => (size ? `${(1 + (WIDEST - 1) * Math.min(1, Math.sqrt(size / (largest || 1)))).toFixed(1)}px` : "0.6px");
    for (const { wire, product } of steps) picture.wires[wire].style.strokeWidth = width(Math.abs(product));
    picture.nodes.forEach(({ element }, i) => { // of a gate's own wire, which leads to all its users
      for (const path of element.querySelectorAll("path")) path.style.strokeWidth = width(Math.abs(model.gradient(i, model.end) ?? 0));
    });
  }

  // Below each such gate, or below the shut box that it is in: there, of how many gates.
  function signs() {
    const stopped = new Map(); // what shows a node → how many in it
    model.nodes.forEach((node, i) => {
      const shown = picture.elementOf(i);
      if (stops(node) && shown.querySelector("rect")) stopped.set(shown, (stopped.get(shown) ?? 0) + 1);
    });
    layer.replaceChildren(...[...stopped].map(([shown, count]) => {
      const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(shown.querySelector("rect").getAttribute(name)));
      const said = !shown.matches(".shut") ? "stops here" : `stops here at ${count} gate${count > 1 ? "s" : ""}`;
      return draw("text", { x: x + width / 2, y: y + height + 14 }, said);
    }));
    picture.svg.append(layer);
  }

  return {
    show(k) {
      const ends = k === model.end;
      if (!ends && !shown) return;
      picture.figure.classList.toggle("flow", ends);
      if (ends) {
        widths();
        signs();
      } else {
        for (const path of [...picture.wires, ...picture.svg.querySelectorAll(".nodes path")]) path.style.strokeWidth = "";
        layer.replaceChildren();
      }
      shown = ends;
    },
  };
}
