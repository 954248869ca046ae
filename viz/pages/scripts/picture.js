// Takes the model, the writer of numbers and the document's tools. Gives the drawing: paint(k) makes it what it is after
// step k, where what is not computed yet is hidden, not 0; setZoom, fit and centre say how large it is and where.
function makePicture(model, format, { byId, calm, lengthOf }) {
  const figure = byId("figure"), svg = figure.querySelector("svg");
  const wires = [...svg.querySelector(".wires").children];
  const nodes = [...svg.querySelector(".nodes").children].map((element) => {
    const [title, value, gradient] = ["title", ".value", ".gradient"].map((part) => element.querySelector(part));
    return { element, title, value: value?.lastChild, gradient }; // a condition has no gradient
  });
  const ROOM = 64, SIZE = 14; // pixels: what the layout keeps free for a number, of texts of this size
  let lit = []; // [element, class] of all that is marked
  let crowded = []; // [text, signs of its number] to be condensed
  let zoom = 0; // 0: fit
  let at = 0;

  const wiresInto = (gate) => model.nodes[gate].uses.map(model.step);

  function mark(element, name) {
    element.classList.add(name);
    lit.push([element, name]);
  }

  // What stands at each node after step k; `hidden`: without what this step brings.
  function write(k, hidden) {
    nodes.forEach((node, i) => {
      const known = model.nodes[i].computed <= k, sum = model.gradient(i, hidden ? k - 1 : k), value = model.values[i];
      if (Object.is(node.sum, sum) && node.known === known && Object.is(node.shown, value)) return;
      Object.assign(node, { sum, known, shown: value });
      node.element.classList.toggle("unknown", !known);
      if (node.value) put(node.value, format(value));
      if (node.gradient) put(node.gradient.firstChild, sum === undefined ? "" : format(sum));
      const arrived = sum === undefined ? "" : `, gradient ${sum}`;
      node.title.textContent = model.nodes[i].name + (known ? ` = ${value}` : "") + arrived;
    });
    condense();
  }

  // Put a number into a text; one longer than the layout's room for it is to be condensed.
  function put(content, text) {
    const element = content.parentNode, long = lengthOf(text, SIZE) > ROOM;
    if (content.data === text && !long) return;
    content.data = text;
    element.removeAttribute("textLength");
    if (long) crowded.push([element, text.length]);
  }

  // First all are measured, then all are changed: a measure after a change lays the page out anew.
  function condense() {
    const lengths = crowded.map(([element, signs]) => {
      const whole = element.getComputedTextLength(); // 0 where it is not seen
      return [whole, whole && element.getSubStringLength(element.textContent.length - signs, signs)];
    });
    crowded.forEach(([element], i) => {
      const [whole, number] = lengths[i];
      if (number > ROOM) element.setAttribute("textLength", whole - number + ROOM);
      if (whole) element.setAttribute("lengthAdjust", "spacingAndGlyphs");
    });
    crowded = [];
  }

  function paint(k, hidden = false) {
    const step = model.step(k);
    at = k;
    write(k, hidden);
    for (const [element, name] of lit) element.classList.remove(name);
    lit = [];
    figure.classList.toggle("forward", step.phase === "forward");
    if (step.gate === undefined) return;
    mark(nodes[step.gate].element, "current");
    if (step.operand !== undefined) mark(nodes[step.operand].element, "receives");
    if (step.phase === "backward") {
      mark(wires[step.wire], "back");
      wires[step.wire].parentNode.append(wires[step.wire]); // above the others
    }
    if (step.phase === "forward") {
      for (const { wire, operand } of wiresInto(step.gate)) {
        mark(wires[wire], "ahead");
        mark(nodes[operand].element, "gives");
      }
    }
  }

  // The drawing fits the frame where its text then is large enough; else it scrolls. Who has changed the drawing gives the size
  // that the frame had before: to measure it now, the page would have to be laid out.
  function fit({ clientWidth, clientHeight } = figure) {
    const { width, height } = svg.viewBox.baseVal;
    const whole = Math.min((clientWidth - 4) / width, (clientHeight - 4) / height);
    const factor = zoom || Math.min(1.4, Math.max(0.92, whole));
    svg.setAttribute("width", width * factor);
    svg.setAttribute("height", height * factor);
    return factor;
  }

  function setZoom(factor) {
    zoom = factor && Math.min(4, Math.max(0.25, fit() * factor));
    fit();
    centre();
  }

  // Gate and receiver into view: their middle in the middle, but of two that are far apart the gate.
  function centre(smooth = false) {
    const step = model.step(at), frame = figure.getBoundingClientRect();
    if (step.gate === undefined) return;
    const boxes = [step.gate, step.operand ?? step.gate].map((i) => drawing.elementOf(i).getBoundingClientRect());
    const middle = (low, high, from, size) => {
      const [begin, end] = [Math.min(...boxes.map((box) => box[low])), Math.max(...boxes.map((box) => box[high]))];
      const both = end - begin <= size - 16;
      return (both ? (begin + end) / 2 : (boxes[0][low] + boxes[0][high]) / 2) - from - size / 2;
    };
    figure.scrollBy({
      left: middle("left", "right", frame.left, frame.width),
      top: middle("top", "bottom", frame.top, frame.height),
      behavior: smooth && !calm.matches ? "smooth" : "auto",
    });
  }

  const elementOf = (i) => nodes[i].element; // in a network of boxes it may be a box that shows a node
  const drawing = { figure, svg, nodes, wires, wiresInto, paint, fit, setZoom, centre, elementOf, version: 0 };
  return drawing;
}

