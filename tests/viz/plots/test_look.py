"""What a plot looks like: no text is cut or lies on another one, whatever is drawn; lines differ without their colours."""

import itertools
import math

import numpy as np
import pytest

import nn
import viz
from viz.plots.axes import image

FigureCanvasAgg = pytest.importorskip("matplotlib.backends.backend_agg").FigureCanvasAgg

X, Y = nn.datasets.moons(60, seed=1)
LONG = nn.History(
    loss=[0.9 * 0.93**i for i in range(100)],
    validation=[0.95 * 0.94**i for i in range(100)],
    metrics={"accuracy": [i / 100 for i in range(100)], "recall": [0.5] * 100},
    gradients={str(i): [10.0**-i, 0.5 * 10.0**-i] * 50 for i in range(12)},
)


def well(x):
    return x**4 - 3 * x**2 + x


def bowl(x, y):
    return x**2 + 10 * y**2


def saddle(x, y):
    return x**2 - y**2


def rates(f, start, *lrs, steps=6):
    return {f"lr {lr}": viz.descend(f, start, lr, steps) for lr in lrs}


def square(x):
    return x**2


PLOTS = {
    "step": lambda: viz.plot_activation("step"),
    "softmax": lambda: viz.plot_activation("softmax"),
    "exp": lambda: viz.plot_activation("exp"),
    "several activations": lambda: viz.plot_activation(["sigmoid", "tanh", "relu", "leaky_relu", "elu", "step"]),
    "history": lambda: viz.plot_history(LONG),
    "histories": lambda: viz.plot_history({"a": LONG, "b": nn.History(loss=[0.4, 0.5, 0.3])}),
    "plateau": lambda: viz.plot_history(nn.History(loss=[0.69315 + 1e-6 * i for i in range(60)])),
    "norms": lambda: viz.plot_gradient_norms(LONG),
    "depth": lambda: viz.plot_gradient_norms(LONG, epochs=[0, 99]),
    "data": lambda: viz.plot_data(X, Y),
    "many classes": lambda: viz.plot_data(np.arange(18.0).reshape(9, 2), np.arange(9)),
    "oblong data": lambda: viz.plot_data([[0.0, 0.0], [1000.0, 1.0]], [0, 1]),
    "boundary": lambda: viz.plot_decision_boundary(nn.MLP(2, [3, 1], output="sigmoid", seed=0), X, Y, resolution=30),
    "perceptron": lambda: viz.plot_decision_boundary(nn.Perceptron(2).fit(*nn.datasets.gate("and")), *nn.datasets.gate("and")),
    "three rates": lambda: viz.plot_descent(square, rates(square, 3.0, 0.4, 0.6, 1.2)),
    "starts": lambda: viz.plot_descent(well, {f"from {x}": viz.descend(well, x, 0.02, 40) for x in (-2.0, -0.1, 0.5, 2.0)}),
    "map": lambda: viz.plot_descent(bowl, rates(bowl, (3.0, 1.0), 0.03, 0.09)),
    "saddle": lambda: viz.plot_descent(saddle, rates(saddle, (1.0, 0.01), 0.1, steps=25)),
    "diverging": lambda: viz.plot_descent(square, viz.descend(square, 3.0, 1.2, 300)),
    "tiny": lambda: viz.plot_descent(lambda x: 1e-30 * x**2, [1e-3, 5e-4]),
    "huge": lambda: viz.plot_descent(lambda x: 1e30 * x**2, [1e3, 5e2]),
    "not finite": lambda: viz.plot_descent(lambda x: 1 / x, [-1.0, 0.0, 1.0]),
    "newton": lambda: viz.plot_newton(well, 2.0),
    "newton on a map": lambda: viz.plot_newton(saddle, (1.0, 0.5)),
    "secants": lambda: viz.plot_secants(square, 2.0),
    "chord": lambda: viz.plot_convexity(well, -2.0, 2.0),
    "attention": lambda: viz.plot_attention(nn.CausalAttention(8, 4, seed=0).weights(np.eye(5, 8).tolist()), ["<", *"anna"]),
    "attention of one head": lambda: viz.plot_attention(nn.CausalAttention(8, seed=0).weights(np.eye(16, 8).tolist())),
    "surface": lambda: viz.plot_surface(saddle, path=viz.descend(saddle, (1.0, 0.1), 0.1, 10)),
}  # fmt: skip


@pytest.fixture(scope="module", params=PLOTS.values(), ids=PLOTS.keys())
def plot(request):
    """Each of the plots, for all tests that look at it."""
    return request.param()


def texts_of(figure, renderer):
    """All texts that can be seen, with their boxes in pixels."""
    for text in figure.findobj(lambda artist: hasattr(artist, "get_text") and hasattr(artist, "get_fontsize")):
        if text.get_text().strip() and text.get_visible():
            yield text, text.get_window_extent(renderer)


def test_no_text_is_cut_or_lies_on_another_one(plot):
    image(plot, "png")
    figure = plot.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    everywhere = figure.bbox
    hidden = {*not_drawn(figure)}
    shown = [(text, box) for text, box in texts_of(figure, renderer) if text not in hidden]
    assert len(shown) > 4
    for text, box in shown:
        inside = everywhere.x0 - 1 <= box.x0 and box.x1 <= everywhere.x1 + 1
        assert inside and everywhere.y0 - 1 <= box.y0 and box.y1 <= everywhere.y1 + 1, text.get_text()  # noqa: PT018
    for (one, a), (other, b) in itertools.combinations(shown, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        tall = min(a.y1, b.y1) - max(a.y0, b.y0)
        rotated = one.get_rotation() % 90 or other.get_rotation() % 90  # a label on a contour: its box is too large
        assert wide < 2 or tall < 2 or rotated, (one.get_text(), other.get_text())


def not_drawn(figure):
    """The labels of ticks outside of the view; and all of a plot in space, which places them as it is drawn."""
    for ax in figure.findobj(lambda artist: hasattr(artist, "get_xlim")):
        for line, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            low, high = sorted(limits)
            margin = 1e-6 * (high - low)
            for tick in (*line.get_major_ticks(), *line.get_minor_ticks()):
                if ax.name == "3d" or not low - margin <= tick.get_loc() <= high + margin:
                    yield from (tick.label1, tick.label2)
        if ax.name == "3d":
            yield from (label for tick in ax.zaxis.get_major_ticks() for label in (tick.label1, tick.label2))


def test_axes_have_names_and_lines_differ_without_their_colours(plot):
    for ax in plot.figure.axes:
        if ax.get_xlim() and ax.xaxis.get_visible() and not ax.get_label().startswith(("inset", "<colorbar>")):
            assert ax.get_xlabel() or ax.get_ylabel()
        looks = [
            (str(line._unscaled_dash_pattern), line.get_marker(), line.get_linewidth(), line.get_color())
            for line in ax.get_lines()
            if not line.get_label().startswith("_")
        ]
        without_colours = [look[:3] for look in looks]
        assert len(set(without_colours)) == len(set(looks)), looks


def test_ticks_of_a_logarithmic_scale_are_numbers_as_people_write_them():
    from viz.plots.axes import axes_or_new, logarithmic

    for numbers, expected in (
        ([0.9, 0.002, 0.5], {"0.5", "0.2", "0.02", "0.005"}),
        ([1.0, 1e-6], {"1", "0.01", "1e-6"}),
        ([2.0, 300.0], {"5", "20", "100"}),
    ):
        ax = axes_or_new(None, "", "", "")
        ax.plot(numbers)
        logarithmic(ax, numbers)
        ax.figure.draw_without_rendering()
        written = {label.get_text() for label in ax.get_yticklabels(which="both")} - {""}
        assert expected <= written
        assert not any("$" in text or "times" in text for text in written)


def test_an_infinite_loss_does_not_break_a_plot():
    for losses in ([math.inf, 1.0, 0.5], [math.nan] * 3, [-0.0, 0.0], [1e-30, 1e30]):
        assert image(viz.plot_history({"a": nn.History(loss=losses), "b": nn.History(loss=[1.0])}), "png")
