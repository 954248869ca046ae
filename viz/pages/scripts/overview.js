// Takes the model, the picture and the document's tools. Gives the overview: a map of the whole drawing in its corner, with
// the part that is in view, where not all of it is; and stubs at its edge for what takes part in a step and is not in
// view. show(k, hidden) sets both for step k.
function makeOverview(model, format, picture, { byId, make, draw }) {
  const WIDE = 200, HIGH = 120, MOST = 3; // pixels of the map; stubs at a time
  const map = byId("overview"), { figure, svg } = picture, view = figure.parentElement;
  const stubs = make("div", { class: "stubs" }), outline = draw("rect", { class: "view" }), marks = draw("g");
  const drawing = draw("svg", { "aria-hidden": "true" }, marks, outline);
  let at = 0, hides = false, scale = 1, waiting = 0;
  map.append(drawing);
  view.append(stubs);

  const placeOf = (i) => {
    const rect = picture.elementOf(i).querySelector("rect, text");
    return ["x", "y", "width", "height"].map((name) => Number(rect?.getAttribute(name) ?? 0));
  };

  function drawMap() {
    const { width, height } = svg.viewBox.baseVal;
    const whole = svg.clientWidth <= figure.clientWidth + 4 && svg.clientHeight <= figure.clientHeight + 4;
    map.hidden = whole || figure.clientWidth < 500;
    if (map.hidden) return;
    scale = Math.min(WIDE / width, HIGH / height);
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.setAttribute("width", Math.round(width * scale));
    drawing.setAttribute("height", Math.round(height * scale));
    const { gate, operand } = model.step(at), seen = new Set();
    marks.replaceChildren();
    model.nodes.forEach((_, i) => {
      const element = picture.elementOf(i), kind = i === gate ? "at-gate" : i === operand ? "at-receiver" : "";
      if (seen.has(element) && !kind) return;
      seen.add(element);
      const [x, y, w, h] = placeOf(i), least = 5 / scale;
      marks.append(draw("rect", { x, y: y - (h ? 0 : least / 2), width: Math.max(w, least), height: Math.max(h, least), class: kind }));
    });
    drawOutline();
  }

  function drawOutline() {
    const zoom = svg.clientWidth / svg.viewBox.baseVal.width, size = { x: figure.scrollLeft, y: figure.scrollTop,
      width: figure.clientWidth, height: figure.clientHeight };
    for (const [name, length] of Object.entries(size)) outline.setAttribute(name, length / zoom);
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

  // What takes part in the step: name, value, and on the way back what has arrived.
  function parts() {
    const { phase, gate, operand, before, after } = model.step(at);
    if (gate === undefined) return [];
    const written = (i) => `${model.nodes[i].name} = ${format(model.values[i])}`;
    if (phase === "backward") {
      return [[gate, written(gate)], [operand, `${written(operand)}, gradient ${hides ? "?" : `${format(before)} → ${format(after)}`}`]];
    }
    const operands = phase === "forward" ? model.nodes[gate].uses.map((k) => model.step(k).operand) : [];
    return [...new Set([gate, ...operands])].slice(0, MOST + 1).map((i) => [i, i === gate ? model.nodes[i].name : written(i)]);
  }

  function drawStubs() {
    const frame = figure.getBoundingClientRect(), places = [];
    stubs.replaceChildren(...parts().flatMap(([i, text]) => {
      const box = picture.elementOf(i).getBoundingClientRect(), [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const away = { "←": frame.left - x, "→": x - frame.right, "↑": frame.top - y, "↓": y - frame.bottom };
      const [arrow, far] = Object.entries(away).sort((one, other) => other[1] - one[1])[0];
      if (far <= 0) return [];
      const stub = make("button", { type: "button", class: "stub" }, `${arrow} ${text}`);
      const level = Math.min(frame.height - 30, Math.max(2, arrow === "↑" ? 2 : arrow === "↓" ? frame.height - 30 : y - frame.top - 13));
      const top = places.reduce((free, other) => (Math.abs(free - other) < 28 ? other + 28 : free), level);
      places.push(top);
      stub.style.top = `${Math.min(top, frame.height - 30)}px`;
      if (arrow === "→") stub.style.right = "2px";
      else stub.style.left = arrow === "←" ? "2px" : `${Math.min(Math.max(2, x - frame.left - 60), frame.width - 160)}px`;
      stub.onclick = () => figure.scrollBy(x - frame.left - frame.width / 2, y - frame.top - frame.height / 2);
      return [stub];
    }));
  }

  function scrolled() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => { drawOutline(); drawStubs(); });
  }
  figure.addEventListener("scroll", scrolled);
  addEventListener("resize", () => { drawMap(); drawStubs(); });

  return {
    show(k, hidden) {
      at = k;
      hides = hidden;
      drawMap();
      drawStubs();
    },
  };
}
