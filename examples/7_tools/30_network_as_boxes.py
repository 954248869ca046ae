"""A network as layers, as neurons, as operations: modules fold into boxes, and `expand` opens them (mlp.svg is written)."""

import nn
import viz
from autograd import Value, square

model = nn.MLP(2, [4, 3, 1], activation="tanh", seed=1)
loss = square(model([Value(0.5, "x1"), Value(-1.0, "x2")]) - 1.0)
loss.name = "loss"
loss.backward()
for expand in ("model", "layers", "2.neuron1", "neurons"):
    print(f"{expand}: {viz.draw(loss, model=model, expand=expand)}")
viz.draw(loss, engine="builtin", model=model, expand="layers").save("mlp.svg")

# prints
#
# model: <Drawing of loss: 7 nodes>
# layers: <Drawing of loss: 12 nodes>
# 2.neuron1: <Drawing of loss: 19 nodes>
# neurons: <Drawing of loss: 73 nodes>
