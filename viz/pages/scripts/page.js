"use strict";
// For both pages: elements by id, text into elements, the theme, numbers, keys. Text of the user is only ever set as text.

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// Fill an element with parts: texts, or [classes, text] for a span, with a word below it if there is a third.
function fill(element, ...parts) {
  element.replaceChildren(...parts.map((part) => {
    if (typeof part === "string") return part;
    const span = document.createElement("span");
    [span.className, span.textContent] = part;
    if (part[2]) span.dataset.word = part[2];
    return span;
  }));
}

function otherTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

byId("theme").onclick = otherTheme;

// A number for people, the same text as Python's autograd.notation.number: so many significant digits.
function format(number) {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
  if (number === 0) return "0";
  const bare = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  const [mantissa, exponent] = rounded(number, "toExponential", data.digits - 1).split("e");
  if (exponent < -4 || exponent >= 6) return `${bare(mantissa)}e${Number(exponent)}`;
  return bare(rounded(number, "toFixed", Math.max(0, data.digits - 1 - exponent)));
}

// JavaScript rounds a tie away from zero, Python to the even digit. A tie has a 5 and nothing more behind its last place.
function rounded(number, method, places) {
  const down = number[method](places + 25).replace(/\.?50{24}(?=e|$)/, "");
  return /^[^e]*[02468](e|$)/.test(down) && down.length < places + 20 ? down : number[method](places);
}

// A table of keys: each row has what is shown of them, a text for the help, and what each of them does. While `blocked()`,
// no key does anything.
function listen(keys, blocked = () => false) {
  const actions = Object.assign({}, ...keys.map((row) => row.does));
  document.onkeydown = (event) => {
    const action = blocked() ? undefined : actionOf(event, actions);
    if (!action) return;
    event.preventDefault();
    action();
  };
}

// What a key does, unless the element that has the focus, or the browser, has a use for it.
function actionOf(event, actions) {
  const uses = {
    "button, summary": /^ $/,
    "input[type=range]": /^(Arrow|Page|Home|End)/,
    "input:not([type=range]), select": /^(?!Escape$)/,
  };
  const used = Object.entries(uses).some(([selector, its]) => event.target.matches(selector) && its.test(event.key));
  if (used || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return (event.shiftKey && actions[`Shift+${key}`]) || actions[key];
}
