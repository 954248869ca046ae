// Takes the model, the reader of numbers, and the walk's at() and go(k). Gives what stands behind the # of the page's address:
// write() puts there the step, the leaves that were moved, and those that have another base; read() takes them from there.
// An address may come from anybody: names that no leaf has, and what is no number, are passed over.
//
//   #step=18&w1=-2.9                  w1 was moved
//   #step=18&w1=-2.9&base:w1=-2.803   from where the last step downhill had put it
function makeAddress(model, readNumber, { at, go }) {
  const LONGEST = 4000;
  const known = new Map(model.leaves.map((i) => [model.nodes[i].name, i]));
  const entry = ([name, number]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(number))}`;
  const apart = (values, from) => model.leaves.filter((i) => !Object.is(values[i], from[i])).map((i) => [model.nodes[i].name, values[i]]);

  function write() {
    const moves = apart(model.values, model.base.values).map(entry);
    const bases = apart(model.base.values, model.start).map((one) => `base:${entry(one)}`);
    const whole = [`#step=${at()}`, ...moves, ...bases].join("&");
    try { // inside a notebook's frame this is not allowed
      history.replaceState(null, "", whole.length > LONGEST ? `#step=${at()}` : whole);
    } catch {
      // then not
    }
  }

  function read() {
    const [first, ...others] = [...new URLSearchParams(location.hash.slice(1))];
    const moves = new Map(), bases = new Map();
    for (const [key, text] of others) {
      const number = readNumber(text), based = key.startsWith("base:") && !known.has(key);
      const leaf = known.get(based ? key.slice(5) : key);
      if (leaf !== undefined && number !== null) (based ? bases : moves).set(leaf, number);
    }
    const values = [...model.start];
    for (const [i, number] of bases) values[i] = number;
    const wanted = model.leaves.map((i) => moves.get(i) ?? values[i]);
    if (model.leaves.some((i, n) => !Object.is(model.values[i], wanted[n]) || !Object.is(model.base.values[i], values[i]))) {
      model.rest(values);
      if (moves.size) model.move(moves);
    }
    const step = first?.[0] === "step" && /^\d{1,9}$/.test(first[1]) ? Number(first[1]) : at();
    if (step !== at()) go(step);
  }

  return { read, write };
}

