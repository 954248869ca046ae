// Takes the model, the texts, the writer and the reader of numbers, and the document's tools. Fills the panel "What if?": a
// slider and a field for each leaf, and what the gradient predicts of a move beside what comes of it.
function makeWhatIf(model, texts, format, readNumber, { byId, make }) {
  const MOST = 8; // leaves that are shown at a time
  const panel = byId("what-if"), list = make("div", { class: "leaves" }), outcome = make("p", { class: "outcome", role: "status" });
  const search = make("input", { type: "search", "aria-label": "Search a leaf", placeholder: "Search a leaf" });
  const reset = make("button", { type: "button" }, "Reset");
  const fixed = model.nodes.flatMap(({ computed, fixed }, i) => (!computed && fixed ? [i] : []));
  const rows = new Map(); // leaf → its controls, once they were shown
  const name = (i) => model.nodes[i].name;

  // The slider reaches to twice the number's size, at least to 2; further once its end is reached.
  const reachOf = (...numbers) => Math.max(2, ...numbers.filter(Number.isFinite).map((number) => 2 * Math.abs(number)));

  function controlsOf(i) {
    const slider = make("input", { type: "range", step: "any", "aria-label": name(i) });
    const field = make("input", { type: "text", autocomplete: "off", spellcheck: "false", "aria-label": `Value of ${name(i)}` });
    const mark = make("span", { class: "base" });
    const element = make("div", { class: "leaf" }, make("span", { class: "name", title: name(i) }, name(i)),
      make("span", { class: "track" }, slider, mark), field);
    const row = { element, slider, field, mark, reach: reachOf(model.values[i], model.base.values[i]) };
    slider.oninput = () => model.move(new Map([[i, rounded(Number(slider.value), row.reach)]]));
    slider.onchange = () => {
      if (Math.abs(model.values[i]) > 0.99 * row.reach) row.reach *= 2;
      paintRow(i);
    };
    field.onchange = () => {
      const number = readNumber(field.value);
      field.setAttribute("aria-invalid", String(number === null));
      if (number === null) outcome.textContent = "Type a number or a fraction, such as -0.5, 1/3 or 1e-3.";
      else model.move(new Map([[i, number]]));
    };
    return row;
  }

  // To about a thousandth of the slider's length: a number that a person reads.
  function rounded(number, reach) {
    const digits = Math.max(0, 2 - Math.floor(Math.log10(reach)));
    return Number(number.toFixed(Math.min(20, digits)));
  }

  function paintRow(i) {
    const row = rows.get(i), { slider, field, mark } = row, value = model.values[i], base = model.base.values[i];
    if (Math.abs(value) > row.reach) row.reach = reachOf(value);
    [slider.min, slider.max, slider.value] = [-row.reach, row.reach, value];
    slider.setAttribute("aria-valuetext", `${name(i)} = ${format(value)}`);
    const place = (base / row.reach + 1) / 2 || 0; // the slider's thumb is 16 pixels wide
    mark.style.left = `calc(8px + ${place} * (100% - 16px))`;
    mark.hidden = !Number.isFinite(base) || Math.abs(base) > row.reach;
    if (field !== document.activeElement || field.getAttribute("aria-invalid") !== "true") {
      field.value = format(value);
      field.title = String(value);
      field.setAttribute("aria-invalid", "false");
    }
  }

  function shown() {
    const wanted = search.value.trim().toLowerCase();
    return model.leaves.filter((i) => name(i).toLowerCase().includes(wanted));
  }

  function paintList() {
    const found = shown(), first = found.slice(0, MOST);
    for (const i of first) if (!rows.has(i)) rows.set(i, controlsOf(i));
    const more = found.length - first.length;
    list.replaceChildren(...first.map((i) => rows.get(i).element));
    if (more) list.append(make("p", { class: "note" }, `and ${more} more: search for them`));
    if (!found.length) list.append(make("p", { class: "note" }, search.value ? "No leaf has such a name." : "No leaf can move."));
    first.forEach(paintRow);
  }

  // What the gradient at the base predicts, summed over the moved leaves, and what came of it.
  function told() {
    const moved = [...model.moved().keys()], { base, values, output } = model;
    if (!moved.length) return ["Move a number: values, gradients and words follow."];
    const parts = moved.map((i) => [base.gradients[i] ?? 0, values[i] - base.values[i]]);
    const predicted = parts.reduce((sum, [slope, move]) => sum + slope * move, 0);
    const change = values[output] - base.values[output], delta = `Δ${name(output)}`;
    const where = moved.length > 1 ? "gradients at the base" : `gradient at ${name(moved[0])} = ${format(base.values[moved[0]])}`;
    const bends = !(Math.abs(predicted - change) <= 0.01 * Math.abs(change));
    return [
      `${where}: predicted ${delta} = ${texts.products(parts)} = ${format(predicted)}, `, make("strong", {}, `true ${delta} = ${format(change)}`),
      bends ? ". The curve bends." : ". The straight line holds.",
    ];
  }

  function paint() {
    if (panel.open) shown().slice(0, MOST).forEach((i) => rows.has(i) && paintRow(i));
    outcome.replaceChildren(...told());
    reset.disabled = !model.moved().size && model.leaves.every((i) => Object.is(model.values[i], model.start[i]));
  }

  search.oninput = paintList;
  reset.onclick = () => model.rest(model.start);
  panel.ontoggle = () => panel.open && (paintList(), paint());
  panel.append(outcome, ...(model.leaves.length > MOST ? [search] : []), list);
  for (const i of fixed.slice(0, MOST)) panel.append(make("p", { class: "note" },
    `${name(i)} stays ${format(model.values[i])}: the page cannot compute ${model.nodes[i].fixed}, which depends on it.`));
  panel.append(make("p", { class: "choices" }, reset));
  model.onChange(paint);
  paint();
  return { paint };
}

