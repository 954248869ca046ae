// Runs through the frames that viz/pages/film.py wrote: moves the marks, fills the map, sets the width of each weight.

const data = JSON.parse(document.getElementById("data").textContent);
const { byId, otherTheme } = documentTools(), format = numberWriter(data.digits);
const slider = byId("slider"), lines = byId("lines"), last = data.epochs.length - 1, side = data.resolution;
const charts = [...document.querySelectorAll(".chart")];
const moving = charts.map((chart) => [".now", ".mark"].map((part) => chart.querySelectorAll(part)));
const frame = { left: 62, right: 390, top: 48, bottom: 262 }; // of a chart, as in viz/pages/panels.py
let at = 0;
let timer = 0;

// The network's elements in the order of a frame's numbers: neuron by neuron, its weights, then its bias.
const numbers = [];
for (const circle of document.querySelectorAll(".network circle.number")) {
  const [x, y] = ["cx", "cy"].map((name) => circle.getAttribute(name));
  numbers.push(...document.querySelectorAll(`.network line[x2="${x}"][y2="${y}"]`), circle);
}

const largest = (rows) => rows.reduce((most, row) => row.reduce((m, x) => Math.max(m, Math.abs(x) || 0), most), 0) || 1;
const scales = data.weights && { weights: largest(data.weights), gradients: largest(data.gradients) };

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

function paintNetwork() {
  if (!data.weights) return;
  data[lines.value][at].forEach((number, i) => {
    const size = Math.abs(Number(number)) / scales[lines.value];
    numbers[i].style.strokeWidth = 0.4 + 5.6 * Math.sqrt(size || 0);
    numbers[i].classList.toggle("negative", number < 0);
    numbers[i].firstElementChild.textContent = `${numbers[i].tagName === "line" ? "weight" : "bias"}: ${
      data.weights[at][i]}, gradient ${data.gradients[at][i]}`;
  });
}

// The map: one output as a shade from the colour of class 0 to that of class 1, paler the nearer to the boundary; several as their classes.
function paintMap() {
  if (!data.maps) return;
  const bytes = Uint8Array.from(atob(data.maps[at]), (letter) => letter.charCodeAt(0));
  const heights = Float32Array.from(bytes, (byte) => (byte / 127.5 - 1) * Math.abs(byte / 127.5 - 1));
  const canvas = byId("map"), context = canvas.getContext("2d"), image = new ImageData(side, side);
  canvas.width = canvas.height = side;
  bytes.forEach((byte, i) => {
    const row = side - 1 - Math.floor(i / side); // the picture begins above, the grid below
    const colour = data.colours[(data.several ? byte : Number(heights[i] > 0)) % data.colours.length];
    const depth = data.several ? 90 : 20 + 140 * Math.abs(heights[i]);
    image.data.set([...colour, depth], 4 * (row * side + (i % side)));
  });
  context.putImageData(image, 0, 0);
  byId("boundary").setAttribute("d", data.several ? "" : boundary(heights));
}

// Where neighbouring points of the grid are on different sides of 0: marching squares.
function boundary(heights) {
  const x = (column) => (frame.left + (column / (side - 1)) * (frame.right - frame.left)).toFixed(1);
  const y = (row) => (frame.bottom - (row / (side - 1)) * (frame.bottom - frame.top)).toFixed(1);
  const differ = (a, b) => a > 0 !== b > 0, part = (a, b) => a / (a - b);
  let path = "";
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const i = row * side + column, [a, b, c, d] = [heights[i], heights[i + 1], heights[i + side + 1], heights[i + side]];
      const ends = [];
      if (differ(a, b)) ends.push(`${x(column + part(a, b))} ${y(row)}`);
      if (differ(b, c)) ends.push(`${x(column + 1)} ${y(row + part(b, c))}`);
      if (differ(d, c)) ends.push(`${x(column + part(d, c))} ${y(row + 1)}`);
      if (differ(a, d)) ends.push(`${x(column)} ${y(row + part(a, d))}`);
      for (let end = 0; end + 1 < ends.length; end += 2) path += `M${ends[end]}L${ends[end + 1]}`;
    }
  }
  return path;
}

function go(number) {
  at = Math.min(last, Math.max(0, number));
  if (at === last && timer) play(false);
  paintMarks();
  paintNetwork();
  paintMap();
  const said = `Epoch ${data.epochs[at]} of ${data.epochs[last]}, loss ${format(Number(data.losses[at]))}`;
  slider.value = at;
  slider.setAttribute("aria-valuetext", said);
  byId("counter").textContent = said;
  if (!timer) byId("announcer").textContent = said;
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

const keys = [
  { shown: "← →", help: "one frame", does: { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1) } },
  { shown: "Shift ← →, Page ↑ ↓", help: "ten", does: {
    "Shift+ArrowLeft": () => go(at - 10), "Shift+ArrowRight": () => go(at + 10),
    PageUp: () => go(at - 10), PageDown: () => go(at + 10),
  } },
  { shown: "Home, End", help: "first, last", does: { Home: () => go(0), End: () => go(last) } },
  { shown: "Space", help: "play, pause", does: { " ": () => play(!timer) } },
  { shown: "Esc", help: "pause", does: { Escape: () => play(false) } },
  { shown: "g", help: "weights or gradients", does: { g: () => { lines.selectedIndex = 1 - lines.selectedIndex; paintNetwork(); } } },
  { shown: "t", help: "theme", does: { t: otherTheme } },
];

byId("keys").textContent = `Keys: ${keys.map(({ shown, help }) => `${shown} ${help}`).join("; ")}.`;
listenToKeys(keys);

byId("theme").onclick = otherTheme;
byId("play").onclick = () => play(!timer);
slider.oninput = () => go(Number(slider.value));
lines.onchange = paintNetwork;
addEventListener("beforeprint", () => (byId("all").open = true));

for (const element of document.querySelectorAll("[data-of]")) element.hidden = !data[element.dataset.of];
slider.max = last;
byId("all").open = false;
byId("controls").hidden = false;
go(last);
globalThis.backstep = { go, last, side, numbers, get at() { return at; } };
