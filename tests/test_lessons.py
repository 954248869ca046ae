"""The course shows the numbers that introductions to neural networks are full of, row by row, and tells where they err.

That the programs print what their comments say is checked in test_course.py; here it is what the comments say.
"""

import re

import pytest

from tests.course import parted, programs

LESSONS = {path.stem[:2]: parted(path) for path in programs()}

# Each row: the number of the program, and what it prints, in this order.
ROWS = {
    "S1": ("03", "q = x + y = -2 + 5 = 3", "f = q * z = 3 * (-4) = -12", "= -4", "× ∂(x + y)/∂x = -4 × 1", "-4.0 -4.0 3.0",
           "values above the wires, gradients below: product.svg"),
    "S2, the table": ("06", "exp(x) → exp(x); 1/x → -1 / x ** 2; a*x → a; x + c → 1"),
    "S2, two digits": ("06", "1.37 forward", "-0.53", "-0.20", "-0.39 -0.59", "0.39"),
    "S2, gate by gate": ("06", "f = 0.731058578630", "dw0 = -0.196611933 dx0 = 0.393223866 dw1 = -0.393223866",
                         "dx1 = -0.589835800 dw2 = 0.196611933", "as one gate: f = 0.731058578630", "dw0 = -0.196611933"),
    "S3, the plateau": ("21", *(f"epoch {n:5}  loss {loss}, the notes {text}, within 1e-6: True" for n, loss, text in (
        (0, "0.694898", "0.694898"), (100, "0.693156", "0.693156"), (200, "0.693154", "0.693154"),
        (300, "0.693151", "0.693151"), (400, "0.693149", "0.693149"), (500, "0.693147", "0.693147"),
        (600, "0.693145", "0.693145"), (700, "0.693144", "0.693143")))),
    "S3, the end": ("21", "above 1: True", "5223: True", "5400  within 10 % of the notes' 0.0097038: True", "0.0050257: True",
                    "0.0032926: True", "10000  within 1 % of 1.5715e-4: True"),
    "S4, by hand": ("09", "0  0    0   0     1    0", "0  1    0   1     1    1", "1  0    0   1     1    1",
                    "1  1    1   1     0    0", "AND: threshold 0.7, bias -0.7"),
    "S4, learned": ("10", "and  errors per epoch 1 3 3 2 1 0", "in the middle 2.5: 0 0 0 1", "or   errors per epoch 1 2 1 0",
                    "0 1 1 1", "nand errors per epoch 2 3 3 2 1 0", "1 1 1 0", "[-1, -1, -1, 1]", "4 4 4 4",
                    "90 to 99 4 4 4 4 4 4 4 4 4 4", "loss 0.693147, answers 0.50 0.50 0.50 0.50"),
    "S4, a step": ("11", "step     hidden weights moved by at most 0,"),
    "S5": ("08", "step ", "sigmoid ", "tanh ", "ReLU ", "leaky ReLU          -0.020, slope 0.010", "parametric ReLU", "ELU ",
           "maxout", "the steepest slope of the sigmoid: 0.25", "softmax"),
    "S6, forward": ("19", "0.42386886 0.57613114", "0.41693534 0.58306466", "0.42093025 0.57906975",
                    "0.41473504 0.58526496"),
    "S6, training": ("19", "sum, rate 0.1: 2.827223", "2.771695", "4 ln 2 = 2.7726", "the same losses: True",
                     "mean, rate 0.4: 0.706806", "both columns 5.654446, of one 2.827223"),
    "S7": ("16", "mse_loss", "l1_loss", "binary_cross_entropy", "logit -1000: 1000.0000", "cross-entropy of three classes"),
    "S8, rates": ("12", "factor +0.2: 3 0.6 0.12 0.024", "factor -0.2: 3 -0.6 0.12 -0.024",
                  "factor -1.4: 3 -4.2 5.88 -8.232", "maximum of 5 - (x - 1)² is at x = 1.0000"),
    "S8, Newton": ("13", "bowl: after 1 steps", "Rosenbrock: after 6 steps at (1.000000, 1.000000)",
                   "saddle: after 1 steps at (0.000000, 0.000000)"),
    "S9, valleys": ("15", "-2.0: x = -1.3008, f = -3.5139", "-0.1: x = -1.3008", "0.5: x = 1.1309, f = -1.0702",
                    "2.0: x = 1.1309", "momentum 0.9: x = -1.3008"),
    "S9, saddle": ("15", "(1, 0): (0.000002, 0.000000)", "(1, 1e-06): (0.000002, 0.056348)", "[0.0, 0.0]", "[2.0, -2.0]"),
    "S9, convex": ("14", "mse(p), target 1: second derivative 2.000", "mse(sigmoid(w)), target 1: second derivative -0.119"),
    "S10, ten in a row": ("22", "dy/dx = 3.5e-07; slopes from 0.22 to 0.24", "layer 1: |dJ/dW| 4.9e-06", "1.1e-01"),
    "S10, exploding": ("23", "norms of ∂J/∂W: 4e+06", "norm of the gradient 1.46e+07, after clipping by norm 1.0000"),
    "S10, cures": ("24", "4.9e-06 → 1.1e-01   loss 0.693, stuck", "1.5e-02 → 3.5e-02   loss 0.090", "1.8e-01 → 2.2e-01",
                   "2.7e-02 → 2.0e-01   loss 0.06"),
    "S11, batches": ("25", "  1:  80 updates an epoch, loss 0.023", " 16:   5 updates an epoch, loss 0.270",
                     "all:   1 updates an epoch, loss 0.387"),
    "S11, optimisers": ("26", "momentum", "Nesterov", "Adagrad", "RMSprop", "Adam"),
    "S12, penalty": ("27", "0.0: sum of squared weights  104,", "0.001: sum of squared weights   60,",
                     "0.1: sum of squared weights 0.96,"),
    "S12, search": ("28", "grid", "lr", "drawn", "lr", "hidden", "epochs", "batch_size", "l2", "on the third part"),
    "S13": ("01", "secant 5,", "4.1,", "4.01,", "4.0001,", "4.000001,", "3.99999998,", "4.0003556,", "4.0"),
    "S13, rules": ("02", "-1.665", "3.637 = 1.973", "so f' = 1.973", "backward finds -2.6146", "(4.0, 13.0)"),
    "S14": ("18", "dJ/dZ2", "0.105967", "-0.145766", "-0.144767", "0.103684", "dJ/dA2", "dJ/dZ1",
            "-0.002349 -0.002267 -0.002178", "dJ/dW1", "0.001252  0.001300  0.001313", "0.000887  0.000907  0.000912",
            "by hand the same: True"),
    "S15": ("29", "sigmoid", "tanh", "relu"),
    "Mazur": ("20", "0.298371109 → 0.291027774", "0.298371109 → 0.280471447"),
}  # fmt: skip

# What the texts say otherwise, and the program that says it as it is.
ERRORS = {
    "the first row of S6": ("19", r"notes print 0\.525 0\.475 for the first row; their own weights give 0\.424 0\.576"),
    "rates and losses of S6": ("19", r"Their text and their code name different rates and losses"),
    "a saddle's gradient": ("15", r'the whole gradient is 0, not "in some directions only"'),
    "a slope of -4": ("03", r'"each unit of q lowers f four times".* lowers f once, by 4'),
    "gates and perceptrons": ("09", r'one perceptron "consists of" XOR gates, it is the other way round'),
    "Newton": ("13", r'"slow but more accurate", as some notes say, fits neither'),
    "convex in what": ("14", r'squared error and cross-entropy "convex" should say in what'),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_shown(row):
    number, *shown = ROWS[row]
    rest = LESSONS[number][2]
    for text in shown:
        assert text in rest, (number, text)
        rest = rest[rest.index(text) + len(text) :]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_the_texts_is_told(error):
    number, told = ERRORS[error]
    assert re.search(told, " ".join(LESSONS[number][0].split()))


def test_every_row_has_its_program():
    assert {re.match(r"S\d+|Mazur", row)[0] for row in ROWS} == {*(f"S{n}" for n in range(1, 16)), "Mazur"}
