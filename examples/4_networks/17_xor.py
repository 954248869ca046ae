"""XOR, learned by 8 hidden neurons: the loop is written by hand, every number in it can be looked at."""

from nn import MLP, SGD, binary_cross_entropy

samples = [(0, 0), (0, 1), (1, 0), (1, 1)]
targets = [0, 1, 1, 0]

model = MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
optimizer = SGD(model.parameters(), lr=1.0)

for epoch in range(301):
    optimizer.zero_grad()
    loss = binary_cross_entropy([model(x) for x in samples], targets)
    loss.backward()
    if epoch % 100 == 0:
        print(f"epoch {epoch:3d}  loss {loss:.4f}")
    optimizer.step()

for x, target in zip(samples, targets, strict=True):
    print(x, "should be", target, "and is", f"{model(x):.4f}")

# prints
#
# epoch   0  loss 0.7355
# epoch 100  loss 0.0338
# epoch 200  loss 0.0104
# epoch 300  loss 0.0058
# (0, 0) should be 0 and is 0.0025
# (0, 1) should be 1 and is 0.9929
# (1, 0) should be 1 and is 0.9949
# (1, 1) should be 0 and is 0.0082
