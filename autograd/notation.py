"""Notation: operations written down in plain text and in LaTeX, with no parenthesis too many.

A `Form` says what stands before, between and after the operands, how tightly the whole binds (its level), and how
tightly each operand must bind to stand there without parentheses:

>>> total = infix("+", SUM).text.write([("x", ATOM), ("y", ATOM)])
>>> infix("*", PRODUCT).text.write([total, ("z", ATOM)])
('(x + y) * z', 3)
"""

import math
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# Levels, from loose to tight. A minus sign binds as in mathematics: -x * y needs no parentheses, x * (-y) does.
LOOSE, SUM, NEGATION, PRODUCT, POWER, ATOM = range(6)

Written = tuple[str, int]  # what was written, and the level at which it binds

MOST_OPERANDS = 12  # a longer sum is written with an ellipsis

LATEX_PARENTHESES = (r"\left(", r"\right)")


class Form(NamedTuple):
    """The signs `before`, `between` and `after` the operands, the `level` of the whole, the level each operand `needs`.

    Where there are more operands than needs, the last need holds for the rest.
    """

    before: str
    between: str
    after: str
    level: int
    needs: tuple[int, ...]

    def write(self, operands: Sequence[Written], parentheses: tuple[str, str] = ("(", ")")) -> Written:
        """Write the operation on operands that are written already; returns the text and its level.

        Of many operands the first and the last ones are written; `write_all` leaves none out.
        """
        return self.write_all(shorten(operands), parentheses)

    def write_all(self, operands: Sequence[Written], parentheses: tuple[str, str] = ("(", ")")) -> Written:
        opening, closing = parentheses
        parts = []
        for position, (text, level) in enumerate(operands):
            sign = (self.between if position else self.before).rstrip()
            signs_meet = sign.endswith(("+", "-")) and text.startswith("-")  # as in -(-1.5 / 2) and x - (-1.5 / 2)
            loose = level < self.needs[min(position, len(self.needs) - 1)]
            parts.append(f"{opening}{text}{closing}" if loose or signs_meet else text)
        return f"{self.before}{self.between.join(parts)}{self.after}", self.level


class Notation(NamedTuple):
    """The ways to write an operation: the sign of its gate in a picture, its form in text, its form in LaTeX.

    Where an operand is an `exponent`, its arithmetic is done in a formula of numbers: 2 ** 2, not 2 ** (3 - 1).
    """

    symbol: str
    text: Form
    latex: Form
    exponent: int | None = None


def infix(sign: str, level: int, latex: str = "") -> Notation:
    """`x + y`: an operand to the right must bind more tightly, as a - (b - c) shows; of powers, one to the left."""
    needs = {SUM: (SUM, PRODUCT), PRODUCT: (NEGATION, POWER), POWER: (ATOM, POWER)}[level]
    return Notation(sign, Form("", f" {sign} ", "", level, needs), Form("", f" {latex or sign} ", "", level, needs))


def enclosed(before: str, between: str, after: str) -> Form:
    """`|x|`, `[x > y]`: the signs themselves hold the operands together."""
    return Form(before, between, after, ATOM, (LOOSE,))


LATEX_NAMES = {name: f"\\{name}" for name in
               ("arccos", "arcsin", "arctan", "cos", "cosh", "log", "sin", "sinh", "tan", "tanh")}  # fmt: skip
LATEX_NAMES |= {"log2": r"\log_{2}", "log10": r"\log_{10}", "sigmoid": r"\sigma"}


def call(name: str) -> Notation:
    """`name(x, y)`, in LaTeX by the command of that name, if there is one."""
    command = LATEX_NAMES.get(name, rf"\operatorname{{{latex_escape(name)}}}")
    return Notation(name, enclosed(f"{name}(", ", ", ")"), enclosed(rf"{command}\left(", ", ", r"\right)"))


def shorten(operands: Sequence[Written]) -> Sequence[Written]:
    """All of a few operands; of many, the first and the last ones around an ellipsis."""
    if len(operands) <= MOST_OPERANDS:
        return operands
    return [*operands[: MOST_OPERANDS - 2], ("…", ATOM), operands[-1]]


def few(texts: Sequence[str]) -> str:
    """All of a few texts, of many the first and the last ones, with commas between."""
    return ", ".join(text for text, _ in shorten([(text, ATOM) for text in texts]))


def number(value: float, digits: int = 4) -> str:
    """A number for people: `digits` significant ones, integers below a million whole, e-form for the rest.

    >>> [number(x) for x in (3.0, -0.19661193, 12345.6, 2.5e-7, 1e6, float("inf"))]
    ['3', '-0.1966', '12346', '2.5e-7', '1e6', 'inf']
    """
    if value == 0:
        return "0"  # the sign of a zero is no matter of people's
    if not math.isfinite(value):
        return f"{value:g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if -4 <= int(exponent) < 6:
        text = f"{value:.{max(0, digits - 1 - int(exponent))}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"


def written_number(value: float, digits: int = 4) -> Written:
    """A number and its level: a negative one is parenthesised where a minus sign would have to be."""
    text = number(value, digits)
    return text, NEGATION if text.startswith("-") else ATOM


def latex_number(written: Written) -> Written:
    """2.5e-7 as LaTeX writes it, which is a product; inf and nan as symbols."""
    text, level = written
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa} \cdot 10^{{{exponent}}}", min(level, PRODUCT)
    return text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}"), level


def latex_escape(text: str) -> str:
    """User's text, safe inside LaTeX's \\mathrm or \\operatorname."""
    special = {c: "\\" + c for c in "#$%&_{}"} | {"\\": r"\backslash{}", "~": r"\sim{}", "^": r"\hat{}"}
    return "".join(special.get(c, c) for c in text)


def latex_name(name: str) -> str:
    """A variable's name: x, w_{0}, \\mathrm{loss}.

    >>> [latex_name(n) for n in ("x", "w0", "loss", "h_1")]
    ['x', 'w_{0}', '\\\\mathrm{loss}', 'h_{1}']
    """
    stem = name.rstrip("0123456789")
    index = name[len(stem) :]
    stem = stem.removesuffix("_") if index else stem
    body = latex_escape(stem) if len(stem) == 1 else rf"\mathrm{{{latex_escape(stem)}}}"
    return f"{body}_{{{index}}}" if index else body


_PLAIN = str.maketrans(
    {"∂": "d", "×": "*", "·": "*", "²": "**2", "√": "sqrt", "Σ": "sum", "…": "...", "→": "->", "−": "-"}
)


def plain(text: str) -> str:
    """The same in ASCII signs, for an output that cannot carry ∂."""
    return text.translate(_PLAIN)


def printable(text: str, encoding: str | None) -> str:
    """The text as it is where the encoding carries it, else in ASCII signs, what is left escaped."""
    try:
        text.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return plain(text).encode("ascii", "backslashreplace").decode()
    return text


def for_output(text: str) -> str:
    """The text in signs that the standard output carries."""
    return printable(text, getattr(sys.stdout, "encoding", None))


def latex_aligned(lines: Iterable[str]) -> str:
    """Lines of mathematics as an align* environment (package amsmath); each has & where it is aligned."""
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


# The notations that are not just calls of the name. A gate shows the symbol.
PLUS, MINUS = infix("+", SUM), infix("-", SUM)._replace(symbol="−")
TIMES = infix("*", PRODUCT, r"\cdot")._replace(symbol="×")
OVER = Notation("/", infix("/", PRODUCT).text, Form(r"\frac{", "}{", "}", PRODUCT, (LOOSE,)))
TO_THE = Notation("x^y", infix("**", POWER).text, Form("", "^{", "}", POWER, (ATOM, LOOSE)), exponent=1)
OPPOSITE = Notation("×-1", Form("-", "", "", NEGATION, (PRODUCT,)), Form("-", "", "", NEGATION, (PRODUCT,)))
TOTAL = PLUS._replace(symbol="Σ")
SQUARED = Notation("x²", Form("", "", "²", POWER, (ATOM,)), Form("", "", "^{2}", POWER, (ATOM,)))
ROOT = Notation("√", enclosed("√(", "", ")"), enclosed(r"\sqrt{", "", "}"))
BARS = Notation("|x|", enclosed("|", "", "|"), enclosed(r"\left|", "", r"\right|"))
EXPONENTIAL = call("exp")._replace(latex=Form("e^{", "", "}", POWER, (LOOSE,)))
SIGMA = call("sigmoid")._replace(symbol="σ")
IS_GREATER = Notation(">", enclosed("[", " > ", "]"), enclosed("[", " > ", "]"))  # Iverson's brackets: 1 if so, else 0
IS_EQUAL = Notation("=", enclosed("[", " = ", "]"), enclosed("[", " = ", "]"))
