// Takes the data of a film and the tools of the document. Gives `paint(frame)`, which fills the map of predictions, rings
// the points on the wrong side, and gives how many of them are right; null where there are no classes to compare.
function makeMap(data, { byId }) {
  const side = data.resolution, { frame } = data;
  const rings = [...document.querySelectorAll(".map .ring")];
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  // One output is a shade from the colour of class 0 to that of class 1, paler the nearer to the boundary; of several
  // outputs the class has its colour.
  function fill(at) {
    const bytes = bytesOf(data.maps[at]);
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

  function paint(at) {
    if (data.maps) fill(at);
    if (!data.wrong) return null;
    const bits = bytesOf(data.wrong[at]);
    let right = 0;
    for (let i = 0; i < data.samples; i++) {
      const wrong = (bits[i >> 3] >> (7 - (i & 7))) & 1;
      right += 1 - wrong;
      if (rings[i]) rings[i].style.display = wrong ? "" : "none";
    }
    return right;
  }

  return { paint };
}
