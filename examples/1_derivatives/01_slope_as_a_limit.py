"""A derivative is the slope of a secant whose second point comes ever nearer: (f(x + h) - f(x)) / h as h goes to 0.

On a computer h must not be too small: at 1e-12 so few digits of the difference are left that the slope is worse than
at 1e-8. Backpropagation takes no difference at all, so its slope is exact.
"""

from autograd import Value, gradients


def f(x):
    return x * x


exact = gradients(f(x := Value(2.0, "x")), x)[0]
for h in (1, 0.1, 0.01, 1e-4, 1e-6, 1e-8, 1e-12):
    secant = (f(2.0 + h) - f(2.0)) / h
    print(f"h = {h:<6g} slope of the secant {secant:.9g}, off by {abs(secant - exact):.0e}")
print("the derivative of x² at 2:", exact)

# prints
#
# h = 1      slope of the secant 5, off by 1e+00
# h = 0.1    slope of the secant 4.1, off by 1e-01
# h = 0.01   slope of the secant 4.01, off by 1e-02
# h = 0.0001 slope of the secant 4.0001, off by 1e-04
# h = 1e-06  slope of the secant 4.000001, off by 1e-06
# h = 1e-08  slope of the secant 3.99999998, off by 2e-08
# h = 1e-12  slope of the secant 4.0003556, off by 4e-04
# the derivative of x² at 2: 4.0
