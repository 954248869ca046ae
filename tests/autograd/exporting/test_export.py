"""Exported programs compute what backstep computes: Python, NumPy, C and JavaScript are run; PyTorch and JAX where they are."""

import ctypes
import json
import shutil
import subprocess
import warnings
from importlib.resources import files
from importlib.util import find_spec

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, export, gradients, parse
from autograd.exporting.targets import TARGETS
from autograd.exporting.writer import NAMES
from autograd.primitives import TABLE
from tests.conftest import ROOT
from viz.command.parser import main

FORMULAS = {  # an expression, and where
    "(x + y) * z": (-2.0, 5.0, -4.0),
    "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))": (2.0, -1.0, -3.0, -2.0, -3.0),
    "q = w*x + b; tanh(q) * q": (2.0, 0.5, -1.2),
    "maximum(x, y) * minimum(x, 2) + abs(x) - sign(y) * step(x)": (1.5, -0.5),
    "where(x > y, x**2, y**3) + relu(x - 1) + leaky_relu(-x) + elu(y, 0.5)": (1.5, -0.5),
    "x**y + x**2 - x**-1.5 + sqrt(x) + cbrt(y) + hypot(x, y)": (1.5, 2.5),
    "log(x) + log1p(x) + log2(x) + log10(x) + exp2(x) + expm1(x) + logaddexp(x, 3)": (0.7,),
    "sin(x) + cos(x) + tan(x) + arcsin(x) + arccos(x) + arctan(x) + arctan2(x, 2)": (0.6,),
    "sinh(x) + cosh(x) + arcsinh(x) + arccosh(x + 2) + arctanh(x)": (0.6,),
    "sigmoid(x) + softplus(x) + erf(x) + erfc(x) + gelu(x) + bce(sigmoid(x), 1) + square(x)": (0.6,),
    "x + inf_ * 2 + t + t1 + step_ + double + lambda_ + exp2_": (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0),
    "sum(x, y, x) / (x - y)": (1.0, 3.0),
}  # fmt: skip


def expected(text, numbers):
    names = autograd.expression.names_in(text)
    leaves = [Value(x, name) for x, name in zip(numbers, names, strict=True)]
    f = parse(text, **dict(zip(names, leaves, strict=True)))
    return f.data, gradients(f, leaves)


def agree(found, wanted):
    value, slopes = found
    assert float(value) == pytest.approx(wanted[0], rel=1e-13)
    assert [float(slope) for slope in slopes] == pytest.approx(wanted[1], rel=1e-12, abs=1e-15)


def program(text, to):
    namespace = {}
    exec(export(text, to=to), namespace)
    return namespace


@pytest.mark.parametrize(
    "to", ["python", "numpy", *(m for m, p in (("pytorch", "torch"), ("jax", "jax")) if find_spec(p))]
)
@pytest.mark.parametrize("text", FORMULAS)
def test_programs_of_python(text, to):
    made = program(text, to)
    wanted = expected(text, FORMULAS[text])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what frameworks say when they are loaded
        agree(made["value_and_grad"](*FORMULAS[text]), wanted)
        assert float(made["f"](*FORMULAS[text])) == pytest.approx(wanted[0], rel=1e-13)


@pytest.mark.parametrize("text", FORMULAS)
def test_programs_of_numpy_take_arrays(text):
    made = program(text, "numpy")
    columns = [np.array([x, x * 0.9]) for x in FORMULAS[text]]
    value, slopes = made["value_and_grad"](*columns)
    for i in range(2):
        row = [np.broadcast_to(slope, 2)[i] for slope in slopes]
        agree((value[i], row), expected(text, [column[i] for column in columns]))


def test_programs_of_c(tmp_path):
    """All in one library, each under names of its own."""
    texts = [export(text, to="c", name=f"f{i}").replace("value_and_grad", f"g{i}") for i, text in enumerate(FORMULAS)]
    for text in texts:
        assert text.startswith("#define _DEFAULT_SOURCE\n#include <math.h>\n")
        assert text.count("{") == text.count("}")
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    for i, (formula, numbers) in enumerate(FORMULAS.items()) if compiler else ():
        path, library = tmp_path / f"f{i}.c", tmp_path / f"f{i}.so"
        path.write_text(texts[i])
        subprocess.run(
            [
                compiler,
                "-std=c99",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-Wno-unused-function",
                "-Wno-unused-variable",
                "-O2",
                "-shared",
                "-fPIC",
                path,
                "-o",
                library,
                "-lm",
            ],
            check=True,
            timeout=240,
        )
        loaded, n = ctypes.CDLL(str(library)), len(numbers)
        slopes = (ctypes.c_double * n)()
        f, g = getattr(loaded, f"f{i}"), getattr(loaded, f"g{i}")
        f.restype = g.restype = ctypes.c_double
        f.argtypes, g.argtypes = [ctypes.c_double] * n, [*[ctypes.c_double] * n, ctypes.c_double * n]
        agree((g(*numbers, slopes), slopes), expected(formula, numbers))
        assert f(*numbers) == g(*numbers, slopes)


def test_programs_of_javascript():
    programs = []
    for text, numbers in FORMULAS.items():
        code = export(text, to="javascript")
        assert code.count("{") == code.count("}")
        programs.append(f"(() => {{ {code}\nreturn value_and_grad({', '.join(map(repr, numbers))}); }})()")
    node = shutil.which("node")
    if not node and find_spec("playwright"):  # it brings one along
        node = shutil.which("node", path=files("playwright") / "driver")
    if node:
        done = subprocess.run(
            [node, "-e", f"console.log(JSON.stringify([{', '.join(programs)}]))"],
            capture_output=True,
            check=True,
            timeout=240,
        )
        for found, (text, numbers) in zip(json.loads(done.stdout), FORMULAS.items(), strict=True):
            agree(found, expected(text, numbers))


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_every_row_has_a_program(row):
    for probe in row.probes:
        numbers_by_nature = [p is None for p in row.partials(*probe, row.evaluate(probe, probe))]
        operands = [x if n else Value(x, name) for x, n, name in zip(probe, numbers_by_nature, "xyz", strict=False)]
        leaves = [operand for operand in operands if isinstance(operand, Value)]
        f = row(operands) if row.arity is None else row(*operands)
        for to in NAMES:
            assert export(f, to=to)
        for to in ("python", "numpy"):
            namespace = {}
            exec(export(f, to=to), namespace)
            agree(namespace["value_and_grad"](*[leaf.data for leaf in leaves]), (f.data, gradients(f, leaves)))


def test_graphs_and_functions():
    x, w, constant = Value(2.0, "x"), Value(3.0, "w"), Value(10.0)
    assert "def area(x, w):\n    t1 = x * w\n    t2 = t1 + 10.0\n    return t2\n" in export(
        x * w + constant, name="area"
    )
    assert "def f(a, b):\n    t1 = a * b\n" in export(lambda a, b: a * b + a)
    assert (x.grad, w.grad) == (None, None)
    with pytest.raises(ValueError, match="only one way through the function.*x > 0.0.*use where"):
        export(lambda x: x if x > 0 else -x)
    with pytest.raises(TypeError, match="expected one Value"):
        export(lambda x: [x])
    with pytest.raises(ValueError, match="unknown language 'fortran': expected one of python"):
        export("x", to="fortran")
    with pytest.raises(TypeError, match="to export; got 3.0"):
        export(3.0)
    with pytest.raises(ValueError, match="named variables"):
        export("2 * 3")


def test_latex():
    text = export("sqrt(x) / w1", to="latex", name="loss")
    assert r"\mathrm{loss} &= \frac{\sqrt{x}}{w_{1}} \\" in text
    assert r"\frac{\partial \mathrm{loss}}{\partial x} &= \frac{1}{2 \cdot w_{1} \cdot \sqrt{x}} \\" in text


def test_a_network_as_a_module_of_pytorch():
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=1)
    text = export(model, to="pytorch", name="Net")
    assert "class Net(nn.Module):" in text
    assert (
        "            nn.Linear(2, 3),\n            nn.Tanh(),\n            nn.Linear(3, 1),\n            nn.Sigmoid(),\n"
        in text
    )
    for key, array in model.state_dict().items():
        assert f'"{key}": torch.tensor({array.tolist()!r}, dtype=torch.float64),' in text
    compile(text, "net.py", "exec")
    with pytest.raises(ValueError, match="Maxout has no counterpart"):
        export(nn.Sequential(nn.Maxout(2, 1)), to="pytorch")
    with pytest.raises(ValueError, match="2 outputs"):
        export(nn.MLP(2, [2]), to="c")
    if find_spec("torch"):
        import torch

        namespace = {}
        exec(text, namespace)
        rows = [[0.5, -1.0], [0.0, 2.0]]
        found = namespace["Net"]()(torch.tensor(rows, dtype=torch.float64)).flatten().tolist()
        assert found == pytest.approx([y.data for y in model(rows)], rel=1e-14)


def test_a_network_in_plain_python():
    model = nn.MLP(2, [3, 1], activation="relu", seed=1)
    namespace = {}
    exec(export(model, to="python"), namespace)
    x = [Value(0.5), Value(-1.0)]
    agree(namespace["value_and_grad"](0.5, -1.0), (model(x).data, gradients(model(x), x)))


def test_a_row_of_ones_own_is_exported_as_what_it_is_made_of():
    cube = autograd.Primitive("cube", lambda x: x * x * x, lambda x, z: (3 * x * x,))
    namespace = {}
    exec(export(cube(Value(2.0, "x"))), namespace)
    assert namespace["value_and_grad"](2.0) == (8.0, (12.0,))


def test_on_the_command_line(tmp_path, capsys):
    assert main(["export", "-x * y", "x=1", "y=2", "--to", "c", "--name", "area"]) == 0
    assert "double area(double x, double y) {" in capsys.readouterr().out
    assert main(["export", "x * y", "-o", str(tmp_path / "f.py")]) == 0
    namespace = {}
    exec((tmp_path / "f.py").read_text(), namespace)
    assert namespace["f"](2.0, 3.0) == 6.0
    assert main(["export", "x * y", "--to", "cobol"]) == 2


def test_libraries_are_installed():
    import tomllib

    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["autograd"]
    assert "exporting/libraries/*" in data
    assert all((ROOT / "autograd/exporting/libraries" / t.library).exists() for t in TARGETS.values() if t.library)
