"""`backstep practice`: exercises in the terminal, one after the other; the level rises as answers come right.

>>> from autograd.bench.exercises import exercises
>>> questions_of(exercises(1, seed=7, count=1)[0])[0].text
'q = 2 * x'
"""

from autograd import explain
from autograd.bench.exercises import LEVELS, Exercise, drawn
from autograd.steps import Step
from viz.terminal.console import say_in_columns
from viz.terminal.quiz import HELP, Question, ask_all, questions

RISES = 2  # exercises without a miss in a row, after which the level rises


def practice(level: int, seed: int) -> None:
    """Ask exercises until the user has enough: values forward, gradients backward."""
    say_in_columns(f"Values forward, then the whole gradient of each node backward.\n{HELP}")
    streams = {each: drawn(each, seed) for each in LEVELS}
    in_a_row = 0
    try:
        while True:
            exercise = next(streams[level])
            say_in_columns(f"\nLevel {level}, {LEVELS[level]}: {exercise}")
            in_a_row = 0 if ask_all(questions_of(exercise)) else in_a_row + 1
            if in_a_row == RISES and level < max(LEVELS):
                level, in_a_row = level + 1, 0
                say_in_columns(f"{RISES} in a row: on to level {level}.")
    except EOFError:  # the end of the input, or q
        return


def questions_of(exercise: Exercise) -> list[Question]:
    """A question for each value, then one for each gradient."""
    solution = explain(exercise.output)
    values = [about_value(step) for step in solution if step.kind == "forward"]
    return [*values, *questions(solution, totals=True)]


def about_value(step: Step) -> Question:
    """The question for the value of a node."""
    name, formula = step.named(step.node), step.operation(step.named)
    numbers = step.operation(step.numbered)
    return Question(f"{name} = {formula}", step.node.data, [str(numbers)], [str(step)], lambda typed: [])
