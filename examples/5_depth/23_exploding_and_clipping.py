"""Weights that are too large make gradients explode. Clipping bounds them before each step, by norm or by value.

Clipping by norm keeps the direction: all gradients are scaled by one factor. Clipping by value cuts each of them.
"""

import nn

X, y = nn.datasets.moons(40, seed=1)


def network():
    return nn.MLP(2, [8] * 8 + [1], "linear", init="normal", seed=0)


model = network()
loss = nn.mse_loss(model(X), y)
print("norms of ∂J/∂W:", *(f"{layer.grad_w:.0e}" for layer in model.report(loss).layers))
loss.backward()
before = nn.clip_grad_norm_(model.parameters(), 1.0)
after = sum(p.grad**2 for p in model.parameters()) ** 0.5
print(f"loss {loss:.2e}; norm of the gradient {before:.2e}, after clipping by norm {after:.4f}")
nn.clip_grad_value_(model.parameters(), 0.01)
print(f"after clipping by value the largest is {max(abs(p.grad) for p in model.parameters()):.4f}")
for finding in model.report(loss).findings:  # a report touches no .grad
    print(finding.text)

for clip in (None, 1.0):
    model = network()
    try:
        history = nn.fit(
            model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), lr=0.01), epochs=200, clip_norm=clip
        )
        print(f"clip_norm={clip}: loss {history.loss[0]:.1e} → {history.loss[-1]:.1e}")
    except FloatingPointError as error:
        print(f"clip_norm={clip}:", str(error).partition(":")[0])

# prints
#
# norms of ∂J/∂W: 4e+06 7e+06 5e+06 4e+06 4e+06 4e+06 4e+06 7e+06 5e+06
# loss 1.46e+06; norm of the gradient 1.46e+07, after clipping by norm 1.0000
# after clipping by value the largest is 0.0100
# the forward pass explodes: from layer to layer the numbers grow by 2.41, from 0.826 to 933, because of the weights, about 1.06 in layer 1 (0), 0.994 in layer 2 (2), 1.02 in layer 3 (4), 1.02 in layer 4 (6), …
# the gradient explodes on its way back: ∂J/∂Z grows from layer to layer by 2.53, from 382 in layer 9 (16) to 631884 in layer 1 (0), because of the weights, about 0.994 in layer 2 (2), 1.02 in layer 3 (4), 1.02 in layer 4 (6), 0.921 in layer 5 (8), …; in a layer they make it 2.53 times as large
# clip_norm=None: the loss is nan in epoch 2; the first value that is not finite is the result of mul, -inf
# clip_norm=1.0: loss 1.5e+06 → 1.2e+03
