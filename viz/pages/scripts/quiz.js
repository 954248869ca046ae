// Takes the model, predictions, the judge of answers, the writer of numbers, the card, the document's tools, and the walk: `at()` and `go(k)`. Gives
// the quiz: at each backward step of some, what does this use bring to its operand? If the reader wishes, he predicts gate,
// sign and factor first. asks(k) says whether step k is an open question; waits(k) whether it must not be shown yet.
function makeQuiz(model, { predictions, kind }, { isRight, mistake }, format, { local, signed }, { byId, make }, { at, go }) {
  const answers = new Map(); // question → right, or missed
  const predicted = new Map(); // question → how many of its predictions are made
  const slips = new Set(); // questions of which something was predicted wrongly
  let tries = 0, hits = 0; // predictions, and those that were right at once
  let questions = [];
  let hints = 0;

  const asks = (k) => questions.includes(k) && !answers.has(k);

  const wishes = () => byId("predict").checked;
  const prediction = (k) => (asks(k) && wishes() ? predictions(k)[predicted.get(k) ?? 0] : undefined);
  const waits = (k) => Boolean(prediction(k)?.unseen);
  const isMissed = (k) => answers.get(k) === false || slips.has(k);

  function start(asked) {
    questions = asked;
    for (const kept of [answers, predicted, slips]) kept.clear();
    tries = hits = 0;
    byId("quiz").setAttribute("aria-pressed", "true");
    go(asked.find((question) => question >= at()) ?? asked[0]);
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
    const open = asks(k), answered = questions.includes(k) && !open, over = questions.length > 0 && k === model.last;
    const first = prediction(k);
    byId("question").hidden = !open || Boolean(first);
    byId("predicting").hidden = !first;
    byId("result").hidden = !questions.length;
    byId("next-question").hidden = !answered;
    const right = questions.filter((question) => answers.get(question)).length;
    const missed = questions.filter(isMissed);
    byId("retry").hidden = byId("kinds").hidden = !(over && missed.length);
    byId("score").textContent = `Score: ${right} of ${questions.length}${tries ? `; predicted at once: ${hits} of ${tries}` : ""}`;
    byId("verdict").textContent = answered ? (answers.get(k) ? "Right." : "Shown.") : over ? report(missed) : "";
    if (first) showPrediction(k, first);
    else if (open) {
      hints = 0;
      byId("answer").value = "";
      byId("answer").focus({ preventScroll: true });
    } else if (answered) {
      byId("next-question").focus({ preventScroll: true });
    }
  }

  // The gates that were missed, as they were computed.
  function report(missed) {
    const gates = [...new Set(missed.map((k) => model.step(k).gate))];
    const said = gates.map((i) => `${model.nodes[i].name} = ${model.step(model.nodes[i].computed).texts.formula[0]}`);
    return gates.length ? `Missed at ${said.slice(0, 6).join("; ")}${said.length > 6 ? "; …" : ""}.` : "All right.";
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
    const step = model.step(at());
    const product = `${format(step.upstream)} × ${signed(format(step.local))}`;
    const hint = [step.texts.says, `${local(step)} = ${step.texts.slope}`, product][hints++];
    if (!hint) return settle(false);
    byId("verdict").textContent = `${before}Hint: ${hint}`;
    byId("answer").select();
  }

  function settle(right) {
    answers.set(at(), right);
    go(at());
  }

  byId("question").onsubmit = (event) => {
    event.preventDefault();
    const typed = byId("answer").value, step = model.step(at()), right = isRight(typed, step.product);
    if (right === null) byId("verdict").textContent = "Answer with a number or a fraction, such as -0.59, 1/4 or 1e-3.";
    else if (right) settle(true);
    else nextHint(`Not yet. ${mistake(typed, step)}. `);
  };
  byId("hint").onclick = () => nextHint("");
  byId("show").onclick = () => settle(false);
  byId("next-question").onclick = () => {
    const open = questions.filter(asks);
    go(open.find((question) => question > at()) ?? open[0] ?? model.last);
  };
  const all = () => model.nodes.flatMap(({ uses }) => uses).sort((a, b) => a - b);
  byId("retry").onclick = () => start(questions.filter((k) => isMissed(k) || !answers.has(k)));
  byId("kinds").onclick = () => {
    const kinds = new Set(questions.filter(isMissed).map(kind));
    start(all().filter((k) => kinds.has(kind(k))));
  };
  byId("predict").onchange = () => go(at());
  byId("quiz").onclick = toggle;

  return { asks, waits, start, toggle, show, running: () => questions.length > 0 };
}

