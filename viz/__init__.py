"""Pictures of graphs and of training: `draw(f)`, `step(f)`, `film(recorder)`, and plots.

Reading order: picture (what is shown) → layout, parts, scene (where) → svg, dot, mpl (written down) → drawing; fold for
networks; stepper, film and their pages; terminal, quiz; plots, maps; command, the command line.
"""

from viz.graph.drawing import Drawing, draw
from viz.pages.film import Film, FilmRecorder, film
from viz.pages.stepper import Stepper, step
from viz.plots.curves import plot_activation, plot_gradient_norms, plot_history
from viz.plots.planes import descend, plot_decision_boundary, plot_descent

__all__ = [
    "Drawing", "Film", "FilmRecorder", "Stepper", "descend", "draw", "film", "plot_activation",
    "plot_decision_boundary", "plot_descent", "plot_gradient_norms", "plot_history", "step",
]  # fmt: skip
