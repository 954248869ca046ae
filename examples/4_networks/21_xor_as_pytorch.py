"""XOR by a 2-10-10-10-1 network of sigmoids from PyTorch's own first weights: a long plateau, then the loss drops.

Course notes print losses in float32, to which float64 agrees on the plateau. After epoch 5204 the steps are too long for
some twenty epochs: the loss jumps above 1 near 5223, and every rounding error grows tenfold in two epochs. So digits at
5400 are nobody's: PyTorch prints 0.0097038 there in float32 and 0.0089788 in float64, arithmetic of 90 digits gives
0.0075268. Later all come together again: PyTorch in float64 ends at 1.5715e-4.
"""

import nn

NOTES = [0.6948983669281006, 0.693155825138092, 0.6931535005569458, 0.6931513547897339,
         0.693149209022522, 0.6931473016738892, 0.6931453943252563, 0.6931434278719788]  # fmt: skip
LATE = {5400: 0.009703822433948517, 5500: 0.005025677848607302, 5600: 0.0032926425337791443}

X, y = nn.datasets.gate("xor")
model = nn.MLP(2, [10, 10, 10, 1], activation="sigmoid", output="sigmoid", init="torch", seed=777)
history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=10_001)
for epoch, text in zip(range(0, 701, 100), NOTES, strict=True):
    loss = history.loss[epoch]
    print(f"epoch {epoch:5}  loss {loss:.6f}, the notes {text:.6f}, within 1e-6: {abs(loss / text - 1) < 1e-6}")
print("the largest loss after epoch 5204 is above 1:", max(history.loss[5205:5300]) > 1.0)
print("its epoch is near 5223:", abs(history.loss.index(max(history.loss[5205:5300])) - 5223) < 10)
for epoch, text in LATE.items():
    print(f"epoch {epoch:5}  within 10 % of the notes' {text:.7f}:", abs(history.loss[epoch] / text - 1) < 0.1)
print("epoch 10000  within 1 % of 1.5715e-4:", abs(history.loss[10_000] / 1.5715e-4 - 1) < 0.01)

# prints
#
# epoch     0  loss 0.694898, the notes 0.694898, within 1e-6: True
# epoch   100  loss 0.693156, the notes 0.693156, within 1e-6: True
# epoch   200  loss 0.693154, the notes 0.693154, within 1e-6: True
# epoch   300  loss 0.693151, the notes 0.693151, within 1e-6: True
# epoch   400  loss 0.693149, the notes 0.693149, within 1e-6: True
# epoch   500  loss 0.693147, the notes 0.693147, within 1e-6: True
# epoch   600  loss 0.693145, the notes 0.693145, within 1e-6: True
# epoch   700  loss 0.693144, the notes 0.693143, within 1e-6: True
# the largest loss after epoch 5204 is above 1: True
# its epoch is near 5223: True
# epoch  5400  within 10 % of the notes' 0.0097038: True
# epoch  5500  within 10 % of the notes' 0.0050257: True
# epoch  5600  within 10 % of the notes' 0.0032926: True
# epoch 10000  within 1 % of 1.5715e-4: True
