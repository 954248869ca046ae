// Takes the model, the writer of numbers, the picture, the routes, the card's way to write a factor, and the document's
// tools; repaint() paints the picture of the step again. Gives the panel of routes: toggle(x), close(), shown(); lay() draws
// the routes over the picture anew. Each route has a colour and a dash of its own, eight at most; where several share a wire they run side by side.
function makeRoutePanel(model, format, picture, routesTo, { signed }, { byId, make, draw, fill }, repaint) {
  const MOST = 8, LONG = 12, WIDE = 8; // routes at a time; names of a long route; pixels between the outer ones on a wire
  const panel = byId("routes"), layer = draw("g", { class: "ways" });
  const ends = make("select", { id: "routes-to" }), list = make("ol", { class: "ways" }), notes = make("div", { class: "notes" });
  const shut = make("button", { id: "close-routes", type: "button" }, "Close");
  panel.append(make("h2", {}, make("label", { for: "routes-to" }, "Routes to "), ends, shut), list, notes);
  picture.svg.querySelector(".wires").after(layer);
  let drawn = []; // the routes that are drawn

  const ended = (all) => (all.length > LONG ? [...all.slice(0, LONG - 2), "…", all.at(-1)] : all);
  const few = (count) => (count < 10n ** 30n ? String(count) : `about 10^${String(count).length - 1}`);
  const routes = (count) => `${few(count)} route${count === 1n ? "" : "s"}`;
  const way = ({ steps }) => ended([model.nodes[model.output].name, ...steps.map((k) => model.step(k).mark)]).join(" → ");
  const worked = ({ steps, product }) => {
    const factors = ended(steps.map((k, i) => (i ? signed : String)(format(model.step(k).local)))).join(" × ");
    return [...new Set([factors, format(product)].filter(Boolean))].join(" = ");
  };

  // The wires and nodes of the routes, each route beside the others that run there.
  function lay() {
    const users = new Map(); // element → the routes that run through it
    const lines = drawn.map(({ steps }, i) => steps.flatMap((k) => {
      const { wire, operand } = model.step(k);
      const { element } = picture.nodes[operand], own = element.getAttribute("display") ? [] : element.querySelectorAll("path");
      return [picture.wires[wire], ...own].filter((path) => {
        const there = users.get(path) ?? users.set(path, new Set()).get(path);
        return !there.has(i) && there.add(i);
      });
    }));
    layer.replaceChildren(...lines.flatMap((paths, i) => paths.map((path) => {
      const there = [...users.get(path)], gap = Math.min(4, WIDE / Math.max(1, there.length - 1));
      const aside = (there.indexOf(i) - (there.length - 1) / 2) * gap;
      const moved = path.closest("[transform]")?.getAttribute("transform") ?? "";
      return draw("path", { d: path.getAttribute("d"), class: look(drawn[i], i), transform: `${moved} translate(0 ${aside})` });
    })));
  }
  const look = ({ blocked }, i) => `way way${i} ${blocked ? "shut" : ""}`;

  // Of one route alone: what its product is at each node, in the places of the gradients.
  function single(i) {
    picture.figure.classList.toggle("single", i !== undefined);
    for (const path of layer.children) path.classList.toggle("chosen", path.classList.contains(`way${i}`));
    for (const node of picture.nodes) node.sum = null;
    repaint();
    const route = drawn[i];
    route?.steps.forEach((k, depth) => {
      const { gradient } = picture.nodes[model.step(k).operand];
      if (gradient) gradient.textContent = format(route.products[depth]);
    });
  }

  function open(x) {
    const found = routesTo(x), all = found.all();
    drawn = Array.from({ length: MOST }, () => all.next().value).filter(Boolean);
    const free = drawn.filter(({ blocked }) => !blocked), others = found.count - found.blocked - BigInt(free.length);
    const rest = free.reduce((sum, { product }) => sum - product, found.gradient);
    ends.value = x;
    list.replaceChildren(...drawn.map((route, i) => {
      const swatch = draw("svg", { width: 34, height: 10, "aria-hidden": "true" }, draw("path", { d: "M1 5H33", class: look(route, i) }));
      const said = make("span", {}, make("span", { class: "names" }, way(route)), " ",
        make("span", { class: "product" }, route.blocked ? "blocked: nothing passes" : worked(route)));
      const item = make("button", { type: "button" }, swatch, said);
      item.onpointerenter = item.onfocus = () => single(i);
      item.onpointerleave = item.onblur = () => single();
      return make("li", {}, item);
    }));
    const total = make("strong", {}, `sum: ${model.derivative(x)} = ${format(found.gradient)}`);
    fill(notes,
      ...(others ? [make("p", {}, `all others: ${routes(others)} bring${others === 1n ? "s" : ""} ${format(rest)}`)] : []),
      ...(found.blocked ? [make("p", {}, `blocked: ${routes(found.blocked)} bring${found.blocked === 1n ? "s" : ""} nothing`)] : []),
      make("p", {}, total, ` over ${found.count ? routes(found.count) : "no routes"}`),
      make("p", {}, `Multiplications for all gradients: ${found.multiplications} in reverse mode, one for each use; `
        + `${few(found.routeByRoute)} route by route.`));
    panel.hidden = false;
    lay();
  }

  function close() {
    panel.hidden = true;
    drawn = [];
    layer.replaceChildren();
    single();
  }

  const shown = () => !panel.hidden;
  const leaves = model.nodes.flatMap(({ computed }, i) => (computed ? [] : [i]));
  function show(x = leaves[0] ?? model.output) {
    ends.replaceChildren(...model.nodes.map(({ name }, i) => make("option", { value: i }, name)).reverse());
    open(x);
    panel.scrollIntoView({ block: "nearest" });
  }

  ends.onchange = () => open(Number(ends.value));
  shut.onclick = close;
  model.onChange(() => shown() && open(Number(ends.value)));
  return { close, shown, lay: () => shown() && lay(), toggle: (x) => (shown() ? close() : show(x)) };
}
