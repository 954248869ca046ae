"""Scripts and style sheets without comments and needless spaces, and scripts packed: a page is half as large so.

Strings, templates and regular expressions stay as they are. In our scripts a division has spaces around it, and no
regular expression begins with one: so they are told apart.

>>> squeeze_script("// Adds one.\\nfunction next(x) {\\n  return x + 1; // that is all\\n}\\n")
'function next(x){return x+1;}'
>>> squeeze_style(".a > .b { opacity: 0.5; } /* half */\\n")
'.a>.b{opacity:.5}'
"""

import re
from base64 import b64encode
from zlib import compress

INSIDE = r"(?:[^{}`]|`(?:\\.|[^`\\])*`|\{[^{}]*\})"  # of a template's ${ }: templates without any in them, objects
TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<kept>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|\$\{{INSIDE}*\}|[^`\\])*`|/(?![\s*/=])(?:\\.|\[(?:\\.|[^]\\\n])*]|[^/\\\n])+/)
    |(?P<line>\s*\n\s*)
    |(?P<space>\s+)
    |(?P<word>[\w$]+)
    |(?P<sign>.)""".replace("{INSIDE}", INSIDE),
    re.VERBOSE | re.DOTALL,
)
GOES_ON = (*"{};,(", "")  # behind these signs, and before these, a line may go on: we end statements with semicolons
GOES_ON_BEFORE = (*"})]?:.",)


def squeeze_script(code: str) -> str:
    """A script with spaces only where two words, or two signs such as + and +, would run together."""
    written, space = "", False
    for token in TOKENS.finditer(code):
        kind, text = token.lastgroup, token[0]
        if kind == "line":
            written, space = written.rstrip("\n") + "\n" * (written[-1:] not in GOES_ON), False
        elif kind == "space":
            space = True
        elif kind != "comment":
            if text in GOES_ON_BEFORE:
                written = written.rstrip("\n")
            last = written[-1:]
            words = kind == "word" and re.match(r"[\w$]", last)
            written += " " * (space and bool(words or (text == last and text in "+-"))) + text
            space = False
    return written


def squeeze_style(code: str) -> str:
    """A style sheet with spaces only where they part words."""
    bare = re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)
    bare = re.sub(r"\s*([{};,>])\s*", r"\1", bare).replace(": ", ":").replace(";}", "}")
    return re.sub(r"(?<![\d.])0(\.\d)", r"\1", bare)


def packed(code: str) -> str:
    """A script deflated, in base64: letters, digits and + / = only. scripts/unpack.js undoes it in the browser."""
    return b64encode(compress(code.encode(), level=9)).decode()
