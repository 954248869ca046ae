"""The plots: what is drawn, on whose axes, with no global state; and the text chart for those without matplotlib."""

import math
import sys

import numpy as np
import pytest

import nn
from autograd import square
from nn import descend
from viz.plots.activations import plot_activation
from viz.plots.axes import image
from viz.plots.curves import plot_gradient_norms, plot_history
from viz.plots.functions import plot_convexity, plot_secants
from viz.plots.landscapes import plot_descent, plot_newton
from viz.plots.planes import plot_data, plot_decision_boundary, predict_grid
from viz.plots.surfaces import plot_surface
from viz.terminal.chart import chart

pyplot = pytest.importorskip("matplotlib.pyplot")

X, Y = nn.datasets.moons(40, seed=1)


def trained(activation="tanh", hidden=(5,), epochs=4, **options):
    model = nn.MLP(2, [*hidden, 1], activation, "sigmoid", seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.5)
    return model, nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=optimizer, epochs=epochs, **options)


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.fixture
def history():
    return trained(metrics={"accuracy": nn.accuracy}, validation=(X, Y))[1]


ALL = {
    "activation": lambda ax: plot_activation("relu", ax),
    "history": lambda ax: plot_history(nn.History(loss=[1.0, 0.5]), ax),
    "norms": lambda ax: plot_gradient_norms(nn.History(gradients={"0": [1.0, 0.5]}), ax),
    "depth": lambda ax: plot_gradient_norms(nn.History(gradients={"0": [1.0, 0.5]}), ax, epochs=[1]),
    "boundary": lambda ax: plot_decision_boundary(nn.MLP(2, [1], seed=0), X, Y, ax, resolution=9),
    "curve": lambda ax: plot_descent(square, [1.0, 0.5], ax),
    "data": lambda ax: plot_data(X, Y, ax),
    "several": lambda ax: plot_activation(["sigmoid", "tanh", "relu", "step"], ax),
    "secants": lambda ax: plot_secants(square, 2.0, ax=ax),
    "convexity": lambda ax: plot_convexity(lambda x: x**4 - 3 * x**2 + x, -2.0, 2.0, ax),
    "newton": lambda ax: plot_newton(lambda x: x**4 - 3 * x**2 + x, 2.0, ax=ax),
    "contours": lambda ax: plot_descent(lambda x, y: x * y, [(1.0, 0.5), (0.5, 0.0)], ax),
}


@pytest.mark.parametrize("plot", ALL.values(), ids=ALL.keys())
def test_axes_are_taken_and_returned(plot):
    figure, axes = pyplot.subplots(1, 2)
    assert plot(axes[1]) is axes[1]
    assert not axes[0].lines
    assert not axes[0].collections
    pyplot.close(figure)


@pytest.mark.parametrize("plot", ALL.values(), ids=ALL.keys())
def test_new_axes_are_nobody_elses_and_the_bytes_are_the_same_twice(plot):
    settings = dict(pyplot.rcParams)
    one, other = plot(None), plot(None)
    for suffix, signature in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        first, second = image(one, suffix), image(other, suffix)
        assert first.startswith(signature)
        assert first == second
    assert pyplot.get_fignums() == []
    assert dict(pyplot.rcParams) == settings


def test_pyplot_is_not_imported(python):
    program = "import sys, viz; viz.plot_activation('tanh'); viz.plot_descent(lambda x: x*x, [1.0, 0.5]); print('matplotlib.pyplot' in sys.modules)"
    assert python(program).stdout == "False\n"
    assert (
        python("import sys, viz.plots.curves, viz.plots.planes; print('matplotlib' in sys.modules)").stdout == "False\n"
    )


def test_a_plot_shows_itself_in_a_notebook_and_is_saved_as_ever(tmp_path):
    ax = plot_activation("tanh")
    assert ax._repr_png_().startswith(b"\x89PNG")
    ax.figure.savefig(tmp_path / "tanh.png")
    assert (tmp_path / "tanh.png").stat().st_size > 5000


@pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "maxout", "softmax", "linear"])  # fmt: skip
def test_every_activation_of_the_lessons_with_its_derivative(name):
    ax = plot_activation(name)
    value, slope = (line for line in ax.get_lines() if line.get_linewidth() > 2)
    x, z, dz = value.get_xdata(), value.get_ydata(), slope.get_ydata()
    assert (x[0], x[-1]) == (-5.0, 5.0)
    numeric = (z[2:] - z[:-2]) / (x[2:] - x[:-2])
    smooth = np.abs(np.diff(dz)) < 0.05
    smooth = smooth[1:] & smooth[:-1] & np.isfinite(numeric) & np.isfinite(z[1:-1])
    assert smooth.sum() > 900
    assert np.allclose(numeric[smooth], dz[1:-1][smooth], atol=6e-3)


def test_an_activation_tells_its_steepest_slope_and_where_it_is_flat():
    assert labels(plot_activation("sigmoid")) == ["sigmoid(x)", "derivative ≤ 0.25", "flat: slope < 0.01"]
    assert labels(plot_activation("softmax"))[:3] == ["2nd", "3rd", "1st of softmax(x, 0, 1)"]
    assert labels(plot_activation("prelu"))[0] == "prelu(x), slope 0.25 at first"
    assert labels(plot_activation(lambda x: x * x))[1] == "derivative ≤ 10"
    relu = plot_activation("relu")
    (shade,) = relu.collections
    assert shade.get_paths()[0].get_extents().x1 == pytest.approx(0.0, abs=0.02)
    assert np.isnan(lines(plot_activation("step"))["step(x)"].get_ydata()).sum() == 1, "no line at the jump"
    log = plot_activation("log")
    assert np.isnan(lines(log)["log(x)"].get_ydata()[:400]).all()
    assert max(map(abs, log.get_ylim())) <= 10.0
    assert labels(plot_activation("log_softmax"))[:3] == ["2nd", "3rd", "1st of log_softmax(x, 0, 1)"]
    with pytest.raises(ValueError, match="unknown activation"):
        plot_activation("foo")


def dots(ax):
    """Where a plot has dots, filled ones and open ones."""
    found = {True: [], False: []}
    for line in ax.get_lines():
        if line.get_marker() == "o" and len(line.get_xdata()) == 1:
            found[line.get_markerfacecolor() == line.get_color()].append((line.get_xdata()[0], line.get_ydata()[0]))
    return found[True], found[False]


@pytest.mark.parametrize(
    ("name", "filled", "opened"),
    [
        ("step", [(0.0, 0.0)], [(0.0, 1.0)]),
        ("relu", [(0.0, 0.0)], [(0.0, 1.0)]),  # of the derivative
        ("leaky_relu", [(0.0, 0.01)], [(0.0, 1.0)]),
        ("sign", [(0.0, 0.0)], [(0.0, -1.0), (0.0, 1.0)]),
        ("abs", [(0.0, 0.0)], [(0.0, -1.0), (0.0, 1.0)]),
        ("sigmoid", [], []),
        ("exp", [], []),
    ],
)
def test_a_jump_has_a_filled_dot_at_its_number_and_an_open_one_beside_it(name, filled, opened):
    assert dots(plot_activation(name)) == (filled, opened)


def test_several_activations_in_two_panels_or_together():
    left = plot_activation(["sigmoid", "tanh", "step"])
    _, right = left.figure.axes
    assert labels(left) == ["sigmoid(x)", "tanh(x)", "step(x)"]
    assert (left.get_ylabel(), right.get_ylabel()) == ("activation", "its derivative")
    tops = [np.nanmax(line.get_ydata()) for line in right.get_lines() if len(line.get_xdata()) > 100]
    assert tops == pytest.approx([0.25, 1.0, 0.0])
    assert dots(left) == ([(0.0, 0.0)], [(0.0, 1.0)])
    with pytest.raises(ValueError, match="from 1 to 6 activations, got 0"):
        plot_activation([])


def test_several_histories_are_told_apart():
    ax = plot_history(
        {"slow": nn.History(loss=[1.0, 0.9], validation=[1.0, 0.95]), "fast": nn.History(loss=[1.0, 0.4])}
    )
    assert labels(ax) == ["slow, at last 0.9", "slow, validation, at last 0.95", "fast, at last 0.4"]
    with pytest.raises(ValueError, match="got none"):
        plot_history({})


def test_data_alone_and_one_hot():
    points, kinds = nn.datasets.blobs(30, centers=3)
    for y in (kinds, np.eye(3)[kinds], np.eye(3)[kinds].tolist()):
        ax = plot_data(points, y)
        assert labels(ax) == ["class 0", "class 1", "class 2"]
        drawn = [np.asarray(c.get_offsets()) for c in ax.collections]
        assert [len(part) for part in drawn] == np.bincount(kinds).tolist()
        assert ax.get_aspect() == 1.0
    model = nn.MLP(2, [3], seed=0)
    assert labels(plot_decision_boundary(model, points, np.eye(3)[kinds], resolution=9)) == labels(ax)
    assert plot_data([[0, 0], [1000, 1]], [0, 1]).get_aspect() == "auto"


def well(x):
    return x**4 - 3 * x**2 + x


def saddle(x, y):
    return x**2 - y**2


def test_a_path_that_would_squash_the_others_has_a_panel_of_its_own():
    paths = {f"lr {lr}": descend(square, 3.0, lr, 6) for lr in (0.4, 0.6, 1.2)}
    first = plot_descent(square, paths)
    axes = first.figure.axes
    assert [ax.get_title() for ax in axes] == list(paths)
    assert first.figure.get_suptitle() == "descent on x²"
    assert axes[0].get_xlim()[1] < 5 < axes[2].get_xlim()[1]
    assert len(plot_descent(square, dict(list(paths.items())[:2])).figure.axes) == 1
    assert len(plot_descent(square, paths, ranges=[(-5, 5)]).figure.axes) == 1
    starts = {str(x): descend(well, x, 0.02, 60) for x in (-2.0, -0.1, 0.5, 2.0)}
    assert len(plot_descent(well, starts).figure.axes) == 1


def test_the_minimum_is_in_view_and_marked():
    ax = plot_descent(well, {"left": descend(well, -2.0, 0.02, 5), "right": descend(well, 2.0, 0.02, 5)})
    assert {"minimum f(-1.301) = -3.514", "minimum f(1.131) = -1.07"} <= set(labels(ax))
    assert ax.get_title() == "descent on x⁴ − 3·x² + x"
    low, high = ax.get_xlim()
    assert low < -1.3 < 1.1 < high
    valley = plot_descent(lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2, [(-1.0, 1.5), (0.0, 0.2)])
    assert "minimum f(1, 1) = 0" in labels(valley)
    assert "minimum f(0.5) = 0" in labels(plot_descent(lambda x: abs(x - 0.5), [2.0, 1.0]))
    for f, path in ((lambda x: x, [1.0, 0.9]), (lambda x: 0.0 * x, [1.0, 1.0]), (saddle, [(1.0, 0.0), (0.5, 0.0)])):
        assert not any("minimum" in label for label in labels(plot_descent(f, path)))


def test_tangents_have_the_slope_of_the_curve():
    ax = plot_descent(square, [3.0, 0.6])
    drawn = [line for line in ax.get_lines() if line.get_linestyle() == "--" and len(line.get_xdata()) == 2]
    slopes = [np.diff(line.get_ydata())[0] / np.diff(line.get_xdata())[0] for line in drawn]
    assert slopes == pytest.approx([6.0, 1.2])
    assert "tangent" in labels(ax)


def test_a_saddle_is_marked_and_levels_are_labelled():
    ax = plot_descent(saddle, {"on the ridge": descend(saddle, (1.0, 0.0), 0.1, 20)})
    assert "saddle f(0, 0) = 0" in labels(ax)
    assert len(ax.texts) > 3
    assert "saddle f(0, 0) = 0" in labels(plot_newton(saddle, (1.0, 0.5)))
    assert "saddle f(0, 0) = 0" in labels(plot_surface(saddle))
    assert ax.get_title() == "descent on x² − y²"


def test_newton_draws_the_parabolas_that_lead_it():
    ax = plot_newton(well, 2.0)
    drawn = [line for line in ax.get_lines() if len(line.get_xdata()) == 101]
    path = descend(well, 2.0, lr=1.0, steps=6, optimizer="newton")
    assert len(drawn) == 3
    for line, place in zip(drawn, path[1:], strict=False):
        assert line.get_xdata()[line.get_ydata().argmin()] == pytest.approx(place, abs=0.02)
    assert ax.get_title() == "Newton's method on x⁴ − 3·x² + x"


def test_secants_tend_to_the_tangent():
    ax = plot_secants(square, 2.0, steps=(1, 0.1, 0.01))
    assert labels(ax) == ["f(x)", "h = 1: slope 5", "h = 0.1: slope 4.1", "h = 0.01: slope 4.01", "tangent: slope 4"]
    with pytest.raises(ValueError, match="other than 0"):
        plot_secants(square, 2.0, steps=(1.0, 0.0))


@pytest.mark.parametrize(
    ("f", "verdict"),
    [
        (square, "is convex"),
        (lambda x: abs(x), "is convex"),
        (lambda x: 3 * x + 1, "is convex"),
        (lambda x: 0.1 * x, "is convex"),
        (well, "is not convex"),
        (lambda x: -x * x, "is not convex"),
        (lambda x: x**3, "is not convex"),
    ],
)
def test_chords_tell_whether_a_curve_is_convex(f, verdict):
    ax = plot_convexity(f, -2.0, 2.0)
    assert f" {verdict} on [-2, 2]" in ax.get_title()
    chord = next(line for line in ax.get_lines() if len(line.get_xdata()) == 2)
    middle = chord.get_xdata().mean()
    above = f(middle) > chord.get_ydata().mean() + 1e-9
    assert above == (verdict == "is not convex")


def test_the_title_of_a_function_that_compares_numbers_says_f():
    assert plot_descent(lambda x: x if x > 0 else -x, [1.0, 0.5]).get_title() == "descent on f(x)"
    assert plot_secants(square, 2.0, formula="x**2").get_title().startswith("x² at x = 2")


def test_the_loss_curve(history):
    ax = plot_history(history)
    assert list(lines(ax)[next(label for label in lines(ax) if label.startswith("loss"))].get_ydata()) == history.loss
    right = ax.figure.axes[1]
    assert [label.partition(",")[0] for label in labels(right)] == ["loss", "validation", "accuracy"]
    assert right.get_ylabel() == "accuracy"
    assert ax.get_yscale() == "linear"
    assert plot_history(nn.History(loss=[1.0, 0.1, 0.01])).get_yscale() == "log"
    for losses in ([1.0], [0.0, 0.0], [1.0, math.nan, 0.001], [1e3, -1.0], [math.inf, 1.0]):
        assert image(plot_history(nn.History(loss=losses)), "png")


def test_gradient_norms_over_time_and_over_depth():
    history = trained("sigmoid", (4, 4, 4))[1]
    over_time = plot_gradient_norms(history)
    assert [list(line.get_ydata()) for line in over_time.get_lines()] == list(history.gradients.values())
    assert labels(over_time) == ["layer 1 (0)", "layer 2 (2)", "layer 3 (4)", "layer 4 (6)"]
    over_depth = plot_gradient_norms(history, epochs=(0, 3))
    assert labels(over_depth) == ["epoch 0", "epoch 3"]
    assert list(over_depth.get_lines()[1].get_ydata()) == [norms[3] for norms in history.gradients.values()]
    many = plot_gradient_norms(nn.History(gradients={str(i): [1.0, 2.0] for i in range(30)}))
    assert len(many.get_lines()) == 8
    assert labels(many)[-1] == "layer 30 (29)"
    with pytest.raises(ValueError, match="there is no epoch 4: 4 were kept"):
        plot_gradient_norms(history, epochs=[4])
    with pytest.raises(ValueError, match="no gradients were kept"):
        plot_gradient_norms(nn.History(loss=[1.0]))


def test_gradient_norms_of_reports_and_of_several():
    model = nn.MLP(2, [6, 6, 1], "tanh", "sigmoid", seed=0)
    loss = nn.binary_cross_entropy(model(X), Y)
    (line,) = plot_gradient_norms(model.report(loss)).get_lines()
    assert list(line.get_ydata()) == [layer.grad_w for layer in model.report(loss).layers]
    assert list(line.get_xdata()) == [1, 2, 3]
    ax = plot_gradient_norms({kind: trained(kind, (6,) * 8, epochs=1)[1] for kind in ("sigmoid", "tanh")})
    sigmoid, tanh = (line.get_ydata() for line in ax.get_lines())
    assert labels(ax) == ["sigmoid", "tanh"]
    assert sigmoid[0] < 1e-4 * sigmoid[-1], "it vanishes"
    assert tanh[0] > 0.1 * tanh[-1]
    assert ax.get_yscale() == "log"


def contour_heights(ax):
    return [collection for collection in ax.collections if type(collection).__name__ == "QuadContourSet"]


def test_the_decision_boundary_is_where_the_output_is_a_half():
    model = nn.MLP(2, [1], output="sigmoid", seed=0)
    model.load_state_dict({"0.weight": [[2.0, -1.0]], "0.bias": [0.5]})
    ax = plot_decision_boundary(model, X, Y, resolution=30)
    _, line, *_ = contour_heights(ax)
    points = np.concatenate([path.vertices for path in line.get_paths()])
    assert np.allclose(points @ [2.0, -1.0], -0.5, atol=0.02)
    assert labels(ax) == ["class 0", "class 1"]
    data = np.concatenate([np.asarray(c.get_offsets()) for c in ax.collections if type(c).__name__ == "PathCollection"])
    assert sorted(map(tuple, data)) == sorted(map(tuple, X))


def test_the_boundary_of_scores_is_at_zero_and_of_three_classes_between_the_largest():
    scores = nn.MLP(2, [1], output="linear", seed=0)
    scores.load_state_dict({"0.weight": [[1.0, 0.0]], "0.bias": [-0.25]})
    line = contour_heights(plot_decision_boundary(scores, X, 2 * Y - 1, resolution=20))[1]
    assert np.allclose(np.concatenate([path.vertices for path in line.get_paths()])[:, 0], 0.25)
    line = contour_heights(plot_decision_boundary(scores, X, Y, threshold=0.5, resolution=20))[1]
    assert np.allclose(np.concatenate([path.vertices for path in line.get_paths()])[:, 0], 0.75)
    points, kinds = nn.datasets.blobs(30, centers=3)
    classifier = nn.MLPClassifier(hidden=(4,), epochs=40, seed=0).fit(points, np.array(["a", "b", "c"])[kinds])
    ax = plot_decision_boundary(classifier, points, np.array(["a", "b", "c"])[kinds], resolution=20)
    assert labels(ax) == ["class a", "class b", "class c"]
    assert len(contour_heights(ax)) == 6
    logits = nn.MLP(2, [2], output="linear", seed=0)
    logits.load_state_dict({"0.weight": [[1.0, 0.0], [0.0, 0.0]], "0.bias": [-0.5, 0.0]})
    for line in contour_heights(plot_decision_boundary(logits, X, Y, resolution=20))[1::2]:
        assert np.allclose(np.concatenate([path.vertices for path in line.get_paths()])[:, 0], 0.5), (
            "they are equal here"
        )
    never = nn.MLP(2, [1], output="sigmoid", seed=0)
    never.load_state_dict({"0.weight": [[0.0, 0.0]], "0.bias": [3.0]})
    assert len(contour_heights(plot_decision_boundary(never, X, Y, resolution=9))) == 1, "no boundary in sight"


def test_prediction_on_a_grid_leaves_the_model_as_it_was():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1), "sigmoid")
    model.steps[2].eval()
    modes = [module.training for _, module in model.modules()]
    state = model.state_dict()
    outputs = predict_grid(model, np.random.RandomState(0).normal(size=(7, 2)))
    assert outputs.shape == (7, 1)
    assert [module.training for _, module in model.modules()] == modes
    assert all(np.array_equal(state[key], array) for key, array in model.state_dict().items())
    perceptron = nn.Perceptron(2).fit(*nn.datasets.gate("and"))
    assert predict_grid(perceptron, np.array([[0.0, 1.0], [1.0, 1.0]])).tolist() == [[0.0], [1.0]]
    with pytest.raises(TypeError, match="expected a module"):
        predict_grid(print, np.zeros((2, 2)))
    for wrong in ((X[:, :1], Y), (X, Y[:-1]), (X[:0], Y[:0])):
        with pytest.raises(ValueError, match="expected X of shape"):
            plot_decision_boundary(model, *wrong)


@pytest.mark.parametrize(("lr", "factor"), [(0.4, 0.2), (0.6, -0.2), (1.2, -1.4)])
def test_descent_on_a_bowl(lr, factor):
    path = descend(lambda x: x * x, 3.0, lr, 5)
    assert path == pytest.approx([3.0 * factor**n for n in range(6)])
    ax = plot_descent(lambda x: x * x, path)
    drawn = lines(ax)["path"]
    assert list(drawn.get_xdata()) == path
    assert list(drawn.get_ydata()) == [x * x for x in path]
    left, right = ax.get_xlim()
    assert left < min(path)
    assert right > max(path)


def test_descent_depends_on_the_start_and_stops_where_numbers_end():
    def w_curve(x):
        return x**4 - 2 * x**2

    assert descend(w_curve, 0.1, 0.05, 200)[-1] == pytest.approx(1.0)
    assert descend(w_curve, -0.1, 0.05, 200)[-1] == pytest.approx(-1.0)
    assert descend(w_curve, 0.0, 0.05, 5) == [0.0] * 6
    assert all(map(math.isfinite, descend(w_curve, 50.0, 1.0, 50)))
    ax = plot_descent(w_curve, {"left": descend(w_curve, -0.1, 0.05), "right": descend(w_curve, 0.1, 0.05)})
    assert labels(ax) == ["left", "start", "tangent", "right", "minimum f(-1) = -1", "minimum f(1) = -1"]


def test_descent_on_a_saddle():
    def saddle(x, y):
        return x**2 - y**2

    path = descend(saddle, (1.0, 0.0), 0.1, 50)
    assert path[-1] == pytest.approx((0.0, 0.0), abs=1e-4)
    away = descend(saddle, (1.0, 0.01), 0.1, 30)
    assert abs(away[-1][1]) > 1.0
    ax = plot_descent(saddle, {"on the ridge": path, "beside it": away})
    assert len(contour_heights(ax)) == 2
    assert ax.get_aspect() == 1.0
    for flat in ([(0.0, 0.0)], [1.0]):
        assert image(plot_descent(lambda *place: 0.0 * place[0], flat), "png")
    for wrong in ([], [(1.0, 2.0, 3.0)], {"a": [1.0], "b": [(1.0, 2.0)]}):
        with pytest.raises(ValueError, match="expected paths"):
            plot_descent(saddle, wrong)


def test_an_unknown_suffix_is_refused():
    with pytest.raises(ValueError, match="save as .png"):
        image(plot_activation("relu"), "gif")


def test_without_matplotlib_every_plot_is_one_sentence_with_the_pip_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for plot in ALL.values():
        with pytest.raises(ImportError, match=r"^plots need matplotlib, .*: .* -m pip install -e .*\[plot\]\"$"):
            plot(None)


def test_the_text_chart():
    falling = chart([math.exp(-n / 20) for n in range(100)], "loss", width=50, height=10).splitlines()
    assert falling[0] == "loss (logarithmic scale)"
    assert falling[1].startswith("       1 |*")
    assert falling[10].startswith("0.007083 |") and falling[10].endswith("*")  # noqa: PT018
    assert falling[-1].split() == ["0", "99"]
    assert sum(line.count("*") for line in falling) == 50
    assert max(map(len, falling)) <= 61
    assert chart([], "loss") == chart([math.nan, math.inf], "loss") == "loss: no numbers"
    assert chart([2.0], "loss").count("*") == 1
    assert chart([1.0, math.nan, 3.0], "x").count("*") == 2
    assert chart([1e-300, 1e300, -1e300], "x").count("*") == 3
    assert chart([0.1] * 1000, "x").isascii()
