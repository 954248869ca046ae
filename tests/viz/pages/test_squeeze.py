"""Scripts and style sheets in fewer signs: what must not change in them."""

import base64
import zlib

import pytest

from viz.pages.page import read
from viz.pages.squeeze import TOKENS, packed, squeeze_script, squeeze_style
from viz.pages.stepper import FILES


@pytest.mark.parametrize(
    ("code", "squeezed"),
    [
        ("a + +b - -c", "a+ +b- -c"),
        ("return  x in y", "return x in y"),
        ("f(`a  ${b(`c  ${d}  e`)}  g`)", "f(`a  ${b(`c  ${d}  e`)}  g`)"),
        ("`${ { a: 1 }[x] }  .`", "`${ { a: 1 }[x] }  .`"),
        ('"//  no  comment" + \'a  "\'', '"//  no  comment"+\'a  "\''),
        ("x.replace(/\\/\\/ \"/g, y / 2 / z)", "x.replace(/\\/\\/ \"/g,y/2/z)"),
        ("/^[ /]  $/.test(x)", "/^[ /]  $/.test(x)"),
        ("a // one\n\n  // two\n  b\n", "a\nb\n"),
        ("const f = () => {\n  g()\n}\n  .then(x\n    ? y\n    : z);\nh();\n", "const f=()=>{g()}.then(x?y:z);h();"),
    ],
)  # fmt: skip
def test_scripts(code, squeezed):
    assert squeeze_script(code) == squeezed


def test_style_sheets():
    code = "a:hover > b, .c :first-child {\n  margin: 0 calc(1px + 2px); /* : */\n}\n@media (x: 1) and (y: 2) { * { z: 1; } }\n"
    assert squeeze_style(code) == "a:hover>b,.c :first-child{margin:0 calc(1px + 2px)}@media (x:1) and (y:2){*{z:1}}"


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".js")])
def test_strings_stay_as_they_are(name):
    code, place = squeeze_script(read(name)), 0
    for token in TOKENS.finditer(read(name)):
        if token["kept"]:
            place = code.index(token[0], place) + len(token[0])


def test_a_packed_script_holds_no_sign_that_html_knows():
    code = "f('∂ </script>', \"\\n\");" * 50
    assert packed(code).isascii()
    assert not set(packed(code)) & set("<>&\"'\\\n")
    assert len(packed(code)) < len(code) / 5
    assert zlib.decompress(base64.b64decode(packed(code))).decode() == code
