"""A worksheet as a LaTeX document: a table with blanks for each graph, and the solutions step by step.

>>> from autograd.bench.exercises import exercises
>>> text = write_latex("A sheet", exercises(1, seed=7, count=2))
>>> text.count("\\\\begin{tabular}"), text.count("\\\\begin{align*}")
(2, 2)
"""

from collections.abc import Sequence

from autograd import Explanation, Term, explain
from autograd.bench.exercises import Exercise
from autograd.notation import latex_escape
from autograd.steps import LATEX

TASK = (
    "Fill in the values from left to right, then the gradients, the derivatives of $f$ by each node, back to the left."
)


def write_latex(title: str, exercises: Sequence[Exercise]) -> str:
    """The text of the document; it needs the packages amsmath, geometry and enumitem, which every LaTeX has."""
    solutions = [explain(exercise.output) for exercise in exercises]
    asked = "\n".join(rf"\item {statement(solution)}\par\smallskip{table(solution)}" for solution in solutions)
    answers = "\n".join(rf"\item {statement(solution)}{solution.latex()}" for solution in solutions)
    return rf"""\documentclass[11pt]{{article}}
\usepackage{{amsmath}}
\usepackage[margin=20mm]{{geometry}}
\usepackage{{enumitem}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\tabcolsep}}{{3pt}}
\allowdisplaybreaks
\begin{{document}}
\section*{{{latex_escape(title)}}}
{TASK}

\begin{{enumerate}}[itemsep=6mm]
{asked}
\end{{enumerate}}
\newpage
\section*{{Solutions}}
\begin{{enumerate}}[itemsep=4mm]
{answers}
\end{{enumerate}}
\end{{document}}
"""


def statement(solution: Explanation) -> str:
    """The operations in names, and the numbers of the leaves."""
    steps = [step for step in solution if step.kind == "forward"]
    lines = [f"{solution.named(step.node).latex} = {step.operation(solution.named).latex}" for step in steps]
    leaves = [node for node in solution.order if node.op is None]
    given = [f"{solution.named(leaf).latex} = {LATEX.read(Term.number(leaf.data))[0]}" for leaf in leaves]
    formulas, numbers = r",\quad ".join(lines), r",\; ".join(given)
    return rf"${formulas}$ \quad at \quad ${numbers}$"


def table(solution: Explanation) -> str:
    """A column for each node: its value, and the gradient, both blank where they are asked for."""
    names, values, gradients = [], [], []
    wide = max(8, min(18, 150 // len(solution.order) - 3))  # millimetres of a blank: the table fits the page
    blank = rf"\rule[-2pt]{{{wide}mm}}{{0.4pt}}"
    for node in solution.order:
        names.append(f"${solution.named(node).latex}$")
        values.append(blank if node.op else f"${LATEX.read(Term.number(node.data))[0]}$")
        gradients.append("$1$" if node is solution.output else blank)
    rows = [["node", *names], ["value", *values], ["gradient", *gradients]]
    body = " \\\\[2mm]\n".join(" & ".join(row) for row in rows)
    columns = "l|" + "c" * len(names)
    return f"\\begin{{tabular}}{{{columns}}}\n{body}\n\\end{{tabular}}"
