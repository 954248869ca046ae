// Takes the model, the writer of numbers, the card, the document's tools, and the walk: `at()` and `go(k)`. Gives the quiz:
// at each backward step of some, what does this use bring to its operand? asks(k) says whether step k is an open question.
function makeQuiz(model, format, { local, signed }, { byId }, { at, go }) {
  const NUMBER = "([+-]?(?:inf|nan|(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d{1,3})?))";
  const answers = new Map(); // question → right, or missed
  let questions = [];
  let hints = 0;

  const asks = (k) => questions.includes(k) && !answers.has(k);

  // Whether the number or fraction typed is the answer, to 1 % or to half of its last digit (but no more than a tenth);
  // null if it is neither. The same rule as in viz/terminal/quiz.py.
  function isRight(typed, answer) {
    const text = typed.toLowerCase().replaceAll(" ", "").replaceAll("−", "-");
    const match = text.match(`^${NUMBER}(?:/${NUMBER})?$`);
    if (!match) return null;
    const [top, bottom] = [match[1], match[2] ?? "1"].map((part) => Number(part.replace("inf", "Infinity")));
    if (bottom === 0) return null;
    const number = top / bottom;
    if (Number.isNaN(answer) || !Number.isFinite(answer)) return Object.is(number, answer);
    const [mantissa, exponent = "0"] = match[1].split("e");
    const half = 0.5 * 10 ** (Number(exponent) - (mantissa.split(".")[1] ?? "").length);
    const rounding = match[2] ? 0 : Math.min(half, 0.1 * Math.abs(answer));
    return Math.abs(number - answer) <= Math.max(rounding, 0.01 * Math.abs(answer), 1e-12);
  }

  function start(asked) {
    questions = asked;
    answers.clear();
    byId("quiz").setAttribute("aria-pressed", "true");
    go(asked.find((question) => question >= at()) ?? asked[0]);
  }

  function end() {
    questions = [];
    byId("quiz").setAttribute("aria-pressed", "false");
    go(at());
  }

  function toggle() {
    const all = model.nodes.flatMap(({ uses }) => uses).sort((a, b) => a - b);
    if (questions.length) end();
    else if (all.length) start(all);
  }

  // The part of the card that belongs to the quiz: a question, what came of it, or the score.
  function show(k) {
    const open = asks(k), answered = questions.includes(k) && !open, over = questions.length > 0 && k === model.last;
    byId("question").hidden = !open;
    byId("result").hidden = !questions.length;
    byId("next-question").hidden = !answered;
    const right = questions.filter((question) => answers.get(question)).length;
    const missed = questions.filter((question) => answers.get(question) === false);
    byId("retry").hidden = !(over && missed.length);
    byId("score").textContent = `Score: ${right} of ${questions.length}`;
    byId("verdict").textContent = answered ? (answers.get(k) ? "Right." : "Shown.") : "";
    if (open) {
      hints = 0;
      byId("answer").value = "";
      byId("answer").focus({ preventScroll: true });
    } else if (answered) {
      byId("next-question").focus({ preventScroll: true });
    }
  }

  // From vague to plain: the gate's pattern, the local rule, the numbers; then there is nothing left but to show it.
  function nextHint(before) {
    const step = model.step(at());
    const product = `${format(step.upstream)} × ${signed(format(step.local))}`;
    const hint = [step.texts.says, `${local(step)} = ${step.texts.rule[0]}`, product][hints++];
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
    const right = isRight(byId("answer").value, model.step(at()).product);
    if (right === null) byId("verdict").textContent = "Answer with a number or a fraction, such as -0.59, 1/4 or 1e-3.";
    else if (right) settle(true);
    else nextHint("Not yet. ");
  };
  byId("hint").onclick = () => nextHint("");
  byId("show").onclick = () => settle(false);
  byId("next-question").onclick = () => {
    const open = questions.filter(asks);
    go(open.find((question) => question > at()) ?? open[0] ?? model.last);
  };
  byId("retry").onclick = () => start(questions.filter((question) => !answers.get(question)));
  byId("quiz").onclick = toggle;

  return { asks, isRight, start, toggle, show, running: () => questions.length > 0 };
}

