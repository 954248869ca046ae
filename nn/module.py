"""`Module`: the base of layers and networks. Whatever a module keeps in its attributes belongs to it.

A module computes its outputs for one row of inputs (`row`), or, where samples are coupled, for a batch (`rows`);
calling it takes either. Values in nested lists are arrays: their keys and shapes are those of PyTorch's state_dict. A
module written for PyTorch, with `forward(self, x)` on a batch, works too.

>>> class Line(Module):
...     def __init__(self):
...         self.weight, self.bias = [Value(2.0)], Value(1.0)
...     def row(self, inputs):
...         return self.weight[0] * inputs[0] + self.bias
>>> line = Line()
>>> line([3.0]).data, [y.data for y in line([[3.0], [4.0]])]
(7.0, [7.0, 9.0])
>>> {key: array.tolist() for key, array in line.state_dict().items()}
{'weight': [2.0], 'bias': 1.0}

>>> from autograd import tanh
>>> from nn import Linear
>>> class Net(Module):
...     def __init__(self):
...         self.first, self.second = Linear(2, 3), Linear(3, 1)
...     def forward(self, x):
...         return self.second(tanh(self.first(x)))
>>> len(Net()([[0.0, 1.0], [1.0, 0.0]]))
2
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn, Protocol, Self, TypeAlias, TypeVar, overload

import numpy as np

from autograd import Value, zero_grad
from autograd.ieee import Number
from nn.familiar import OF_MODULES, hint
from nn.state import check_keys, fitting, unique

Outputs = TypeVar("Outputs")
Input: TypeAlias = Value | Number


class Call(Protocol[Outputs]):
    """A call of a module, as type checkers see it: a row of inputs gives Outputs, a batch of rows a list of them."""

    @overload
    def __call__(self, inputs: Iterable[Input], /) -> Outputs: ...
    @overload
    def __call__(self, inputs: Iterable[Iterable[Input]], /) -> list[Outputs]: ...


class ModuleType(type):
    """The class of module classes: when a module is made, all its parameters get names of their own."""

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        module = super().__call__(*arguments, **options)
        tell_apart(module)
        return module


class Module(metaclass=ModuleType):
    """The base of layers and networks: finds parameters, saves and restores them, switches between train and eval."""

    training = True
    report: ClassVar[Callable[..., Any]]  # defined in report.py
    compile: ClassVar[Callable[..., Any]]  # defined in training/predictor.py
    exported_to: ClassVar[Callable[..., str]]  # defined in exporting.py; autograd.export calls it

    def __init_subclass__(cls, **options: Any) -> None:
        """A class that defines `forward` computes by it, whatever its base does."""
        super().__init_subclass__(**options)
        if "forward" in vars(cls):
            cls.row, cls.rows = Module.row, rows_by_forward  # type: ignore[method-assign]  # meant to replace them

    def __getattr__(self, name: str) -> NoReturn:
        """AttributeError; for a name from elsewhere with ours."""
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint(OF_MODULES, name)}")

    def as_pytorch(self) -> str:
        """The program text that makes the same module in PyTorch, with the same keys; "" where there is none."""
        return ""

    def row(self, inputs: list[Any]) -> Any:
        """The outputs for one row of inputs. A module defines this, or `rows`, or `forward`."""
        return self.rows([inputs])[0]

    def rows(self, batch: list[list[Any]]) -> list[Any]:
        """The outputs for each row of a batch."""
        if type(self).row is Module.row:
            name = type(self).__name__
            raise NotImplementedError(f"{name} computes nothing yet: define forward(self, x), or row(self, inputs)")
        return [self.row(row) for row in batch]

    def __call__(self, inputs: Iterable[Any], *more: Any) -> Any:
        """The outputs for a row of numbers or Values; for a batch (a sequence of rows, a 2-d array), a list of such.

        For an array of Values, as `forward` gets one, the outputs are such an array too.
        """
        if more or not isinstance(inputs, Iterable):
            given = ", ".join(map(repr, (inputs, *more)))
            raise TypeError(f"expected a row of inputs or a batch of rows, as model([0.5, -1.0]); got model({given})")
        values = list(inputs)
        outputs = self.rows([list(row) for row in values]) if is_batch(values) else self.row(values)
        of_values = isinstance(inputs, np.ndarray) and inputs.dtype == object
        return np.array(outputs, dtype=object) if of_values and isinstance(outputs, list) else outputs

    def is_row_by_row(self) -> bool:
        """Whether the outputs for a row depend on that row alone: so it is unless `rows` or `__call__` is written anew.

        A module with `rows` of its own that goes row by row all the same overrides this and says so.
        """
        return self.has_method_of(Module, "rows") and self.has_method_of(Module, "__call__")

    def has_method_of(self, kind: type, name: str) -> bool:
        """Whether a method is the one that the class `kind` defines, not one of a subclass or of the module's own."""
        return getattr(type(self), name) is vars(kind)[name] and name not in vars(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    # What belongs to the module.

    def parts(self) -> dict[str, Any]:
        """The module's contents by the names that keys of the state_dict have; a list of modules counts from 0."""
        return {name: content for name, content in vars(self).items() if not name.startswith("_")}

    def contents(self) -> Iterator[tuple[str, Any]]:
        """The modules and arrays directly below this one, by name; lists and dicts of such are opened: `layers.0`."""
        todo = list(reversed(self.parts().items()))
        while todo:
            name, content = todo.pop()
            if isinstance(content, dict):
                todo += [(f"{name}.{key}", part) for key, part in reversed(content.items())]
            elif isinstance(content, (list, tuple)) and not is_array_of_leaves(content):
                todo += [(f"{name}.{index}", part) for index, part in reversed(list(enumerate(content)))]
            else:
                yield name, content

    def modules(self, prefix: str = "") -> Iterator[tuple[str, "Module"]]:
        """This module and all below it, each with the prefix of its keys."""
        yield prefix, self
        for name, content in self.contents():
            if isinstance(content, Module):
                yield from content.modules(f"{prefix}{name}.")

    def kept(self) -> dict[str, Any]:
        """Every array of parameters, and every buffer, by key."""
        return unique(
            (prefix + name, content)
            for prefix, module in self.modules()
            for name, content in module.contents()
            if is_buffer(content) or is_array_of_leaves(content)
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array of parameters, by key: arrays of Values in the shapes of PyTorch."""
        return {k: np.array(content, dtype=object) for k, content in self.kept().items() if not is_buffer(content)}

    def buffers(self) -> dict[str, np.ndarray]:
        """Arrays of numbers that are kept but not trained, such as running means, by key."""
        return {key: content for key, content in self.kept().items() if is_buffer(content)}

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its name: the key of its array and its place in it, `0.weight[2,1]`."""
        for key, array in self.arrays().items():
            for place, value in np.ndenumerate(array):
                yield (f"{key}[{','.join(map(str, place))}]" if place else key), value

    def parameters(self) -> list[Value]:
        """All parameters in the order of definition, array by array; a shared one stands once."""
        return list(dict.fromkeys(value for array in self.arrays().values() for value in array.flat))

    def zero_grad(self) -> None:
        """Set every parameter's grad to None, as before any backward pass."""
        zero_grad(self.parameters())

    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below to training; matters to Dropout and BatchNorm1d. Returns the module."""
        for _, module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch to evaluation."""
        return self.train(False)

    @contextmanager
    def evaluating(self) -> Iterator[Self]:
        """Evaluation within a `with` statement; afterwards each module is in the mode that it had before.

        >>> from nn import Dropout, Sequential
        >>> model = Sequential(Dropout(0.5))
        >>> with model.evaluating():
        ...     print(model([3.0]))
        3.0
        >>> model.training
        True
        """
        modes = [(module, module.training) for _, module in self.modules()]
        self.eval()
        try:
            yield self
        finally:
            for module, mode in modes:
                module.training = mode

    def state_dict(self) -> dict[str, np.ndarray]:
        """The numbers of all parameters and buffers, by PyTorch's keys and in its shapes."""
        state = {
            key: np.array([v.data for v in array.flat]).reshape(array.shape) for key, array in self.arrays().items()
        }
        return state | {key: numbers.copy() for key, numbers in self.buffers().items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over numbers as `state_dict` gives them, PyTorch's too. ValueError that names the key that is wrong."""
        own = self.state_dict()
        check_keys(own, state)
        new = {key: fitting(key, state[key], array.shape) for key, array in own.items()}
        for key, values in self.arrays().items():
            for value, number in zip(values.flat, new[key].flat, strict=True):
                value.data = number
        for key, numbers in self.buffers().items():
            numbers[...] = new[key]


def rows_by_forward(self: Any, batch: list[list[Any]]) -> list[Any]:
    """The outputs for each row of a batch, by `forward`, which gets an array of Values or numbers, (m, inputs)."""
    if len(set(map(len, batch))) > 1:
        raise ValueError(f"expected rows of the same length, got rows of {sorted(set(map(len, batch)))} inputs")
    outputs = self.forward(np.array(batch, dtype=object))
    rows = outputs.tolist() if isinstance(outputs, np.ndarray) else outputs
    if not isinstance(rows, (list, tuple)) or len(rows) != len(batch):
        raise ValueError(
            f"{type(self).__name__}.forward got a batch x of {len(batch)} rows and returned outputs of shape "
            f"{np.shape(outputs)}: expected outputs for each row. The first input of all rows is x[:, 0]"
        )
    return [row.tolist() if isinstance(row, np.ndarray) else row for row in rows]


def tell_apart(module: Module) -> None:
    """Number the parts of a module whose parameters have the same names: w_0 and w_0 become w1_0 and w2_0."""
    parts = [part.parameters() for _, part in module.contents() if isinstance(part, Module)]
    names = Counter(p.name for p in dict.fromkeys(p for part in parts for p in part) if p.name)
    clashing = [part for part in parts if any(names[p.name] > 1 for p in part)]
    done: set[Value] = set()
    for number, part in enumerate(clashing, 1):
        for p in part:
            if p.name and p not in done:
                letters = p.name.rstrip("0123456789_")
                indices = p.name.removeprefix(letters).lstrip("_")
                p.name = f"{letters}{number}_{indices}" if indices else f"{letters}{number}"
                done.add(p)


def is_buffer(content: Any) -> bool:
    """Whether the content is an array of plain numbers."""
    return isinstance(content, np.ndarray) and content.dtype == np.float64


def is_array_of_leaves(content: Any) -> bool:
    """Whether the content is a leaf, or rows of leaves of the same length."""
    return shape_of_leaves(content) is not None


def shape_of_leaves(content: Any) -> tuple[int, ...] | None:
    """The shape of an array of leaves, which is () for a leaf; None for all else, as rows of different lengths."""
    if isinstance(content, Value):
        return () if content.op is None else None
    if isinstance(content, np.ndarray):
        leaves = content.dtype == object and content.size > 0 and all(map(is_array_of_leaves, content.flat))
        return content.shape if leaves else None
    shapes = set(map(shape_of_leaves, content)) if isinstance(content, (list, tuple)) else set()
    (shape,) = shapes if len(shapes) == 1 else (None,)
    return None if shape is None else (len(content), *shape)


def is_batch(values: list[Any]) -> bool:
    """Whether the values are rows, not numbers."""
    return bool(values) and isinstance(values[0], (list, tuple, np.ndarray)) and np.ndim(values[0]) > 0
