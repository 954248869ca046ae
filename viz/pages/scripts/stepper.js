// Binds the parts of the stepper's page: each of the other files is one function, which takes what it needs and gives what
// it makes. Here they are made, the walk shows its steps in all of them, and buttons, keys and clicks get their work.
// A key stands in the table `keys` alone, which makes the help, too. The page's one global name is `backstep`.

const data = JSON.parse(document.getElementById("data").textContent);
const tools = documentTools(), { byId, make } = tools;
const format = numberWriter(data.digits);
const engine = makeEngine(data, program);
const texts = makeTexts(data, program, engine, format, numberWriter(6));
const model = makeModel(data, engine, texts, format);
const picture = makePicture(model, format, tools);
const fold = data.fold && makeFold(data.fold, picture, tools, relaid);
const boxes = data.fold && makeFoldNumbers(data.fold, model, picture, format, tools);
const chips = makeChips(model, picture, format, tools);
const overview = data.large ? makeOverview(model, picture, tools) : undefined, stubs = makeStubs(model, format, picture, tools);
const flow = makeFlow(model, picture, tools), worth = makeWorth(model);
const said = makeWords(data.words, model, format, tools), arrivals = makeArrivals(model, format, tools);
const card = makeCard(model, said, arrivals, makeCloseup(model, format, tools, makeCurve), format, tools);
const walk = makeWalk(() => model.last, show, () => address.write(), tools), { go, at, play } = walk;
const routesTo = makeRoutes(model), routePanel = makeRoutePanel(model, format, picture, routesTo, card, tools, repaint);
const judge = makeJudge(data.mistakes, { contributions, totals, inTheSum }, model, card);
const quiz = makeQuiz(model, makePredict(model, engine), judge, format, card, tools, walk);
const address = makeAddress(model, readNumber, walk);
const downhill = makeDownhill(model, engine, format, readNumber, tools, go);
makeWhatIf(model, texts, format, readNumber, tools);
let clicked = -1; // the node that was clicked last

function paint(k, hidden) {
  picture.paint(k, hidden);
  boxes?.paint(k, hidden);
}

function repaint() {
  paint(at(), quiz.asks(at()));
}

// The routes show answers, so they are shut during a quiz.
function toggleRoutes() {
  if (!quiz.running()) routePanel.toggle(model.step(at()).operand);
}

// During a quiz nothing is said of the step.
function lookNext() {
  go(worth.next(at()));
  const why = worth.why(at());
  if (why && !quiz.running()) byId("phase").textContent += ` · ${why}`;
}

function switchFollow() {
  byId("follow").setAttribute("aria-pressed", fold.switchFollow());
  show(at());
}

function show(k, before = k, pace = 0) {
  render(k, before, pace);
  picture.centre(Math.abs(k - before) === 1);
  showEdges(k);
}

function render(k, before = k, pace = 0) {
  const hidden = quiz.asks(k), waits = quiz.waits(k);
  const seen = waits ? k - 1 : k, hides = quiz.asks(seen); // what is to be predicted is not shown
  if (quiz.running() && routePanel.shown()) routePanel.close();
  if (hidden && walk.playing()) play(false);
  clicked = -1;
  fold?.follow(model.step(seen).gate, model.step(seen).operand);
  paint(seen, hides);
  routePanel.lay();
  chips.show(seen, hidden, k - before === 1 && !tools.calm.matches ? pace : 0);
  card.show(seen, hides);
  quiz.show(k);
  const asked = { product: "what does it receive?", total: "what is the sum of its uses?" }[hidden];
  const spoken = waits ? "which gate is worked next?" : hidden ? `${model.derivative(model.step(k).operand)}: ${asked}` : byId("formula").textContent;
  byId("slider").max = model.last;
  byId("slider").value = k;
  byId("slider").setAttribute("aria-valuetext", `Step ${k} of ${model.last}: ${spoken}`);
  byId("counter").textContent = `${k} / ${model.last}`;
  if (!walk.playing()) byId("announcer").textContent = `Step ${k} of ${model.last}: ${spoken}`;
  flow.show(k);
  for (const id of ["what-if", "downhill"]) byId(id).hidden = quiz.running(); // they show answers
}

// After boxes have opened or shut: what stands at the places of nodes, anew.
function relaid() {
  const k = at();
  chips.show(quiz.waits(k) ? k - 1 : k, quiz.asks(k), 0);
  flow.show(k);
  routePanel.lay();
  showEdges(k);
}

// What stands at the edges of what is in view.
function showEdges(k) {
  const seen = quiz.waits(k) ? k - 1 : k;
  overview?.show(seen);
  stubs.show(seen, quiz.asks(k));
}

// After the last update step of a step downhill the new pass begins.
const next = () => (at() === model.last && downhill.pending() ? downhill.commit() : go(at() + 1));

// The list of all steps, with the numbers as they are now.
function relist() {
  [...byId("list").children].forEach((item, k) => (item.textContent = model.line(k)));
}

// A click on a node: the next step that touches it; a second one: all that it receives.
function visit(number) {
  if (clicked === number && !quiz.running()) {
    clicked = -1;
    return card.showWhole(number);
  }
  const { computed, uses, arrivals } = model.nodes[number];
  const touching = [computed, ...arrivals, ...uses].filter((k) => k > 0).sort((a, b) => a - b);
  go(touching.find((k) => k > at()) ?? touching[0] ?? 0);
  clicked = number;
}

function openMore(open = !byId("more").open) {
  if (open) byId("more").show();
  else byId("more").close();
}

const larger = () => picture.setZoom(1.25), smaller = () => picture.setZoom(0.8);
const seed = model.arrivals(model.output)[0];
const toForward = () => go(Math.min(1, model.last)), toBackward = () => go(seed);
const showHelp = () => byId("help").showModal();
const showAll = () => { // not during a quiz: it tells all answers
  if (quiz.running()) return;
  relist();
  byId("steps").showModal();
};
const keys = [
  { shown: "← →", help: "one step back, ahead", does: { ArrowLeft: () => go(at() - 1), ArrowRight: () => next() } },
  { shown: "Shift ← →, Page ↑ ↓", help: "ten steps", does: {
    "Shift+ArrowLeft": () => go(at() - 10), "Shift+ArrowRight": () => go(at() + 10),
    PageUp: () => go(at() - 10), PageDown: () => go(at() + 10),
  } },
  { shown: "Home, End", help: "first step, last step", does: { Home: () => go(0), End: () => go(model.last) } },
  { shown: "Space", help: "play, pause", does: { " ": () => play(!walk.playing()) } },
  { shown: "f, b", help: "to the forward pass, to the backward pass", does: { f: toForward, b: toBackward } },
  { shown: "n", help: "next step worth a look: a sum, a sign that flips, a gate that blocks", does: { n: lookNext } },
  { shown: "q", help: "quiz: what does each use of a node receive?", does: { q: quiz.toggle } },
  { shown: "r", help: "routes: the gradient as a sum of products", does: { r: toggleRoutes } },
  ...(fold ? [{ shown: "o", help: "boxes open and shut as the steps go on, or stay", does: { o: switchFollow } }] : []),
  { shown: "t", help: "theme: light, dark", does: { t: tools.otherTheme } },
  { shown: "+ − 0", help: "zoom in, out, fit", does: { "+": larger, "=": larger, "-": smaller, 0: () => picture.setZoom(0) } },
  { shown: "Click on a node", help: "its next step; again: its sum over all uses" },
  { shown: "Tab to the graph, ↑ ↓", help: "from node to node; Enter is a click" },
  { shown: "?", help: "this help", does: { "?": showHelp } },
  { shown: "Esc", help: "close what is open, end the quiz, pause", does: {
    Escape: () => (byId("more").open ? openMore(false) : quiz.running() ? quiz.toggle() : routePanel.shown() ? routePanel.close() : play(false)),
  } },
];

byId("keys").replaceChildren(...keys.map(({ shown, help }) =>
  make("tr", {}, make("th", { scope: "row" }, shown), make("td", {}, help))));
listenToKeys(keys, () => byId("help").open || byId("steps").open);

picture.svg.setAttribute("role", "group");
picture.nodes.forEach(({ element }, i) => {
  element.onclick = () => visit(i);
  element.tabIndex = i ? -1 : 0;
  element.setAttribute("role", "button");
});

// In the graph one node can be reached by Tab, the others from there; Enter in the graph itself asks the receiver.
picture.figure.onkeydown = (event) => {
  const { operand } = model.step(at());
  if (event.key === "Enter" && event.target === picture.figure && operand !== undefined && !quiz.running()) card.showWhole(operand);

  const here = picture.nodes.findIndex(({ element }) => element.contains(event.target));
  const way = { ArrowUp: -1, ArrowDown: 1, Enter: 0 }[event.key];
  if (here === -1 || way === undefined) return;
  event.preventDefault();
  if (!way) return visit(here);
  let to = here + way;
  while (picture.nodes[to]?.element.getAttribute("display")) to += way; // in a shut box
  const there = picture.nodes[to]?.element;
  if (!there) return;
  picture.nodes[here].element.tabIndex = -1;
  there.tabIndex = 0;
  there.focus();
};

for (const [id, action] of Object.entries({
  first: () => go(0), "back-one": () => go(at() - 1), play: () => play(!walk.playing()), next,
  last: () => go(model.last), "to-forward": toForward, "to-backward": toBackward, larger, smaller, theme: tools.otherTheme,
  "ask-routes": toggleRoutes, "look-next": lookNext, follow: switchFollow, "ask-help": showHelp, "ask-all": showAll, "ask-more": () => openMore(),
})) byId(id).onclick = action;
byId("slider").oninput = () => go(Number(byId("slider").value));
addEventListener("resize", () => { picture.fit(); picture.centre(); });
addEventListener("beforeprint", () => { // the finished pass, with the boxes shut that only the step had opened
  relist();
  fold?.follow();
  paint(model.end);
  chips.show(model.end);
});
addEventListener("hashchange", address.read);
addEventListener("afterprint", () => show(at()));
byId("more").onclose = () => byId("ask-more").focus();

rove(byId("controls"));
document.documentElement.classList.add("live");
byId("steps").prepend(byId("all"));
byId("follow").hidden = !fold;
for (const id of ["controls", "card", "more-routes"]) byId(id).hidden = false;
model.onChange(() => {
  render(Math.min(at(), model.last));
  showEdges(Math.min(at(), model.last));
  walk.rest();
});
const framed = parent !== globalThis; // in a notebook, where nothing should scroll inside
byId("what-if").open = !framed && matchMedia("(min-width: 1000px)").matches && model.leaves.length <= 8;
picture.fit();
go(0);
address.read();
globalThis.backstep = {
  model, picture, chips, fold, card, quiz, judge, routesTo, downhill, go, keys, numberWriter, get at() { return at(); },
};
