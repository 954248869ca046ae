// Goes from step to step: by buttons, keys, clicks, playing, the address. Sets how large the drawing is.
// A key stands in the table `keys` alone, which makes the help, too.

const slider = byId("slider");
let timer = 0; // of playing
let zoom = 0; // 0: fit
let clicked = -1; // the node that was clicked last

function scale() {
  const { width, height } = svg.viewBox.baseVal;
  const factor = zoom || Math.min(1.4, Math.max(0.86, (figure.clientWidth - 4) / width));
  svg.setAttribute("width", width * factor);
  svg.setAttribute("height", height * factor);
  return factor;
}

function setZoom(factor) {
  zoom = factor && Math.min(4, Math.max(0.25, scale() * factor));
  scale();
  centre("auto");
}

function centre(behavior) {
  const step = steps[at];
  if (step.node === undefined) return;
  const gate = nodes[step.node].element.getBoundingClientRect(), frame = figure.getBoundingClientRect();
  figure.scrollBy({
    left: gate.left + gate.width / 2 - frame.left - frame.width / 2,
    top: gate.top + gate.height / 2 - frame.top - frame.height / 2,
    behavior,
  });
}

function go(number) {
  const near = Math.abs(number - at) === 1;
  at = Math.min(last, Math.max(0, number));
  clicked = -1;
  if (timer && (at === last || asks(at))) play(false);
  paint();
  showCard();
  showQuiz();
  const text = list[at].textContent, spoken = asks(at) ? `${derivative(steps[at].operand)}: what does it receive?` : text;
  slider.value = at;
  slider.setAttribute("aria-valuetext", `Step ${at} of ${last}: ${spoken}`);
  byId("counter").textContent = `Step ${at} of ${last}`;
  if (!timer) byId("announcer").textContent = `Step ${at} of ${last}: ${spoken}`;
  centre(near && !calm.matches ? "smooth" : "auto");
  clearTimeout(remember.timer);
  remember.timer = setTimeout(remember, 200);
}

// The step into the address; inside a notebook's frame that is not allowed.
function remember() {
  try {
    history.replaceState(null, "", `#step=${at}`);
  } catch {
    // then not
  }
}

function fromAddress() {
  const match = location.hash.match(/^#step=(\d+)$/);
  if (match && Number(match[1]) !== at) go(Number(match[1]));
}

function play(on) {
  clearInterval(timer);
  timer = 0;
  if (on) {
    if (at === last) go(0);
    timer = setInterval(() => go(at + 1), 1500 / Number(byId("speed").value));
  }
  byId("play").lastElementChild.textContent = on ? "Pause" : "Play";
  byId("play").querySelector("path").setAttribute("d", on ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l9 6-9 6z");
}

// A click on a node: the next step that touches it; a second one: all that it receives.
function visit(number) {
  const touches = (step) => step.node === number || step.operand === number;
  if (clicked === number && !questions.length) {
    clicked = -1;
    return showWhole(number);
  }
  const next = steps.findIndex((step, i) => i > at && touches(step));
  go(next === -1 ? steps.findIndex(touches) : next);
  clicked = number;
}

const larger = () => setZoom(1.25), smaller = () => setZoom(0.8);
const toForward = () => go(Math.min(1, last)), toBackward = () => go(steps.findIndex((step) => step.kind === "seed"));
const keys = [
  { shown: "← →", help: "one step back, ahead", does: { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1) } },
  { shown: "Shift ← →, Page ↑ ↓", help: "ten steps", does: {
    "Shift+ArrowLeft": () => go(at - 10), "Shift+ArrowRight": () => go(at + 10),
    PageUp: () => go(at - 10), PageDown: () => go(at + 10),
  } },
  { shown: "Home, End", help: "first step, last step", does: { Home: () => go(0), End: () => go(last) } },
  { shown: "Space", help: "play, pause", does: { " ": () => play(!timer) } },
  { shown: "f, b", help: "to the forward pass, to the backward pass", does: { f: toForward, b: toBackward } },
  { shown: "q", help: "quiz: what does each use of a node receive?", does: { q: switchQuiz } },
  { shown: "t", help: "theme: light, dark", does: { t: otherTheme } },
  { shown: "+ − 0", help: "zoom in, out, fit", does: { "+": larger, "=": larger, "-": smaller, 0: () => setZoom(0) } },
  { shown: "Click on a node", help: "its next step; again: its sum over all uses" },
  { shown: "Enter in the graph", help: "the sum of the node that receives" },
  { shown: "?", help: "this help", does: { "?": () => byId("help").showModal() } },
  { shown: "Esc", help: "pause, end the quiz, close this", does: { Escape: () => (questions.length ? switchQuiz() : play(false)) } },
];

byId("keys").replaceChildren(...keys.map(({ shown, help }) => {
  const [row, head, cell] = ["tr", "th", "td"].map((tag) => document.createElement(tag));
  [head.scope, head.textContent, cell.textContent] = ["row", shown, help];
  row.append(head, cell);
  return row;
}));
listen(keys, () => byId("help").open);

figure.onkeydown = (event) => {
  const { node, operand = node } = steps[at];
  if (event.key === "Enter" && operand !== undefined && !questions.length) showWhole(operand);
};
svg.onclick = (event) => {
  const number = nodes.findIndex(({ element }) => element.contains(event.target));
  if (number !== -1) visit(number);
};

for (const [id, action] of Object.entries({
  first: () => go(0), "back-one": () => go(at - 1), play: () => play(!timer), next: () => go(at + 1), last: () => go(last),
  "to-forward": toForward, "to-backward": toBackward, larger, smaller, "ask-help": () => byId("help").showModal(),
})) byId(id).onclick = action;
slider.oninput = () => go(Number(slider.value));
byId("speed").onchange = () => timer && play(true);
addEventListener("hashchange", fromAddress);
addEventListener("resize", scale);
addEventListener("beforeprint", () => (byId("all").open = true));

slider.max = last;
byId("all").open = false;
for (const id of ["controls", "card"]) byId(id).hidden = false;
link();
scale();
go(0);
fromAddress();
