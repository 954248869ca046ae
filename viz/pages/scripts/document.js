// Takes nothing. Gives what the other scripts need of the document: elements by id, new elements, texts put into them,
// parentheses, the other theme. Text of the user is only ever set as text.
function documentTools() {
  const byId = (id) => document.getElementById(id);

  // Fill an element with parts: elements, texts, or [classes, text] for a span, with a word below it if there is a third.
  function fill(element, ...parts) {
    element.replaceChildren(...parts.map((part) => {
      if (!Array.isArray(part)) return part;
      const span = make("span", { class: part[0] }, part[1]);
      if (part[2]) span.dataset.word = part[2];
      return span;
    }));
    return element;
  }

  const make = (tag, attributes = {}, ...parts) => dress(document.createElement(tag), attributes, parts);
  const draw = (tag, attributes = {}, ...parts) =>
    dress(document.createElementNS(document.querySelector("svg").namespaceURI, tag), attributes, parts);

  function dress(element, attributes, parts) {
    for (const [name, content] of Object.entries(attributes)) element.setAttribute(name, content);
    return parts.length ? fill(element, ...parts) : element;
  }

  // How long a number is in Helvetica of so many pixels: asked of the browser, it would lay the page out anew each time.
  const lengthOf = (number, size) => size * [...number].reduce((sum, sign) => sum + (".- ".includes(sign) ? 0.33 : 0.57), 0);

  function otherTheme() {
    const { dataset } = document.documentElement;
    const dark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    dataset.theme = dark ? "light" : "dark";
  }

  const signed = (text) => (text.startsWith("-") ? `(${text})` : text); // as a second factor

  return { byId, fill, make, draw, signed, lengthOf, otherTheme, calm: matchMedia("(prefers-reduced-motion: reduce)") };
}

