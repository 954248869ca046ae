"""Pictures of graphs and of training: `draw(f)`, `step(f)`, `film(recorder)`, and plots.

Reading order of the rooms:

    graph       the picture of a graph: what is shown, where it stands, how it is written down
    plots       curves and planes, by matplotlib
    terminal    the stepper and the quiz of the terminal
    pages       the stepper and the film as pages for a browser
    sheets      exercises on paper, with their solutions
    command     the command line; `python -m viz` runs it, too
    backstep    says what to import to those who type `import backstep`

Each room is loaded when something of it is first asked for: `backstep step` need not wait for plots and pages.

>>> import viz
>>> viz.draw  # doctest: +ELLIPSIS
<function draw at ...>
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import autograd.namesake  # noqa: F401 (an ImportError that says so, where HIPS autograd has replaced ours)

if TYPE_CHECKING:
    from nn.descent import descend
    from viz.graph.drawing import Drawing, draw
    from viz.pages.film import Film, film
    from viz.pages.recorder import FilmRecorder
    from viz.pages.stepper import Stepper, step
    from viz.plots.activations import plot_activation
    from viz.plots.attention import plot_attention
    from viz.plots.curves import plot_gradient_norms, plot_history
    from viz.plots.functions import plot_convexity, plot_secants
    from viz.plots.landscapes import plot_descent, plot_newton
    from viz.plots.planes import plot_data, plot_decision_boundary
    from viz.plots.searches import plot_search
    from viz.plots.surfaces import plot_surface
    from viz.sheets.worksheet import Worksheet, worksheet

FILES = {
    "nn.descent": ["descend"],
    "viz.graph.drawing": ["Drawing", "draw"],
    "viz.pages.film": ["Film", "film"],
    "viz.pages.recorder": ["FilmRecorder"],
    "viz.pages.stepper": ["Stepper", "step"],
    "viz.plots.activations": ["plot_activation"],
    "viz.plots.attention": ["plot_attention"],
    "viz.plots.curves": ["plot_gradient_norms", "plot_history"],
    "viz.plots.functions": ["plot_convexity", "plot_secants"],
    "viz.plots.landscapes": ["plot_descent", "plot_newton"],
    "viz.plots.planes": ["plot_data", "plot_decision_boundary"],
    "viz.plots.searches": ["plot_search"],
    "viz.plots.surfaces": ["plot_surface"],
    "viz.sheets.worksheet": ["Worksheet", "worksheet"],
}  # where each name is at home

__all__ = [
    "Drawing", "Film", "FilmRecorder", "Stepper", "Worksheet", "descend", "draw", "film",
    "plot_activation", "plot_attention", "plot_convexity",
    "plot_data", "plot_decision_boundary", "plot_descent", "plot_gradient_norms", "plot_history", "plot_newton",
    "plot_search", "plot_secants", "plot_surface", "step", "worksheet",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """The name from its file, which is loaded now."""
    for file, names in FILES.items():
        if name in names:
            globals()[name] = found = getattr(import_module(file), name)
            return found
    raise AttributeError(f"module 'viz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
