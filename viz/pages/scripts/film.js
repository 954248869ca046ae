// Binds the parts of a film's page: runs through the frames that viz/pages/film.py wrote, moves the marks of the charts,
// and lets the other parts paint theirs. The page's one global name is `backstep`.

const data = JSON.parse(document.getElementById("data").textContent);
const tools = documentTools(), { byId } = tools, format = numberWriter(data.digits);
const slider = byId("slider"), lines = byId("lines"), last = data.epochs.length - 1;
const map = makeMap(data, tools), network = makeNetwork(data, tools);
const charts = [...document.querySelectorAll(".chart")];
const moving = charts.map((chart) => [".now", ".mark"].map((part) => chart.querySelectorAll(part)));
let at = 0;
let timer = 0;

function paintMarks() {
  moving.forEach(([[now], marks], i) => {
    const [x, ...heights] = data.marks[i][at];
    now.setAttribute("transform", `translate(${x} 0)`);
    marks.forEach((mark, kind) => {
      mark.style.display = heights[kind] === null ? "none" : "";
      mark.setAttribute("transform", `translate(${x} ${heights[kind] ?? 0})`);
    });
  });
}

function go(number) {
  at = Math.min(last, Math.max(0, number));
  if (at === last && timer) play(false);
  paintMarks();
  network.paint(at);
  const right = map.paint(at), share = right === null ? "" : `${right} of ${data.samples} right`;
  const said = `Epoch ${data.epochs[at]} of ${data.epochs[last]}, loss ${format(Number(data.losses[at]))}`;
  slider.value = at;
  slider.setAttribute("aria-valuetext", said);
  byId("counter").textContent = said;
  byId("score").textContent = share && `${share} (${Math.round((100 * right) / data.samples)} %)`;
  if (!timer) byId("announcer").textContent = share ? `${said}, ${share}` : said;
}

function play(on) {
  clearInterval(timer);
  timer = 0;
  if (on) {
    if (at === last) go(0);
    timer = setInterval(() => go(at + 1), 120);
  }
  byId("play").textContent = on ? "Pause" : "Play";
}

function changeTheme() {
  tools.otherTheme();
  network.paint(at);
}

function changeLines() {
  lines.selectedIndex = 1 - lines.selectedIndex;
  network.paint(at);
}

const keys = [
  { shown: "← →", help: "one frame", does: { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1) } },
  { shown: "Shift ← →, Page ↑ ↓", help: "ten", does: {
    "Shift+ArrowLeft": () => go(at - 10), "Shift+ArrowRight": () => go(at + 10),
    PageUp: () => go(at - 10), PageDown: () => go(at + 10),
  } },
  { shown: "Home, End", help: "first, last", does: { Home: () => go(0), End: () => go(last) } },
  { shown: "Space", help: "play, pause", does: { " ": () => play(!timer) } },
  { shown: "Esc", help: "pause", does: { Escape: () => play(false) } },
  { shown: "g", help: "weights or gradients", does: { g: changeLines } },
  { shown: "t", help: "theme", does: { t: changeTheme } },
];

byId("keys").textContent = `Keys: ${keys.map(({ shown, help }) => `${shown} ${help}`).join("; ")}.`;
listenToKeys(keys);

byId("theme").onclick = changeTheme;
byId("play").onclick = () => play(!timer);
slider.oninput = () => go(Number(slider.value));
lines.onchange = () => network.paint(at);
matchMedia("(prefers-color-scheme: dark)").onchange = () => network.paint(at);
addEventListener("beforeprint", () => (byId("all").open = true));

for (const element of document.querySelectorAll("[data-of]")) element.hidden = !data[element.dataset.of];
slider.max = last;
byId("all").open = false;
byId("controls").hidden = false;
go(last);
globalThis.backstep = { go, last, side: data.resolution, numbers: network.numbers, get at() { return at; } };
