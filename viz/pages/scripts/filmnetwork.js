// Takes the data of a film and the tools of the document. Gives `paint(frame)`, which sets the width of each line to its
// weight, or gradient, fills each hidden unit with what it sees, and marks the dead and the saturated; `numbers`, the
// elements in the order of a frame's numbers: neuron by neuron, its weights, then its bias.
function makeNetwork(data, { byId }) {
  const lines = byId("lines");
  const numbers = [], canvases = [...document.querySelectorAll(".network canvas")];
  const states = [...document.querySelectorAll(".network .state")];
  const legend = document.querySelector(".of-network figcaption span");
  const of = { weights: "Lines show weights, rings of units biases:", gradients: "Lines show gradients of weights, rings of units those of biases:" };
  const signs = " solid violet positive, dashed rose negative, the wider the larger.";
  const marks = ["", "M-9-9L9 9M9-9L-9 9", "M-8-3H8M-8 3H8"]; // fine, dead, saturated

  for (const circle of document.querySelectorAll(".network circle.number")) {
    const [x, y] = ["cx", "cy"].map((name) => circle.getAttribute(name));
    numbers.push(...document.querySelectorAll(`.network line[x2="${x}"][y2="${y}"]`), circle);
  }
  const largest = (rows) => rows.reduce((most, row) => row.reduce((m, x) => Math.max(m, Math.abs(x) || 0), most), 0) || 1;
  const scales = data.weights && { weights: largest(data.weights), gradients: largest(data.gradients) };

  function paintNumbers(at) {
    data[lines.value][at].forEach((number, i) => {
      const size = Math.abs(Number(number)) / scales[lines.value];
      numbers[i].style.strokeWidth = 0.4 + data.widest * Math.sqrt(size || 0);
      numbers[i].classList.toggle("negative", number < 0);
      numbers[i].firstElementChild.textContent = `${numbers[i].tagName === "line" ? "weight" : "bias"}: ${
        data.weights[at][i]}, gradient ${data.gradients[at][i]}`;
    });
    legend.textContent = of[lines.value] + signs;
  }

  // The colour is that of values, in the theme that is shown, the stronger the larger the output of the unit.
  function paintUnits(at) {
    const side = data.unitSide, letters = atob(data.units[at]);
    canvases.forEach((canvas, unit) => {
      const colour = getComputedStyle(canvas).color.match(/\d+/g).slice(0, 3).map(Number);
      const image = new ImageData(side, side);
      for (let i = 0; i < side * side; i++) {
        const row = side - 1 - Math.floor(i / side);
        image.data.set([...colour, letters.charCodeAt(unit * side * side + i)], 4 * (row * side + (i % side)));
      }
      canvas.width = canvas.height = side;
      canvas.getContext("2d").putImageData(image, 0, 0);
    });
  }

  function paint(at) {
    if (!data.weights) return;
    paintNumbers(at);
    if (data.units) paintUnits(at);
    states.forEach((mark, unit) => mark.setAttribute("d", marks[data.states[at][unit]]));
  }

  return { paint, numbers };
}
