"""What lies between modules: sums around a block of modules fold into boxes of their own, whatever the rows."""

import random
import runpy

import pytest

from autograd import Value, relu, tanh
from nn import CausalAttention, Linear, Module, RMSNorm, Sequential, mse_loss
from nn.init import Generator
from tests.conftest import ROOT
from viz.graph.fold.folding import fold
from viz.graph.fold.nests import nests_of
from viz.graph.fold.owners import module_tree
from viz.graph.picture import nodes_below

GPT = runpy.run_path(str(ROOT / "examples/7_tools/34_gpt.py"))["GPT"]


def named_wires(picture):
    names = [node.box.lines[0].split(":")[0] if node.box else node.sign for node in picture.nodes]
    return {(names[source], names[target]) for source, target in picture.wires}


def added(rows, others):
    return [[x + y for x, y in zip(row, other, strict=True)] for row, other in zip(rows, others, strict=True)]


@pytest.mark.parametrize("name", ["a", "abcd"])
def test_a_gpt_folds(name):
    model = GPT("abcd", width=4, heads=2, context=8)
    loss = model.loss(name)
    picture = fold(loss, model)
    first, second = "layer 1 (wide)", "layer 2 (narrow)"
    assert named_wires(picture) == {
        ("letters", "add1"), ("places", "add1"), ("add1", "norms.0"), ("norms.0", "attention"), ("attention", "add2"),
        ("add1", "add2"), ("add2", "norms.1"), ("norms.1", first), (first, second), (second, "add3"),
        ("add2", "add3"), ("add3", "norms.2"), ("norms.2", "layer 3 (head)"), ("layer 3 (head)", "loss"),
    }  # fmt: skip
    lines = [node.box.lines for node in picture.nodes if node.box]
    assert ("add1: +", f"{4 * min(len(name) + 1, 8)} operations") in lines
    assert len(fold(loss, model, ["add1"]).nodes) > len(picture.nodes)
    assert len(fold(loss, model, "wide").nodes) > len(picture.nodes)
    nests, _ = nests_of(nodes_below(loss), module_tree(model))
    assert ("add2",) in [nest.key for nest in nests]


class Block(Module):
    """Modules one after the other, on all rows; a sum around some of them."""

    def __init__(self, rng, depth):
        self.inner_parts = [self.part(rng, depth) for _ in range(rng.randint(1, 3))]
        self._around = [rng.random() < 0.7 for _ in self.inner_parts]

    def part(self, rng, depth):
        kinds = [
            lambda: RMSNorm(2),
            lambda: CausalAttention(2, seed=0),
            lambda: Linear(2, 2, generator=Generator(0)),
            lambda: Sequential(Linear(2, 3, generator=Generator(0)), "tanh", Linear(3, 2, generator=Generator(1))),
        ]
        return Block(rng, depth - 1) if depth and rng.random() < 0.5 else rng.choice(kinds)()

    def rows(self, batch):
        for part, around in zip(self.inner_parts, self._around, strict=True):
            after = part(batch)
            batch = added(batch, after) if around else [[relu(x) for x in row] for row in after]
        return batch


@pytest.mark.parametrize("seed", range(12))
def test_passes_layer_by_layer_fold(seed):
    """However blocks stand in blocks, no boxes depend on each other, open or closed."""
    model = Block(random.Random(seed), depth=2)
    outputs = model([[Value(0.1 * i + j) for j in range(2)] for i in range(3)])
    loss = mse_loss([x for row in outputs for x in row], [0.0] * 6)
    tree = module_tree(model)
    for expand in ["model", "layers", ".".join([*tree][-1])]:
        fold(loss, model, expand)
    nests_of(nodes_below(loss), tree)


def test_gates_of_several_layers():
    class Gated(Module):
        def __init__(self):
            self.gate, self.inner, self.last = (
                Linear(2, 3, generator=Generator(0)),
                Linear(2, 3, generator=Generator(1)),
                Linear(3, 1, generator=Generator(2)),
            )

        def row(self, inputs):
            gates, inner = [tanh(z) for z in self.gate(inputs)], self.inner(inputs)
            return self.last([gate * x for gate, x in zip(gates, inner, strict=True)])

    model = Gated()
    (output,) = model([Value(0.5, "a"), Value(1.0, "b")])
    first, second, last = "layer 1 (gate)", "layer 2 (inner)", "layer 3 (last)"
    assert named_wires(fold(output, model)) == {
        *((x, layer) for x in "ab" for layer in (first, second)),
        (first, "mul1"), (second, "mul1"), ("mul1", last),
    }  # fmt: skip


def test_a_recurrent_network_folds_as_it_did():
    class Recurrent(Module):
        def __init__(self):
            self.reads, self.keeps, self.last = (
                Linear(1, 2, generator=Generator(0)),
                Linear(2, 2, generator=Generator(1)),
                Linear(2, 1, generator=Generator(2)),
            )

        def row(self, inputs):
            state = [Value(0.0), Value(0.0)]
            for x in inputs:
                sums = zip(self.reads([x]), self.keeps(state), strict=True)
                state = [tanh(a + b) for a, b in sums]
            return self.last(state)

    model = Recurrent()
    (output,) = model([0.5, -1.0, 2.0])
    lines = [node.box.lines[0] for node in fold(output, model).nodes if node.box]
    assert lines == ["layer 1 (reads): Linear 1 → 2", "layer 2 (keeps): Linear 2 → 2", "layer 3 (last): Linear 2 → 1"]


def test_a_single_sum_of_two_modules_is_drawn_as_it_is():
    f, g, last = (
        Linear(1, 1, generator=Generator(0)),
        Linear(1, 1, generator=Generator(1)),
        Linear(1, 1, generator=Generator(2)),
    )
    (output,) = last([f([1.0])[0] + g([1.0])[0]])
    picture = fold(output, Sequential(f, g, last))
    assert [node.gate for node in picture.nodes if not node.box] == ["+"]
