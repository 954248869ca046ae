// Takes the sentences of autograd/words.py (`data.words`), the model, the writer of numbers and the document's tools. Gives the
// function that says a backward step as how far the output moves: the same text as Python's move_sentence.
function makeWords({ sentences, this_use, as_far, times_as_far, steady }, model, format, { signed }) {
  const far = (factor) => (factor === "1" ? as_far : times_as_far.replace("{}", factor));

  function kind({ gate, operand, local, product }) {
    if (!Number.isFinite(product)) return "lost";
    if (local === 0) return "still";
    return (steady.includes(operand) ? "steady " : "") + (gate === model.output ? "output" : "inner");
  }

  return (step) => {
    const [upstream, local, share] = [step.upstream, step.local, step.product].map(format);
    const words = {
      x: model.nodes[step.operand].name, z: model.nodes[step.gate].name, f: model.nodes[model.output].name,
      use: step.uses > 1 ? this_use : "", "far z": far(local), "far f": far(upstream), upstream, local,
      product: `${upstream} × ${signed(local)}`, share,
    };
    return sentences[kind(step)].replace(/\{([\w ]+)\}/g, (_, place) => words[place]);
  };
}

