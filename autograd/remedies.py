"""Remedies for an expression that cannot be read: what people write, and what to write instead.

A text that Python's parser refuses is compared with patterns; a syntax tree that is no arithmetic is looked up by the
kind of its nodes.

>>> remedy_for_text("2 * sin x")
'a function takes parentheses: write sin(x)'
>>> remedy_for_node(ast.parse("x // y").body[0].value, "x // y")
'for a quotient write /'
"""

import ast
import keyword
import re
from collections.abc import Iterable

from autograd.primitives import TABLE

# Functions under the names that they have elsewhere.
OTHER_NAMES = {
    "ln": "log", "max": "maximum", "min": "minimum", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "sgn": "sign", "fabs": "abs",
    "heaviside": "step", "tg": "tan", "arctg": "arctan", "sh": "sinh", "ch": "cosh", "th": "tanh", "lg": "log10",
    "sqr": "square", "σ": "sigmoid", "Σ": "sum", "logistic": "sigmoid", "add_n": "sum",
}  # fmt: skip

FUNCTION_NAMES = [*(name for name in TABLE if not name.startswith("pow_")), "pow"]  # what an expression may call
PRODUCT = "a product is written with *, as 2 * x"
FUNCTION = rf"\b(?P<function>{'|'.join(sorted([*FUNCTION_NAMES, *OTHER_NAMES], key=len, reverse=True))})"
KEYWORDS = "|".join(word for word in keyword.kwlist if word[0].islower() and word not in ("and", "else", "if", "not"))

# Patterns for a text, the first that fits; names in braces are groups of the pattern.
OF_TEXTS: list[tuple[str, str]] = [
    (r"^\s*(?P<name>\w+)\s*\((?P<of>[\w\s,]*)\)\s*=(?!=)\s*(?P<body>.+)",
     "write {name} = {body}, and give values for {of}"),
    (rf"{FUNCTION}\s*(\*\*|\^)\s*(?P<power>\d+)\s*\((?P<operand>[^()]*)\)", "write {function}({operand})**{power}"),
    (rf"{FUNCTION}[ \t]+(?P<operand>-?[\w.]+)", "a function takes parentheses: write {function}({operand})"),
    (r"(?<!\|)\|(?P<operand>[^|]+)\|(?!\|)", "for an absolute value write abs({operand})"),
    (r"\blambda\s+\w+(\s*,\s*\w+)*\s*:\s*(?P<body>.+)", "write the formula alone: {body}"),
    (rf"\b(?P<word>{KEYWORDS})\b", "{word} is a word of Python's own: choose another name, such as {word}_ or {word}1"),
    (r"(?P<name>\w+)\s*:=\s*(?P<body>.+)", "write {name} = {body}"),
    (r"\d{309,}", "a number is at most 1.8e308"),
    (r"\b(?P<name>[^\W\d]\w*)['’′]", "a name has letters, digits and _ only: write {name}_ or {name}1"),
    (r"[\"“”„«»‘’]", "leave the quotation marks inside away"),
    (r"(?P<name>\w+)\s*(→|->)", "write a result as name = arithmetic, such as f = {name} + 1"),
    (r"(?<![<>=!])=(?!=).*(?<![<>=!])=(?!=)", "write one = in each statement, and ; between two statements"),
    (r"[{}\[\]]", "for grouping write ( and )"),
    (r"\d[eE][-+]?(?!\d)", "a number in e-form has digits after the e, as 1e-3"),
    (r"[\w)]\s+[\w(]|\)\s*\w|\d[A-Za-z_(]", PRODUCT),
    (r"[-+*/^,=]\s*$", "an operand is missing at the end"),
    (r"[-+*/(,]\s*[*/,]", "an operand is missing between two signs"),
    (r"!", "there is no factorial"),
]  # fmt: skip

ARITHMETIC = "expected numbers, names, + - * / **, parentheses and functions such as exp(x)"
ONE_FORMULA = "write one formula, without commas; a decimal number has a point, as 1.5"
OF_NODES: dict[type[ast.AST], str] = {
    ast.BitXor: "for a power write ** instead of ^",
    ast.FloorDiv: "for a quotient write /",
    ast.Mod: "there is no remainder: for a quotient write /",
    ast.MatMult: "write a product of vectors as a sum, such as w1 * x1 + w2 * x2",
    ast.BitOr: "for an absolute value write abs(x), for a choice where(condition, x, y)",
    ast.BitAnd: "for both of two conditions write their product, as (x > 0) * (y > 0)",
    ast.And: "for both of two conditions write their product, as (x > 0) * (y > 0)",
    ast.Or: "for one of two conditions write maximum(x > 0, y > 0)",
    ast.Not: "for the opposite of a condition write 1 - (x > 0)",
    ast.Invert: "for the opposite of a number write -x, of a condition 1 - (x > 0)",
    ast.keyword: "operands stand in order, without names, as in leaky_relu(x, 0.1)",
    ast.Tuple: ONE_FORMULA,
    ast.List: "write the numbers out, as sum(x, y, z)",
    ast.ListComp: "write the terms out, as x1 + x2 + x3",
    ast.GeneratorExp: "write the terms out, as x1 + x2 + x3",
    ast.Set: "for grouping write ( and )",
    ast.Dict: ONE_FORMULA,
    ast.Starred: "write the operands out, as sum(x, y, z)",
    ast.NamedExpr: "name a result in a statement of its own, as q = x + y; q * z",
    ast.JoinedStr: "leave the quotation marks away",
    ast.In: "a condition compares two numbers, as x > 0",
    ast.NotIn: "a condition compares two numbers, as x > 0",
    ast.Is: "for equality write x == y",
    ast.IsNot: "for inequality write x != y",
    ast.Import: "functions need no import: write exp(x)",
    ast.ImportFrom: "functions need no import: write exp(x)",
}
OF_CONSTANTS = {
    str: "leave the quotation marks away",
    bytes: "leave the quotation marks away",
    bool: "write 1 for True and 0 for False",
    complex: "numbers are real",
}


def remedy_for_text(text: str) -> str:
    """The remedy for a text that cannot be parsed; "" where no pattern fits."""
    for pattern, remedy in OF_TEXTS:
        found = re.search(pattern, text)
        if found:
            groups = {name: group.strip() for name, group in found.groupdict().items()}
            if "function" in groups:
                groups["function"] = OTHER_NAMES.get(groups["function"], groups["function"])
            return remedy.format(**groups)
    return ""


def remedy_for_node(node: ast.AST, source: str) -> str:
    """The remedy for a piece of syntax that is no arithmetic."""
    match node:
        case ast.IfExp():
            parts = (ast.get_source_segment(source, part) for part in (node.test, node.body, node.orelse))
            return f"for a choice write where({', '.join(str(part) for part in parts)})"
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
            return f"a name has no index: write {name}{index}"
        case ast.Lambda(body=body):
            return f"write the formula alone: {ast.get_source_segment(source, body)}"
        case ast.Constant() if type(node.value) in OF_CONSTANTS:
            return OF_CONSTANTS[type(node.value)]
        case ast.AugAssign(target=ast.Name(id=name)):
            return f"a name is given once: write another one to the left of =, as {name}1 = {name} + 1"
        case ast.AnnAssign(target=ast.Name(id=name)):
            return f"write {name} = arithmetic"
        case ast.FunctionDef(name=name):
            return f"write the formula alone, as {name} = x + y"
    suspects = [node, getattr(node, "op", None), *getattr(node, "ops", []), *getattr(node, "keywords", []),
                *getattr(node, "args", [])]  # fmt: skip
    return next((OF_NODES[type(suspect)] for suspect in suspects if type(suspect) in OF_NODES), ARITHMETIC)


def factors(name: str, known: Iterable[str]) -> str:
    """x * y for xy, w0 * x0 for w0x0, if these are known names; else ""."""
    if len(name) > 10:
        return ""
    halves = ((name[:i], name[i:]) for i in range(1, len(name)))
    parts = next((both for both in halves if {*both} <= {*known}), name)
    return " * ".join(parts) if len(parts) > 1 and {*parts} <= {*known} else ""
