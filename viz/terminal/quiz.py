"""The quiz of the terminal: `backstep quiz "(x + y) * z" x=-2 y=5 z=-4`. What does each operand receive?

It asks for every product of the chain rule, or for every node's whole gradient, in the order in which backward() works.
A wrong answer brings the next hint (the gate's pattern, the local rule, the numbers), after the last one the solution.

>>> is_right("-0.59", -0.589835799), is_right("-3/5", -0.589835799), is_right("-0.58", -0.589835799)
(True, False, False)
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograd import Explanation, Step, Term
from autograd.cards import derivative, local, rule, times
from autograd.patterns import gate_sentence
from viz.terminal.console import ask, say_in_columns

RELATIVE = 0.01  # an answer may be off by 1 %,
ROUNDED = 0.10  # or by its own rounding, where that is no more than a tenth: 0.2 for 0.1966, but not 0 for it
ZERO = 1e-12  # what is left of a zero after rounding errors is one
NUMBER = r"[+-]?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)"
HELP = "  Answer as -0.59, -.5898, 1/4 or 1e-3.  h hint   s show   q quit"


@dataclass(frozen=True)
class Question:
    """A question, the number that answers it, hints from vague to plain, and the lines that show the solution."""

    text: str
    answer: float
    hints: Sequence[str]
    solution: Sequence[str]


def is_right(typed: str, answer: float) -> bool:
    """Whether the number or fraction typed is the answer, to 1 % or to half of the last digit that was typed.

    A number that was rounded so roughly that it is off by more than a tenth is wrong all the same. Raises ValueError if
    what was typed is neither a number nor a fraction.
    """
    text = typed.lower().replace(" ", "").replace("\N{MINUS SIGN}", "-")
    match = re.fullmatch(f"({NUMBER})(?:/({NUMBER}))?", text, re.ASCII)
    if not match or (match[2] and float(match[2]) == 0.0):
        raise ValueError(f"expected a number or a fraction, such as -0.59, 1/4 or 1e-3; got {typed!r}")
    number = float(match[1]) / float(match[2] or 1)
    if math.isnan(answer) or math.isnan(number):
        return math.isnan(answer) and math.isnan(number)
    rounding = 0.0 if match[2] else min(half_of_the_last_digit(match[1]), ROUNDED * abs(answer))
    return math.isclose(number, answer, rel_tol=0.0, abs_tol=max(rounding, RELATIVE * abs(answer), ZERO))


def half_of_the_last_digit(number: str) -> float:
    """By how much a decimal number may have been rounded: 0.005 for 0.59, 0.05 for 1.2, 5e-5 for 1.2e-3."""
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(f"0.5e{int(exponent or 0) - decimals}") if mantissa[-1] in "0123456789." else 0.0


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
    return Question(text, step.contribution, hints([step]), [str(step)])


def about_total(uses: list[Step]) -> Question:
    """The question for the whole gradient of a node."""
    last = uses[-1]
    text = f"{receiver(last)} in all, from {len(uses)} use{'s' * (len(uses) > 1)}"
    total = f"{receiver(last)} = {last.number(last.total)}"
    return Question(text, last.total, hints(uses), [*map(str, uses), total])


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
            say_in_columns("  Not yet.")
        hint = next(hints_left, None)
        if hint is None:
            return False
        say_in_columns(f"  Hint: {hint}")
