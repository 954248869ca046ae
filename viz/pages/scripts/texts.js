// Takes the trees of the page's data (see viz/pages/program.py), the engine, and who writes numbers. Gives the texts of steps
// at any numbers: those that Python gives for the same numbers, letter by letter (see explain.py, rules.py and patterns.py).
//
//   forward(i, values)          line, formula (the operation in names, as it is meant, and in numbers)
//   seed()                      line
//   backward(k, values, pass)   line; rule (the local derivative in names and in numbers); slope (in names);
//                               says (what the gate does); remark
//   brief(k, pass)              a use as one line, in numbers only
//   update(step)                line; products(pairs)  the sum of products
//   whole(i), mark(use)         the two parts of a local derivative, ∂whole/∂mark
function makeTexts(data, program, engine, format, formatConstant) {
  const { nodes, uses } = engine;
  const NEGATION = 2, ATOM = 5; // levels, as in autograd/notation.py
  const written = (text) => [text, text.startsWith("-") ? NEGATION : ATOM];
  const chain = (parts) => [...new Set(parts)].join(" = ");
  const length = (text) => [...text].length;

  // Form.write of autograd/notation.py.
  function writeForm([before, between, after, level, needs], operands) {
    const shown = operands.length <= 12 ? operands : [...operands.slice(0, 10), ["…", ATOM], operands.at(-1)];
    const parts = shown.map(([text, its], i) => {
      const signsMeet = /[+-]\s*$/.test(i ? between : before) && text.startsWith("-");
      return signsMeet || its < needs[Math.min(i, needs.length - 1)] ? `(${text})` : text;
    });
    return [before + parts.join(between) + after, level];
  }

  // A tree with its places filled in; place -1 is the result.
  function write(tree, place) {
    if (typeof tree === "number") return place(tree);
    if (typeof tree === "string") return written(tree);
    if (tree.number !== undefined) return written(formatConstant(tree.number));
    return writeForm(data.forms[tree[0]], tree.slice(1).map((part) => write(part, place)));
  }

  // An unsimplified tree with a number in one of its places, and the arithmetic of numbers done: x ** 2 for x ** (3 - 1).
  function simplify(tree, place, number) {
    if (typeof tree === "number") return tree === place ? { number } : tree;
    if (tree.length === 1) return { number: Number(tree[0]) };
    const { form, row, neutral } = data.operations[tree[0]], isNumber = (part) => part.number !== undefined;
    const parts = tree.slice(1).map((part) => simplify(part, place, number));
    if (parts.every(isNumber)) return { number: program.rows[row].forward(parts.map((part) => part.number)) };
    const free = parts.findIndex((part, i) => isNumber(part) && !isNumber(parts[1 - i]) && part.number === neutral[i]);
    return free < 0 ? [form, ...parts] : parts[1 - free];
  }

  const product = (...factors) => writeForm(data.forms[data.product], factors)[0];
  const name = (i) => [nodes[i].name, ATOM];
  const partial = (below) => `∂${nodes[data.output].name}/∂${nodes[below].name}`;

  // How to write the operands and the result of node i: by their names, or by their numbers.
  function namesOf(i) {
    const { operands } = nodes[i];
    return (n) => (n < 0 ? name(i) : Array.isArray(operands[n]) ? written(formatConstant(operands[n][0])) : name(operands[n]));
  }
  function numbersOf(i, values) {
    const { operands } = nodes[i];
    return (n) => written(n < 0 ? format(values[i])
      : Array.isArray(operands[n]) ? formatConstant(operands[n][0]) : format(values[operands[n]]));
  }

  function forward(i, values) {
    const { kind } = nodes[i], result = format(values[i]);
    const trees = kind.meaning === undefined ? [kind.operation] : [kind.operation, kind.meaning];
    const formula = [...trees.map((tree) => write(tree, namesOf(i))[0]), write(kind.operation, numbersOf(i, values))[0]];
    return { formula: [...new Set(formula)], line: `${nodes[i].name} = ${chain([...formula, result])}` };
  }

  // The local derivative as one or two formulas in names, and the last of them in numbers: Rules.at of autograd/rules.py.
  function rulesAt({ gate, position }, values, local) {
    const { kind } = nodes[gate];
    const byResult = (tree, places) => write(tree, places);
    const inOperands = (tree, places) => write(tree, (n) => (n < 0 ? write(kind.operation, places) : places(n)));
    const rules = engine.taught(gate, position, values, local) ? ["taught", "own"] : ["own"], names = namesOf(gate);
    const ways = [[rules[0], inOperands], ...rules.map((rule) => [rule, byResult])];
    const found = ways.map(([rule, way]) => ({ rule, way, text: way(kind[rule][position], names) }));
    const shorter = (one, other) => length(other.text[0]) < length(one.text[0]);
    const shortest = found.slice(1).reduce((best, other) => (shorter(best, other) ? other : best));
    const chosen = shorter(found[0], shortest) ? [found[0], shortest] : [found[0]];
    const { rule, way } = chosen.at(-1), { exponent } = kind;
    const tree = exponent === undefined ? kind[rule][position]
      : simplify(kind[`${rule}_unsimplified`][position], exponent, values[nodes[gate].operands[exponent]]);
    return [chosen.map(({ text }) => text), way(tree, numbersOf(gate, values))];
  }

  // The operation above the ∂, in names.
  function wholeOf(i) {
    const [text, level] = write(nodes[i].kind.operation, namesOf(i));
    return level < ATOM ? `(${text})` : text;
  }

  // The operand below the ∂; where it stands in the operation several times, which one it is.
  function markOf({ gate, operand, position }) {
    const nth = (end) => nodes[gate].operands.slice(0, end).filter((other) => other === operand).length;
    if (nth() === 1) return nodes[operand].name;
    const n = nth(position + 1), teen = [11, 12, 13].includes(n % 100);
    return `(${n}${(!teen && { 1: "st", 2: "nd", 3: "rd" }[n % 10]) || "th"} ${nodes[operand].name})`;
  }

  function sentence({ gate, operand, position }, values, local) {
    const { kind, operands } = nodes[gate], names = namesOf(gate);
    const isNan = local !== local && engine.numbers(gate, values).some(Number.isNaN);
    const says = isNan ? data.nan : kind.says.find(([when]) => program.cases[when](local) !== 0)[1];
    const words = { sign: kind.symbol, z: nodes[gate].name, x: nodes[operand].name };
    if (operands.length === 2) words.other = names(1 - position)[0];
    return says.replace(/\{(\w+)\}/g, (_, word) =>
      words[word] ?? names(word === "first" ? 0 : operands.length - 1)[0]);
  }

  function backward(k, values, pass) {
    const use = uses[k], { gate, operand } = use;
    const upstream = pass.upstream[k], local = pass.local[k];
    const [inNames, inNumbers] = rulesAt(use, values, local);
    const locals = [...inNames, inNumbers, written(format(local))];
    const results = [
      product([partial(gate), ATOM], [`∂${wholeOf(gate)}/∂${markOf(use)}`, ATOM]),
      ...locals.map((term) => product(written(format(upstream)), term)),
      format(pass.product[k]),
    ];
    const indefinite = upstream === 0 && Math.abs(local) === Infinity;
    const remark = pass.blocked[k] ? data.remarks.blocked : indefinite ? data.remarks.indefinite : "";
    let line = `${partial(operand)} += ${chain(results)}`;
    if (use.uses > 1) {
      const sum = writeForm(data.forms[data.sum], [pass.before[k], pass.product[k]].map((x) => written(format(x))))[0];
      line += `  (use ${use.use} of ${use.uses}: ${sum} = ${format(pass.after[k])})`;
    }
    if (remark) line += `  (${remark})`;
    const rule = [...new Set([...inNames, inNumbers].map(([text]) => text))];
    return { line, rule, slope: chain(inNames.map(([text]) => text)), says: sentence(use, values, local), remark };
  }

  // A use in numbers only.
  function brief(k, pass) {
    const factors = [pass.upstream[k], pass.local[k]].map((number) => written(format(number)));
    return `${partial(uses[k].operand)} += ${product(...factors)} = ${format(pass.product[k])}`;
  }

  // A step downhill: w1 ← -3 - 0.5 × (-0.3932) = -2.803.
  function update({ gate, from, rate, slope, to }) {
    const move = product(written(format(rate)), written(format(slope)));
    return { line: `${nodes[gate].name} ← ${format(from)} - ${move} = ${format(to)}` };
  }

  // Pairs of numbers: the sum of their products.
  function products(pairs) {
    const terms = pairs.map((pair) => writeForm(data.forms[data.product], pair.map((number) => written(format(number)))));
    return terms.length > 1 ? writeForm(data.forms[data.sum], terms)[0] : terms[0][0];
  }

  return { forward, backward, brief, update, products, seed: () => ({ line: `${partial(data.output)} = 1` }), whole: wholeOf, mark: markOf };
}
