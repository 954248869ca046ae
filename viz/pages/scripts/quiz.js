// Takes the model, predictions, the judge of answers, the writer of numbers, the card, the document's tools, and the walk: `at()` and `go(k)`. Gives
// the quiz: at each backward step of some, what does this use bring to its operand? and at the last of several uses, what is
// their sum? If the reader wishes, he predicts gate, sign and factor first. asks(k) says which question of step k is open,
// "product", then "total", else ""; waits(k) whether it must not be shown yet.
//
// Questions have numbers: k asks for the product of step k, -k for the total to which it leads.
function makeQuiz(model, { predictions, kind }, { isRight, mistake }, format, { local, signed }, { byId, make }, { at, go }) {
  const MOST = 16; // uses that a hint tells
  const answers = new Map(); // question → right, or missed
  const predicted = new Map(); // question → how many of its predictions are made
  const slips = new Set(); // questions of which something was predicted wrongly
  let tries = 0, hits = 0; // predictions, and those that were right at once
  let questions = [];
  let hints = 0;

  const isOpen = (question) => questions.includes(question) && !answers.has(question);
  const asks = (k) => (isOpen(k) ? "product" : isOpen(-k) ? "total" : "");
  const current = () => (asks(at()) === "total" ? -at() : at());
  const isSum = ({ phase, use, uses }) => phase === "backward" && uses > 1 && use === uses;
  const questionsAt = (k) => (isSum(model.step(k)) ? [k, -k] : [k]);

  const wishes = () => byId("predict").checked;
  const prediction = (k) => (asks(k) === "product" && wishes() ? predictions(k)[predicted.get(k) ?? 0] : undefined);
  const waits = (k) => Boolean(prediction(k)?.unseen);
  const isMissed = (k) => answers.get(k) === false || slips.has(k);

  function start(asked) {
    questions = asked;
    for (const kept of [answers, predicted, slips]) kept.clear();
    tries = hits = 0;
    byId("quiz").setAttribute("aria-pressed", "true");
    go(Math.abs(asked.find((question) => Math.abs(question) >= at()) ?? asked[0]));
  }

  function end() {
    questions = [];
    byId("quiz").setAttribute("aria-pressed", "false");
    go(at());
  }

  function toggle() {
    if (questions.length) end();
    else if (all().length) start(all());
  }

  // The part of the card that belongs to the quiz: a question, what came of it, or the score.
  function show(k) {
    const open = asks(k), answered = questionsAt(k).filter((question) => answers.has(question)), over = questions.length > 0 && k === model.end;
    const first = prediction(k);
    const right = questions.filter((question) => answers.get(question)).length;
    const missed = questions.filter(isMissed);
    const came = answered.length ? (answers.get(answered.at(-1)) ? "Right." : "Shown.") : "";
    byId("question").hidden = !open || Boolean(first);
    byId("asked").textContent = open === "total" ? `Sum of the ${model.step(k).uses} uses?` : "Contribution?";
    byId("predicting").hidden = !first;
    byId("result").hidden = !questions.length;
    byId("next-question").hidden = Boolean(open) || !answered.length;
    byId("retry").hidden = byId("kinds").hidden = !(over && missed.length);
    byId("score").textContent = `Score: ${right} of ${questions.length}${tries ? `; predicted at once: ${hits} of ${tries}` : ""}`;
    byId("verdict").textContent = open === "total" ? `${came} All uses have arrived: what is ${total(k)} in all?`.trim()
      : open ? "" : came || (over ? report(missed) : "");
    if (first) showPrediction(k, first);
    else if (open) {
      hints = 0;
      byId("answer").value = "";
      byId("answer").focus({ preventScroll: true });
    } else if (answered.length) {
      byId("next-question").focus({ preventScroll: true });
    }
    if (open || answered.length) comeIntoView();
  }

  const comeIntoView = () => byId("result").scrollIntoView({ block: "nearest" }); // on a small phone it is below

  const total = (k) => model.derivative(model.step(k).operand);

  // The gates that were missed, as they were computed, and the sums.
  function report(missed) {
    const gates = [...new Set(missed.filter((k) => k > 0).map((k) => model.step(k).gate))];
    const said = gates.map((i) => `${model.nodes[i].name} = ${model.step(model.nodes[i].computed).texts.formula[0]}`);
    said.push(...missed.filter((k) => k < 0).map((k) => `the sum ${total(-k)}`));
    return said.length ? `Missed at ${said.slice(0, 6).join("; ")}${said.length > 6 ? "; …" : ""}.` : "All right.";
  }

  function showPrediction(k, { asks: question, choices, unseen }) {
    if (unseen) { // the card is that of the step before, which tells nothing of this one
      for (const id of ["formula", "rule", "sentence", "pattern", "remark", "warning"]) byId(id).textContent = "";
      for (const id of ["arrivals", "closeup"]) byId(id).hidden = true;
    }
    let wrong = false;
    byId("predicting").replaceChildren(make("p", {}, question), ...choices.map(([text, right]) => {
      const choice = make("button", { type: "button" }, text);
      choice.onclick = () => {
        if (!right) {
          wrong = choice.disabled = true;
          slips.add(k);
          byId("verdict").textContent = "Not yet.";
          return;
        }
        tries++;
        hits += !wrong;
        predicted.set(k, (predicted.get(k) ?? 0) + 1);
        go(k);
      };
      return choice;
    }));
    byId("predicting").querySelector("button").focus({ preventScroll: true });
  }

  // From vague to plain: the gate's pattern, the local rule, the numbers; then there is nothing left but to show it.
  function nextHint(before) {
    const hint = (asks(at()) === "total" ? hintsOfSum : hintsOfProduct)(model.step(at()))[hints++];
    if (!hint) return settle(false);
    byId("verdict").textContent = `${before}Hint: ${hint}`;
    comeIntoView();
    byId("answer").select();
  }

  const hintsOfProduct = (step) =>
    [step.texts.says, `${local(step)} = ${step.texts.slope}`, `${format(step.upstream)} × ${signed(format(step.local))}`];

  function hintsOfSum({ operand }) {
    const uses = model.arrivals(operand).map(model.step);
    const added = (parts) => (parts.length > MOST ? [...parts.slice(0, MOST - 2), "…", parts.at(-1)] : parts).join(" + ");
    return [
      `${model.nodes[operand].name} is used ${uses.length} times: its gradient is the sum of what all its uses bring`,
      added(uses.map((step) => `${model.derivative(step.gate)} × ${local(step)}`)),
      added(uses.map(({ product }, use) => (use ? signed : String)(format(product)))),
    ];
  }

  function settle(right) {
    answers.set(current(), right);
    go(at());
  }

  byId("question").onsubmit = (event) => {
    event.preventDefault();
    const typed = byId("answer").value, step = model.step(at()), isTotal = asks(at()) === "total";
    const right = isRight(typed, isTotal ? step.after : step.product);
    if (right === null) byId("verdict").textContent = "Answer with a number or a fraction, such as -0.59, 1/4 or 1e-3.";
    else if (right) settle(true);
    else nextHint(`Not yet. ${mistake(typed, step, isTotal)}. `);
  };
  byId("hint").onclick = () => nextHint("");
  byId("show").onclick = () => settle(false);
  byId("next-question").onclick = () => {
    const open = questions.filter(isOpen).map(Math.abs);
    go(open.find((k) => k > at()) ?? open[0] ?? model.end);
  };
  const all = () => model.nodes.flatMap(({ uses }) => uses).sort((a, b) => a - b).flatMap(questionsAt);
  byId("retry").onclick = () => start(questions.filter((k) => isMissed(k) || !answers.has(k)));
  const kindOf = (question) => (question < 0 ? "sum" : kind(question));
  byId("kinds").onclick = () => {
    const kinds = new Set(questions.filter(isMissed).map(kindOf));
    start(all().filter((k) => kinds.has(kindOf(k))));
  };
  byId("predict").onchange = () => go(at());
  byId("quiz").onclick = toggle;

  return { asks, waits, start, toggle, show, running: () => questions.length > 0 };
}

