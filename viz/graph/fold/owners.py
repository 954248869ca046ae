"""Owners: the module of a network that computed a node of a graph.

Sums and activations of a layer's neurons are found in the graph. Other modules are known by their parameters: what
takes one is theirs. What lies between modules: see between.py.

>>> from autograd.order import topological_order
>>> from nn import MLP
>>> model = MLP(1, [2, 1], seed=0)
>>> y = model([1.0])
>>> owners = find_owners(topological_order(y), module_tree(model))
>>> owners[y]
('2', 'neuron0')
"""

from collections.abc import Sequence

import numpy as np

from autograd import Value
from nn import Layer, Module, Neuron
from nn.activations import name_of, takes_rows
from nn.applications import made_of, own_functions, users_of
from nn.module import is_array_of_leaves
from nn.sums import Sums, values_of, weighted_sums
from viz.graph.fold.between import ModulePath, Tree, add_between, common, parent_of


class RowFunction(Module):
    """An activation of a whole row, such as softmax, which folds into a box of its own beside the layer's neurons."""


def module_tree(model: Module) -> Tree:
    """The model and all modules below it, neurons of layers too, by their paths; parents come first."""
    if not isinstance(model, Module):
        raise TypeError(f"model is a Module of nn, got {model!r} of type {type(model).__name__}")
    paths: dict[str, ModulePath] = {}
    tree: Tree = {}
    for prefix, module in model.modules():
        parent = max((known for known in paths if prefix.startswith(known)), key=len, default="")
        paths[prefix] = path = (*paths[parent], prefix[len(parent) : -1]) if prefix else ()
        tree[path] = module
        if isinstance(module, Layer):
            tree.update({(*path, f"neuron{i}"): neuron for i, neuron in enumerate(module.neurons)})
            if takes_rows(module.activation):
                tree[*path, name_of(module.activation)] = RowFunction()
    return tree


def parameters_of(module: Module) -> list[Value]:
    """The parameters that the module itself holds; a layer's are held by its neurons."""
    if isinstance(module, Layer):
        return []
    arrays = [np.array(content, dtype=object) for _, content in module.contents() if is_array_of_leaves(content)]
    return [value for array in arrays for value in array.flat]


def find_owners(order: Sequence[Value], tree: Tree) -> dict[Value, ModulePath]:
    """The innermost module of each node that belongs to one, given the nodes in topological order.

    What joins several modules belongs to a Join, which the tree gets.
    """
    owners = {parameter: path for path, module in reversed(tree.items()) for parameter in parameters_of(module)}
    parameters = set(owners)
    add_layers(owners, order, tree)
    for node in order:
        values = values_of(node)
        taken = [owners[value] for value in values if value in parameters]
        if taken and len(taken) < len(node.operands) and not isinstance(parent_of(taken[0], tree), Layer):
            owners.setdefault(node, common(taken))
        elif len(values) == 1 and values[0] in owners and is_activation(node, tree[owners[values[0]]]):
            owners.setdefault(node, owners[values[0]])
    add_between(owners, order, tree)
    return owners


def add_layers(owners: dict[Value, ModulePath], order: Sequence[Value], tree: Tree) -> None:
    """Add what layers computed: the products, the sum and the activation of each neuron, for each sample."""
    users = users_of(order)
    found: dict[Layer, list[Sums]] = {}
    for sums in weighted_sums(order, tree[()]):
        found.setdefault(sums.layer, []).append(sums)
    for path, layer in [(path, module) for path, module in tree.items() if isinstance(module, Layer)]:
        for row in [row for sums in found.get(layer, ()) for row in sums.rows]:
            outputs = made_of(row, own_functions(layer.activation), users)
            for i, (total, output) in enumerate(zip(row, outputs, strict=True)):
                if total is None:
                    continue
                neuron = (*path, f"neuron{i}")
                owners[total] = neuron
                for product in total.operands:
                    if product.__class__ is not float and product.op is not None:
                        owners[product] = neuron
                if output is not None:
                    row_function = (*path, name_of(layer.activation))
                    owners.setdefault(output, row_function if row_function in tree else neuron)


def is_activation(node: Value, module: Module) -> bool:
    """Whether the node is a neuron's activation of its weighted sum."""
    if not isinstance(module, Neuron) or node.op is not module.activation:
        return False
    return any(operand is module.bias for operand in node.operands[0].operands)
