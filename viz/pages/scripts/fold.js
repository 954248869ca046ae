// Takes the boxes of a network and the ways of its wires through them (see viz/pages/folded.py), the picture, the document's
// tools, and relaid(), which is called where the reader has opened or shut a box. Gives: follow(gate, operand), which opens the
// boxes around a gate and shuts them behind, and rings the shut ones in which something happens; switchFollow(), which ends that
// and begins it again; toggle(n), which opens and shuts box n; opened, those that are open (0 is the whole); results, of each box
// the nodes that others take from it.
//
// All is laid out in Python: each nest, which is the whole or a box's inside, with its boxes shut. An open box takes more
// room than a shut one: what stands in its nest to the right of it, or below, moves by the difference. What stands level
// with it moves by a part. So places keep their order, and nothing comes to lie on something else.
function makeFold({ nests, ways }, picture, { draw }, relaid) {
  const [NODE, BOX, TERMINAL] = [0, 1, 2];
  const groups = [undefined, ...picture.svg.querySelector(".boxes").children];
  const legend = picture.svg.querySelectorAll(":scope > .legend");
  for (const line of legend) line.dataset.y = line.getAttribute("y");
  const home = []; // of each node: its nest and its member there
  const opened = new Set([0]), kept = new Set(); // boxes that are open; those that the reader opened
  let following = true, ringed = [], shown = []; // what is ringed; the gate and the operand of the step

  nests.forEach((nest, n) => {
    nest.number = n;
    nest.members = nest.members.map(([kind, which, x, y, width = 0, height = 0]) => ({ kind, which, x, y, width, height }));
    nest.points = nest.members.filter(({ kind }) => kind > TERMINAL);
    nest.members.forEach((member) => {
      if (member.kind === NODE) home[member.which] = { nest, member };
      if (member.kind === BOX) nests[member.which].shut = member;
    });
    if (!n) return;
    const inside = groups[n].querySelector(".opened");
    const rest = nest.members.filter(({ kind }) => kind > BOX);
    rest.forEach((member, i) => { member.element = inside.children[i]; });
    nest.frame = draw("rect", { class: "frame", rx: 6 });
    nest.label = draw("text", { class: "title", "text-anchor": "start" }, `− ${nest.title}`);
    inside.prepend(nest.frame, nest.label);
  });

  const around = (n) => (n < 0 ? [] : [...around(nests[n].parent), n]); // a box and those around it
  const isSeen = (n) => nests[n].seen; // whether its inside is
  const outermostShut = (n) => around(n).find((box) => !opened.has(box));

  // Where a point of a nest comes to stand, now that some of its boxes are open.
  const stretched = (at, stretches) =>
    stretches.reduce((sum, { low, high, more }) => sum + more * Math.min(1, Math.max(0, (at - low) / (high - low))), at);
  const placed = (nest, x, y) => [nest.left + stretched(x, nest.across), nest.top + stretched(y, nest.down)];
  const shift = (nest, { x, y }) => placed(nest, x, y).map((now, axis) => now - [x, y][axis]);

  // The stretches that boxes need: [middle, size shut, size open] of each. Those with one middle, as in a column, share one.
  function together(boxes) {
    const found = [];
    for (const [middle, size, now] of boxes) {
      const known = found.find((other) => Math.abs(other.middle - middle) < 4) ?? found[found.push({ middle, size: 0, now: 0 }) - 1];
      known.size = Math.max(known.size, size);
      known.now = Math.max(known.now, now);
    }
    return found.map(({ middle, size, now }) => ({ low: middle - size / 2, high: middle + size / 2, more: Math.max(0, now - size) }));
  }

  function layOut() {
    const { clientWidth, clientHeight } = picture.figure;
    picture.version++; // the drawing has changed
    for (const [n, nest] of nests.entries()) {
      nest.seen = opened.has(n) && (n === 0 || nests[nest.parent].seen);
      nest.drawn = new Map();
    }
    for (const nest of [...nests].reverse()) { // what is inside comes after what is around it
      const boxes = nest.members.filter(({ kind, which }) => kind === BOX && opened.has(which));
      nest.across = together(boxes.map(({ which, x, width }) => [x, width, nests[which].now[0]]));
      nest.down = together(boxes.map(({ which, y, height }) => [y, height, nests[which].now[1]]));
      nest.now = [nest.across, nest.down].map((all, axis) => all.reduce((sum, { more }) => sum + more, nest.size[axis]));
    }
    Object.assign(nests[0], { left: 0, top: 0 });
    for (const nest of nests.slice(1)) {
      const { shut } = nest, [x, y] = placed(nests[nest.parent], shut.x, shut.y);
      const size = opened.has(nest.number) ? nest.now : [0, 0]; // in a shut box all stands in its middle
      Object.assign(nest, { left: x - size[0] / 2, top: y - size[1] / 2 });
    }
    picture.svg.setAttribute("viewBox", `0 0 ${nests[0].now.join(" ")}`);
    for (const line of legend) line.setAttribute("y", Number(line.dataset.y) + nests[0].now[1] - nests[0].size[1]);
    nests.forEach(show);
    home.forEach(({ nest, member }, i) => {
      const seen = isSeen(nest.number), { element } = picture.nodes[i];
      display(element, seen);
      if (seen) move(element, shift(nest, member));
    });
    const there = new Set();
    ways.forEach((way, wire) => {
      const path = picture.wires[wire], d = pathOf(way);
      if (path.drawn !== d) path.setAttribute("d", (path.drawn = d));
      if (!d) return;
      path.classList.toggle("double", there.has(d)); // several wires of a box are one line
      there.add(d);
    });
    picture.fit({ clientWidth, clientHeight });
  }

  const display = (element, on) => (on ? element.removeAttribute("display") : element.setAttribute("display", "none"));

  function show(nest, n) {
    if (!n) return;
    const group = groups[n], [closed, inside] = [".shut", ".opened"].map((part) => group.querySelector(`:scope > ${part}`));
    const seen = isSeen(nest.parent), open = opened.has(n);
    display(closed, seen && !open);
    display(inside, seen && open);
    if (seen && !open) move(closed, shift(nests[nest.parent], nest.shut));
    if (!seen || !open) return;
    const [width, height] = nest.now;
    for (const [name, size] of Object.entries({ x: nest.left, y: nest.top, width, height })) nest.frame.setAttribute(name, size);
    nest.label.setAttribute("x", nest.left + 8);
    nest.label.setAttribute("y", nest.top + 14);
    for (const member of nest.members) if (member.element) move(member.element, shift(nest, member));
  }

  // Move what a node is drawn with: rectangles and texts by their places, paths by a transform.
  function move(element, [right, down]) {
    if (element.right === right && element.down === down) return;
    Object.assign(element, { right, down });
    element.parts ??= [...element.children].map((part) => ({ part, x: Number(part.getAttribute("x")), y: Number(part.getAttribute("y")) }));
    for (const { part, x, y } of element.parts) {
      if (part.tagName === "path") part.setAttribute("transform", `translate(${right} ${down})`);
      else if (part.tagName !== "title") {
        part.setAttribute("x", x + right);
        part.setAttribute("y", y + down);
      }
    }
  }

  // The stretches of a wire that are seen, one after the other: out of open boxes, across, into open boxes. A terminal's
  // name stands in a gap.
  function pathOf(way) {
    let d = "";
    for (let i = 0; i < way.length; i += 2) {
      const nest = nests[way[i]];
      if (!nest.seen) continue;
      const [source, target, ...steps] = nest.wires[way[i + 1]];
      const goesOn = d && nest.members[source].kind !== TERMINAL;
      let drawn = nest.drawn.get(way[i + 1]); // wires of the graph share wires of boxes
      if (!drawn) nest.drawn.set(way[i + 1], (drawn = stretch(nest, nest.members[source], nest.members[target], steps)));
      d += (goesOn ? "L" : "M") + drawn;
    }
    return d;
  }

  // A stretch leaves level with its source and arrives level with its target, wherever these have come to stand; between
  // the first curve and the last one it keeps its place among the others.
  function stretch(nest, source, target, steps) {
    const curves = steps.flatMap((flat, s) => (flat.length > 2 ? [s] : []));
    const first = curves[0] ?? steps.length - 1, final = curves.at(-1) ?? 0;
    const begin = anchor(nest, source, steps[0], true), end = anchor(nest, target, steps.at(-1).slice(-2), false);
    const point = (x, y, s, p) => {
      const leaving = s < first || (s === first && p === 0 && curves.length), there = placed(nest, x, y);
      const arriving = s > final || (s === final && p > 0 && curves.length);
      return `${Math.round(there[0])} ${Math.round(leaving ? begin[1] + y - steps[0][1] : arriving ? end[1] + y - steps.at(-1).at(-1) : there[1])}`;
    };
    const parts = steps.map((flat, s) => {
      const points = [];
      for (let p = 0; p < flat.length; p += 2) points.push(point(flat[p], flat[p + 1], s, p));
      return (flat.length > 2 ? "C" : "L") + points.join(" ");
    });
    return `${begin.map(Math.round).join(" ")}${parts.join("")}L${end.map(Math.round).join(" ")}`;
  }

  // Where the end of a wire comes to stand: at its node, or at the point of an open box where wires come in or go out.
  function anchor(nest, member, [x, y], leaving) {
    if (member.kind !== BOX || !opened.has(member.which)) {
      const by = shift(nest, member);
      return [x + by[0], y + by[1]];
    }
    const inner = nests[member.which], point = leaving ? inner.points.at(-1) : inner.points[0];
    return point ? placed(inner, point.x, point.y) : [inner.left + (leaving ? inner.now[0] : 0), inner.top + inner.now[1] / 2];
  }

  function toggle(n) {
    if (opened.has(n)) {
      for (const box of [...opened]) if (around(box).includes(n)) opened.delete(box) && kept.delete(box);
    } else {
      for (const box of around(n)) opened.add(box) && kept.add(box);
    }
    layOut();
    ring();
    relaid();
  }

  function follow(gate, operand) {
    shown = [gate, operand];
    if (following) {
      const wanted = new Set([0, ...kept, ...(gate === undefined ? [] : around(home[gate].nest.number))]);
      if (wanted.size !== opened.size || [...wanted].some((box) => !opened.has(box))) {
        opened.clear();
        for (const box of wanted) opened.add(box);
        layOut();
      }
    }
    ring();
  }

  // The shut boxes in which something happens now.
  function ring() {
    for (const [element, name] of ringed) element.classList.remove(name);
    ringed = [];
    const [gate, operand] = shown;
    const hiding = (i) => (i === undefined ? undefined : outermostShut(home[i].nest.number));
    for (const [box, name] of [[hiding(gate), "current"], [hiding(operand), "receives"]]) {
      if (box === undefined) continue;
      const element = groups[box].querySelector(":scope > .shut");
      element.classList.add(name);
      ringed.push([element, name]);
    }
  }

  // What shows a node: itself, or the shut box that it is in.
  function elementOf(i) {
    const box = outermostShut(home[i].nest.number);
    return box === undefined ? picture.nodes[i].element : groups[box].querySelector(":scope > .shut");
  }

  groups.forEach((group, n) => {
    if (!group) return;
    const closed = group.querySelector(":scope > .shut"), { label, title } = nests[n];
    for (const [element, open] of [[closed, false], [label, true]]) {
      for (const [name, text] of Object.entries({ role: "button", tabindex: 0, "aria-expanded": open, "aria-label": title })) {
        element.setAttribute(name, text);
      }
      element.onclick = () => toggle(n);
      element.onkeydown = (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        toggle(n);
        (opened.has(n) ? label : closed).focus();
      };
    }
  });
  picture.elementOf = elementOf;
  layOut();
  const results = nests.slice(1).map((nest) => nest.results);
  return { follow, toggle, opened, results, switchFollow: () => (following = !following) };
}
