// Takes the model, the picture and the document's tools. Gives the overview, of large graphs alone: a map of the whole drawing
// in its corner, with the part that is in view, where not all of it is. show(k) marks the gate and the receiver of step k.
function makeOverview(model, picture, { byId, draw }) {
  const WIDE = 200, HIGH = 120, TALL = 0.6; // pixels; of a tall drawing, the share of the picture's height
  const map = byId("overview"), { figure, svg } = picture;
  const outline = draw("rect", { class: "view" }), marks = draw("g");
  const drawing = draw("svg", { "aria-hidden": "true" }, marks, outline);
  const rects = new Map(); // what shows a node → its rectangle
  let at = 0, scale = 1, laid = -1, lit = [];
  map.append(drawing);

  const placeOf = (i) => {
    const rect = picture.elementOf(i).querySelector("rect, text");
    return ["x", "y", "width", "height"].map((name) => Number(rect?.getAttribute(name) ?? 0));
  };

  // A rectangle for each node, or for the box that shows it; anew where boxes have opened or shut.
  function layMap() {
    const least = 5 / scale;
    laid = picture.version;
    rects.clear();
    model.nodes.forEach((_, i) => {
      const element = picture.elementOf(i);
      if (rects.has(element)) return;
      const [x, y, w, h] = placeOf(i);
      rects.set(element, draw("rect", { x, y: y - (h ? 0 : least / 2), width: Math.max(w, least), height: Math.max(h, least) }));
    });
    marks.replaceChildren(...rects.values());
  }

  function drawMap() {
    const { width, height } = svg.viewBox.baseVal, view = inView(); // all is measured before anything is changed
    const whole = svg.clientWidth <= figure.clientWidth + 4 && svg.clientHeight <= figure.clientHeight + 4;
    map.hidden = whole || figure.clientWidth < 500;
    if (map.hidden) return;
    scale = Math.min(WIDE / width, (height > 2 * width ? TALL * figure.clientHeight : HIGH) / height);
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.setAttribute("width", Math.round(width * scale));
    drawing.setAttribute("height", Math.round(height * scale));
    if (laid !== picture.version) layMap();
    for (const rect of lit) rect.removeAttribute("class");
    const { gate, operand } = model.step(at);
    lit = [[operand, "at-receiver"], [gate, "at-gate"]].filter(([i]) => i !== undefined).map(([i, kind]) => {
      const rect = rects.get(picture.elementOf(i)) ?? draw("rect");
      rect.setAttribute("class", kind);
      marks.append(rect); // above the others
      return rect;
    });
    drawOutline(view);
  }

  // The part of the drawing that is in view.
  function inView() {
    const zoom = svg.clientWidth / svg.viewBox.baseVal.width, { scrollLeft, scrollTop, clientWidth, clientHeight } = figure;
    return { x: scrollLeft / zoom, y: scrollTop / zoom, width: clientWidth / zoom, height: clientHeight / zoom };
  }

  function drawOutline(view) {
    for (const [name, length] of Object.entries(view)) outline.setAttribute(name, length);
  }

  // The map is pressed or dragged: that place comes into the middle.
  function scrollTo({ clientX, clientY }) {
    const box = drawing.getBoundingClientRect(), zoom = svg.clientWidth / svg.viewBox.baseVal.width / scale;
    figure.scrollTo((clientX - box.left) * zoom - figure.clientWidth / 2, (clientY - box.top) * zoom - figure.clientHeight / 2);
  }
  map.onpointerdown = (event) => {
    map.setPointerCapture(event.pointerId);
    map.onpointermove = scrollTo;
    scrollTo(event);
  };
  map.onpointerup = map.onpointercancel = () => { map.onpointermove = null; };

  figure.addEventListener("scroll", () => drawOutline(inView()));
  addEventListener("resize", drawMap);

  return {
    show(k) {
      at = k;
      drawMap();
    },
  };
}
