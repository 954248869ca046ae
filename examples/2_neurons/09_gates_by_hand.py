"""AND, OR and NAND are perceptrons with weights set by hand; XOR is made of three of them, in two layers.

A perceptron fires where w1 x1 + w2 x2 is above a threshold θ: that is a bias of -θ. No line parts XOR's points, so one
perceptron cannot be XOR: AND(NAND, OR) can. Where notes say that one perceptron "consists of" XOR gates, it is the other
way round: an XOR gate consists of perceptrons.
"""

from nn import Perceptron

AND = Perceptron(2, [0.5, 0.5], threshold=0.7)
OR = Perceptron(2, [0.5, 0.5], bias=-0.2)
NAND = Perceptron(2, [-0.5, -0.5], bias=0.7)

print("x1 x2  AND  OR  NAND  XOR")
for x in ([0, 0], [0, 1], [1, 0], [1, 1]):
    a, o, n = (int(gate(x).data) for gate in (AND, OR, NAND))
    xor = int(AND([n, o]).data)
    print(f"{x[0]:2} {x[1]:2} {a:4} {o:3} {n:5} {xor:4}")
for name, gate in {"AND": AND, "OR": OR, "NAND": NAND}.items():
    print(f"{name}: threshold {gate.threshold:g}, bias {gate.bias:g}")

# prints
#
# x1 x2  AND  OR  NAND  XOR
#  0  0    0   0     1    0
#  0  1    0   1     1    1
#  1  0    0   1     1    1
#  1  1    1   1     0    0
# AND: threshold 0.7, bias -0.7
# OR: threshold 0.2, bias -0.2
# NAND: threshold -0.7, bias 0.7
