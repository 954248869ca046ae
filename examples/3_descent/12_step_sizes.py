"""Descent goes against the slope: where it is positive x becomes smaller, where it is negative larger.

One step of gradient descent on x² is x ← x - µ · 2x = (1 - 2µ) x: the step size µ decides everything.

µ = 0.4 makes x a fifth of itself each time. µ = 0.6 does, too, but jumps to the other side (zigzag). µ = 1.2
makes it -1.4 times as large: it diverges. To maximise f, minimise -f. `backstep plot descent "x**2" x=3 --lr 0.4 --lr 0.6
--lr 1.2 --steps 6 -o descent.png` draws the three paths.
"""

from autograd import Value, gradients
from nn import descend

for start in (3.0, -3.0):
    x = Value(start, "x")
    (slope,) = gradients(x**2, x)
    print(f"at {start:+g} the slope of x² is {slope:+g}, so a step of rate 0.1 is {-0.1 * slope:+.1f}")
for rate in (0.4, 0.6, 1.2):
    path = descend(lambda x: x**2, 3.0, lr=rate, steps=6)
    print(f"rate {rate}, factor {1 - 2 * rate:+.1f}:", *(f"{x:.5g}" for x in path))

top = descend(lambda x: -(5 - (x - 1) ** 2), 3.0, lr=0.4, steps=12)[-1]
print(f"the maximum of 5 - (x - 1)² is at x = {top:.4f}")

# prints
#
# at +3 the slope of x² is +6, so a step of rate 0.1 is -0.6
# at -3 the slope of x² is -6, so a step of rate 0.1 is +0.6
# rate 0.4, factor +0.2: 3 0.6 0.12 0.024 0.0048 0.00096 0.000192
# rate 0.6, factor -0.2: 3 -0.6 0.12 -0.024 0.0048 -0.00096 0.000192
# rate 1.2, factor -1.4: 3 -4.2 5.88 -8.232 11.525 -16.135 22.589
# the maximum of 5 - (x - 1)² is at x = 1.0000
