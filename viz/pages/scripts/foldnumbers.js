// Takes the boxes of a network (see viz/pages/folded.py), the model, the picture, the writer of numbers and the document's tools.
// Gives paint(k, hidden): in each shut box what its results carry after step k, their values above its name and their
// gradients below, as many as fit; what is not known yet is a dot.
function makeFoldNumbers({ nests }, model, picture, format, { lengthOf }) {
  const SIZE = 14, EDGE = 8, MOST = 8; // pixels: of a text, between it and the frame; results that a tooltip tells
  const boxes = [...picture.svg.querySelector(".boxes").children].map((group, n) => {
    const shut = group.querySelector(":scope > .shut"), [title, rect, value, gradient] =
      ["title", "rect", ".value", ".gradient"].map((part) => shut.querySelector(part));
    return { ...nests[n + 1], shut, tip: title, value, gradient, room: Number(rect.getAttribute("width")) - 2 * EDGE };
  });

  const anyKnown = (numbers) => numbers.some((number) => number !== undefined);
  const list = (numbers) => numbers.map((number) => (number === undefined ? "·" : format(number))).join(", ");

  // As many numbers as there is room for, at least one.
  function fitting(numbers, room) {
    if (!anyKnown(numbers)) return "";
    for (let count = numbers.length; ; count--) {
      const text = list(numbers.slice(0, count)) + (count < numbers.length ? ", …" : "");
      if (count < 2 || lengthOf(text, SIZE) <= room) return text;
    }
  }

  function put(element, numbers, room) {
    const text = fitting(numbers, room);
    if (!element || element.textContent === text) return;
    element.textContent = text;
    element.removeAttribute("textLength");
    if (lengthOf(text, SIZE) <= room) return;
    element.setAttribute("textLength", room);
    element.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }

  function paint(k, hidden) {
    for (const { results, shut, tip, title, value, gradient, room } of boxes) {
      const values = results.map((i) => (model.nodes[i].computed <= k ? model.values[i] : undefined));
      const sums = results.map((i) => model.gradient(i, hidden ? k - 1 : k));
      put(value, values, room);
      put(gradient, sums, room);
      const told = (numbers) => list(numbers.slice(0, MOST)) + (numbers.length > MOST ? ", …" : "");
      const said = title + (anyKnown(values) ? ` = ${told(values)}` : "") + (anyKnown(sums) ? `, gradient ${told(sums)}` : "");
      if (tip.textContent === said) continue;
      tip.textContent = said;
      shut.setAttribute("aria-label", said);
    }
  }

  return { paint };
}
