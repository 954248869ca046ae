"""Writes tests/torch_reference.json: what PyTorch computes, for tests that run without it. By hand: needs torch (CPU)."""

import json
import math
import random
from pathlib import Path

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
random.seed(0)


def draw(count, bound=3.0):
    return [random.uniform(-bound, bound) for _ in range(count)]


def gradient(f, values):
    x = torch.tensor(values, requires_grad=True)
    y = f(x)
    (y if y.ndim == 0 else y.sum()).backward()
    return y.detach().tolist(), x.grad.tolist()


def losses():
    p, y = [*draw(6), 1e4, -1e4, 0.0], [*draw(6), 1.0, 2.0, 0.0]
    q, yq = (
        [random.random() for _ in range(6)] + [0.0, 1.0, 0.0, 1.0],
        [0.0, 1.0, 0.3, 1.0, 0.0, 0.7, 0.0, 1.0, 1.0, 0.0],
    )
    x, yx = [*draw(6, 5), 1e4, -1e4, 40.0, 1e4], [0.0, 1.0, 0.3, 1.0, 0.0, 0.7, 0.0, 1.0, 1.0, 1.0]
    rows, classes = [draw(4) for _ in range(5)] + [[1e4, -1e4, 0.0, 1e4], [2.0] * 4], [0, 3, 1, 2, 2, 1, 0]
    shares = torch.softmax(torch.tensor([draw(4) for _ in range(7)]), 1).tolist()
    signs = [1, -1, 1, 1, -1, -1, 1, -1, 1]
    cases = [
        ("mse_loss", p, y, F.mse_loss),
        ("l1_loss", p, y, F.l1_loss),
        ("huber_loss", p, y, F.huber_loss),
        ("binary_cross_entropy", q, yq, F.binary_cross_entropy),
        ("binary_cross_entropy_with_logits", x, yx, F.binary_cross_entropy_with_logits),
        ("cross_entropy", rows, classes, F.cross_entropy),
        ("cross_entropy", rows, shares, F.cross_entropy),
        ("nll_loss", rows, classes, F.nll_loss),
        ("hinge_loss", p, signs, lambda a, b: torch.relu(1 - a * b).mean()),
    ]
    return [[name, a, b, *gradient(lambda t, b=b, f=f: f(t, torch.tensor(b)), a)] for name, a, b, f in cases]


def activations():
    points = [*draw(8, 4), 0.0, -0.0, 30.0, -30.0]
    functions = {
        "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "leaky_relu": F.leaky_relu, "elu": F.elu,
        "gelu": F.gelu, "softplus": lambda t: F.softplus(t, threshold=1000),
    }  # fmt: skip
    return {name: [points, *gradient(f, points)] for name, f in functions.items()}


def optimizers():
    cases = [
        ("SGD", {"lr": 0.1}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
        ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
        ("Adagrad", {"lr": 0.1, "weight_decay": 0.01}),
        ("RMSprop", {"lr": 0.01}),
        ("RMSprop", {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.1, "alpha": 0.9, "eps": 1e-3}),
        ("Adam", {"lr": 0.1}),
        ("Adam", {"lr": 0.1, "weight_decay": 0.1, "betas": [0.8, 0.99], "eps": 1e-2}),
        ("AdamW", {"lr": 0.1}),
        ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "eps": 0.1}),
    ]
    results = []
    for name, options in cases:
        w = torch.tensor([1.5, -2.0], requires_grad=True)
        optimizer = getattr(torch.optim, name)([w], **options)
        for _ in range(100):
            optimizer.zero_grad()
            ((w[0] * w[1] - 1) ** 2 + torch.sin(w[0] * 3) + w[1] ** 2).backward()
            optimizer.step()
        results.append([name, options, w.tolist()])
    return results


def clipping():
    results = []
    for grads in ([3.0, -4.0, 12.0], [0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0]):
        for limit in (1.0, 100.0, 0.0):
            w = torch.zeros(len(grads), requires_grad=True)
            w.grad = torch.tensor(grads)
            norm = torch.nn.utils.clip_grad_norm_([w], limit).item()
            results.append([grads, limit, norm, w.grad.tolist()])
    return results


def schedules():
    results = {}
    for name, make in {
        "step_decay": lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5),
        "exponential_decay": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
        "cosine_decay": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10),
    }.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        schedule = make(optimizer)
        rates = []
        for _ in range(10):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        results[name] = rates
    return results


def batch_norm():
    X = [draw(3) for _ in range(5)]
    norm = torch.nn.BatchNorm1d(3)
    for _ in range(3):
        norm.zero_grad()
        x = torch.tensor(X, requires_grad=True)
        output = norm(x)
        (output**3).sum().backward()
    state = {key: tensor.tolist() for key, tensor in norm.state_dict().items()}
    train = output.tolist(), x.grad.tolist(), norm.weight.grad.tolist()
    return {"X": X, "train": train, "state": state, "eval": norm.eval()(torch.tensor(X)).tolist()}


def first_weights():
    torch.manual_seed(777)
    net = torch.nn.Sequential(
        *(torch.nn.Linear(a, b, dtype=torch.float32) for a, b in ((2, 10), (10, 10), (10, 10), (10, 1)))
    )
    linear = [tensor.tolist() for tensor in net.state_dict().values()]
    results = {"torch": linear}
    for name, function in {
        "xavier_uniform": torch.nn.init.xavier_uniform_,
        "he_uniform": lambda t: torch.nn.init.kaiming_uniform_(t, nonlinearity="relu"),
        "uniform": lambda t: torch.nn.init.uniform_(t, -1, 1),
    }.items():
        torch.manual_seed(3)
        results[name] = function(torch.empty(7, 5, dtype=torch.float32)).tolist()
    return results


def xor():
    """Losses of the course's 2-10-10-10-1 network of sigmoids on XOR, each hundredth up to epoch 5200."""
    torch.manual_seed(777)
    parts = []
    for a, b in ((2, 10), (10, 10), (10, 10), (10, 1)):
        parts += [torch.nn.Linear(a, b, dtype=torch.float32).double(), torch.nn.Sigmoid()]
    net = torch.nn.Sequential(*parts)
    X, y = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    optimizer, printed = torch.optim.SGD(net.parameters(), lr=1.0), []
    for epoch in range(5201):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        if epoch % 100 == 0:
            printed.append(loss.item())
    return printed


if __name__ == "__main__":
    makers = (losses, activations, optimizers, clipping, schedules, batch_norm, first_weights, xor)
    reference = {"torch": torch.__version__, **{make.__name__: make() for make in makers}}
    path = Path(__file__).parent.parent / "nn" / "torch_reference.json"
    path.write_text(json.dumps(reference).replace("], [", "],\n["), encoding="utf-8")
