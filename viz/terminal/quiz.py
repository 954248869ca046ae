"""The quiz of the terminal: `backstep quiz "(x + y) * z" x=-2 y=5 z=-4`. What does each operand receive?

It asks for every product of the chain rule, or for every node's whole gradient, in the order in which backward() works.
A wrong answer brings the mistake that was likely made, and the next hint (the gate's pattern, the local rule, the
numbers), after the last one the solution.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autograd import Explanation, Step, Term
from autograd.bench.answers import is_right
from autograd.bench.checking import likely, roundings, sentence
from autograd.bench.one_use import Slip
from autograd.bench.slips import slips, slips_at
from autograd.cards import derivative, local, rule, times
from autograd.patterns import gate_sentence
from viz.terminal.console import ask, say_in_columns

HELP = "  Answer as -0.59, -.5898, 1/4 or 1e-3.  h hint   s show   q quit"


@dataclass(frozen=True)
class Question:
    """A question, the number that answers it, hints from vague to plain, and the lines that show the solution.

    slips  what each single mistake gives in place of the answer
    """

    text: str
    answer: float
    hints: Sequence[str]
    solution: Sequence[str]
    slips: Callable[[str], Iterable[Slip]]


def questions(solution: Explanation, totals: bool = False) -> list[Question]:
    """A question for each backward step; with `totals`, one for each node, when the last of its uses has come."""
    steps = [step for step in solution if step.kind == "backward"]
    if not totals:
        return [about_contribution(step) for step in steps]
    return [
        about_total([other for other in steps if other.operand is step.operand])
        for step in steps
        if step.use == step.uses
    ]


def about_contribution(step: Step) -> Question:
    """The question for the contribution of one use."""
    upstream = derivative(step, step.node)
    text = f"{receiver(step)} += {upstream} × {local(step)}, where {upstream} = {step.number(step.upstream)}"
    return Question(text, step.contribution, hints([step]), [str(step)], lambda typed: slips_at(step))


def about_total(uses: list[Step]) -> Question:
    """The question for the whole gradient of a node."""
    last = uses[-1]
    text = f"{receiver(last)} in all, from {len(uses)} use{'s' * (len(uses) > 1)}"
    total = f"{receiver(last)} = {last.number(last.total)}"
    node = last.operand
    assert node is not None

    def tried(typed: str) -> list[Slip]:
        return [*slips(last.solution, node), *roundings(last.solution, node, typed, last.total)]

    return Question(text, last.total, hints(uses), [*map(str, uses), total], tried)


def receiver(step: Step) -> str:
    assert step.operand is not None
    return derivative(step, step.operand)


def hints(uses: Sequence[Step]) -> list[str]:
    """From vague to plain: the gates' patterns, the local rules, the numbers to multiply."""
    patterns = [gate_sentence(step) for step in uses]
    rules = [f"{local(step)} = {rule(step)}" for step in uses]
    numbers = [times(step.number(step.upstream), step.number(step.local)) for step in uses]
    if len(uses) > 1:
        numbers = [f"({product})" for product in numbers]
    return [" ".join(dict.fromkeys(patterns)), ", ".join(dict.fromkeys(rules)), " + ".join(numbers)]


def quiz(solution: Explanation, totals: bool = False) -> None:
    """Show the way forward, ask all questions, and those that were missed once more if the user likes."""
    say_in_columns("Forward")
    for node in solution.order:
        if node.op is None:
            say_in_columns(f"  {solution.names[node]} = {Term.number(node.data, solution.digits)}")
    for step in solution:
        if step.kind == "forward":
            say_in_columns(f"  {step}")
    asked = questions(solution, totals)
    say_in_columns(f"Backward: what does each {'node' if totals else 'use'} receive?\n{HELP}")
    try:
        while asked:
            missed = ask_all(asked)
            again = missed and ask("Those that were missed once more? y n > ")
            asked = missed if again in ("y", "yes") else []
    except EOFError:  # the end of the input, or q
        return


def ask_all(asked: Sequence[Question]) -> list[Question]:
    """Ask the questions and print the score, `7 of 9`, however they end; returns those that had to be shown."""
    missed: list[Question] = []
    right = 0
    try:
        for count, question in enumerate(asked, 1):
            say_in_columns(f"\n{count} of {len(asked)}  {question.text}")
            if ask_one(question):
                right += 1
                say_in_columns("  Right.")
            else:
                missed.append(question)
            say_in_columns("\n".join(f"  {line}" for line in question.solution))
    finally:
        say_in_columns(f"\nScore: {right} of {len(asked)}")
    return missed


def ask_one(question: Question) -> bool:
    """Ask until the answer is right, or there is no hint left or the user wants to be shown: then False."""
    hints_left = iter(question.hints)
    while True:
        typed = ask("  > ").lower()
        if typed in ("q", "quit"):
            raise EOFError
        if typed in ("s", "show"):
            return False
        if typed not in ("h", "hint", "?", ""):
            try:
                if is_right(typed, question.answer):
                    return True
            except ValueError as error:
                say_in_columns(f"  {error}")
                continue
            told = sentence(likely(typed, question.slips(typed)))
            say_in_columns(f"  Not yet. {told}." if told else "  Not yet.")
        hint = next(hints_left, None)
        if hint is None:
            return False
        say_in_columns(f"  Hint: {hint}")
