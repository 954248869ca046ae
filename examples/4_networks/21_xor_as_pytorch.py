"""XOR by a 2-10-10-10-1 network of sigmoids from PyTorch's own first weights: a long plateau, then the loss drops.

Course notes print, in float32: 0: 0.694898, 100: 0.693156, 200: 0.693154, ..., 5400: 0.009704, 5500: 0.005026. After epoch
5204 the steps are too long for some twenty epochs: the loss jumps above 1 near 5223, and every rounding error grows
tenfold in two epochs. So digits at 5400 are nobody's: PyTorch prints 0.008979 there in float64, arithmetic of 90 digits gives
0.007527. Later all come together again: PyTorch in float64 ends at 0.00015715.
"""

import nn

X, y = nn.datasets.gate("xor")
model = nn.MLP(2, [10, 10, 10, 1], activation="sigmoid", output="sigmoid", init="torch", seed=777)
history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=10_001)
for epoch in range(0, 701, 100):
    print(f"epoch {epoch:5}  loss {history.loss[epoch]:.6f}")
print("the largest loss after epoch 5204 is above 1:", max(history.loss[5205:5300]) > 1.0)
print("its epoch is near 5223:", abs(history.loss.index(max(history.loss[5205:5300])) - 5223) < 10)
for epoch, text in ((5400, 0.009704), (5500, 0.005026), (5600, 0.003293)):
    print(f"epoch {epoch:5}  within 10 % of {text}:", abs(history.loss[epoch] / text - 1) < 0.1)
print("epoch 10000  within 1 % of 0.00015715:", abs(history.loss[10_000] / 1.5715e-4 - 1) < 0.01)

# prints
#
# epoch     0  loss 0.694898
# epoch   100  loss 0.693156
# epoch   200  loss 0.693154
# epoch   300  loss 0.693151
# epoch   400  loss 0.693149
# epoch   500  loss 0.693147
# epoch   600  loss 0.693145
# epoch   700  loss 0.693144
# the largest loss after epoch 5204 is above 1: True
# its epoch is near 5223: True
# epoch  5400  within 10 % of 0.009704: True
# epoch  5500  within 10 % of 0.005026: True
# epoch  5600  within 10 % of 0.003293: True
# epoch 10000  within 1 % of 0.00015715: True
