"""A film of training: a page in which a slider runs through the epochs, with what the network was in each of them.

A `FilmRecorder` is a callback for `nn.fit`. It keeps weights, gradients and predictions of every tenth epoch, or so.
`film` makes the page of it; of a History alone it makes one that shows the curves.

>>> import nn
>>> X, y = nn.datasets.gate("xor")
>>> model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)
>>> recorder = FilmRecorder(X, y, every=10)
>>> optimizer = nn.SGD(model.parameters(), lr=1.0)
>>> history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=95, callbacks=[recorder])
>>> film(recorder)
<Film of 11 frames, epochs 0 to 94>
"""

from collections.abc import Sequence
from typing import Any

from autograd.naming import clean
from nn import History
from viz.graph.theme import SERIES, rgb
from viz.pages.frames import maps_of, rounded, units_of, wrong_of
from viz.pages.netpanel import network, widest
from viz.pages.page import Page, text, write_page
from viz.pages.panels import Curves, curves
from viz.pages.planepanel import plane, scatter
from viz.pages.recorder import MOST_FRAMES, FilmRecorder, layers_of

FILES = (
    "page.css", "film.css", "document.js", "numbers.js", "keyboard.js", "filmmap.js", "filmnetwork.js", "film.js",
)  # fmt: skip
MOST_WEIGHTS = 1000  # a network with more is not drawn
HEIGHT = 900  # pixels, in a notebook

MAP_LEGENDS = {
    False: "Shade: the output, the paler the nearer to the line where the class changes.",
    True: "Colour: the class of the largest output.",
}
RINGED = " A ring is around each point on the wrong side."
LINES = "Lines show weights, rings of units biases: solid violet positive, dashed rose negative, the wider the larger."
SEEN = " In a hidden unit: its output over the map, the deeper the larger."
STATES = " × dead: slope 0 for all data; = saturated: slope nearly 0 for nine of ten."


class Film(Page):
    """A page that shows a training. `html()` is the page, `save` writes it."""

    def __init__(self, content: str, epochs: Sequence[int]) -> None:
        super().__init__(content, "film of training", HEIGHT)
        self.epochs = epochs

    def __repr__(self) -> str:
        return f"<Film of {len(self.epochs)} frames, epochs {self.epochs[0]} to {self.epochs[-1]}>"


def film(recording: FilmRecorder | History) -> Film:
    """The film of a training: of what a FilmRecorder kept, or the curves of a History.

    ValueError if nothing was trained yet.
    """
    recorder = recording if isinstance(recording, FilmRecorder) else None
    history = recorder.history if recorder else recording
    if not isinstance(history, History):
        raise TypeError(f"expected a FilmRecorder or a History, got {type(recording).__name__}")
    if not history.loss:
        raise ValueError("there is nothing to show yet: give the recorder to nn.fit(..., callbacks=[recorder]) first")
    last = len(history.loss) - 1
    if recorder and (not recorder.frames or recorder.frames[-1].epoch != last):
        recorder.keep(last)
    epochs = [kept.epoch for kept in recorder.frames] if recorder else []
    epochs = epochs or sorted({*range(0, last + 1, -(-(last + 1) // MOST_FRAMES)), last})
    charts = charts_of(history, epochs)
    data = {
        "digits": 4,
        "epochs": epochs,
        "losses": [history.loss[epoch] for epoch in epochs],
        "marks": [chart.marks for chart in charts],
    }
    panels: list[str] = []
    if recorder:
        panels, more = panels_of(recorder)
        data |= more
    panels += [panel(chart.svg, "chart") for chart in charts]
    page = write_page(
        "film.html", "Film of a training", data, FILES,
        panels="\n".join(panels), epochs=table(epochs, history),
    )  # fmt: skip
    return Film(page, epochs)


def charts_of(history: History, epochs: Sequence[int]) -> list[Curves]:
    """The loss over epochs, and the norms of each layer's gradient, if they were kept."""
    losses = {"training": history.loss} | ({"validation": history.validation} if history.validation else {})
    labels = history.labels()
    norms = {clean(labels[key]): numbers for key, numbers in history.gradients.items()}
    return [curves("Loss", losses, epochs)] + ([curves("Gradient norm of each layer", norms, epochs)] if norms else [])


def panels_of(recorder: FilmRecorder) -> tuple[list[str], dict[str, Any]]:
    """The map and the network, where they can be drawn, and the data with which a script moves them."""
    frames = recorder.frames
    panels: list[str] = []
    data: dict[str, Any] = {}
    wrong = wrong_of(frames, recorder.classes)
    if wrong:
        data |= {"wrong": wrong.packed, "samples": len(recorder.X)}
    if recorder.sides is not None:
        frame, maps = plane(recorder.sides), maps_of(frames)
        data |= {"resolution": recorder.resolution, "frame": frame._asdict(), **maps}
        data |= {"colours": list(map(rgb, SERIES["light"]))}
        drawing = scatter(frame, recorder.X, recorder.classes, wrong.last if wrong else [])
        panels.append(panel(drawing, "map", MAP_LEGENDS[maps["several"]] + (RINGED if wrong else "")))
    layers = layers_of(recorder.model)
    if len(frames[0].weights) <= MOST_WEIGHTS:
        units = units_of(frames, recorder.inside.widths) if recorder.inside else None
        hidden = len(frames[-1].states)
        drawing = network(layers, frames[-1].weights, hidden, bool(units))
        if drawing:
            panels.append(panel(drawing, "network", LINES, SEEN if units else "", STATES if hidden else ""))
            data |= {"widest": widest(layers), "weights": [rounded(kept.weights) for kept in frames]}
            data |= {"gradients": [rounded(kept.gradients) for kept in frames]}
            data |= {"states": ["".join(map(str, kept.states)) for kept in frames]} if hidden else {}
            data |= units or {}
    return panels, data


def panel(drawing: str, kind: str, *legends: str) -> str:
    """A drawing with its legend below; a script changes the first part of the legend where its meaning changes."""
    parts = "".join(f"<span>{text(legend)}</span>" for legend in legends if legend)
    caption = f"<figcaption>{parts}</figcaption>" if parts else ""
    return f'<figure class="panel of-{kind}">{drawing}{caption}</figure>'


def table(epochs: Sequence[int], history: History) -> str:
    """The loss in each frame's epoch, as rows of a table."""
    return "\n".join(f"<tr><td>{epoch}</td><td>{text(f'{history.loss[epoch]:.6g}')}</td></tr>" for epoch in epochs)
