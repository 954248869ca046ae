"""Pictures of graphs and of training: `draw(f)`, `step(f)`, `film(recorder)`, and plots.

Reading order: picture (what is shown) → layout, parts, scene (where) → svg, dot, mpl (written down) → drawing; fold for
networks; stepper, film and their pages; terminal, quiz; plots, maps; command, the command line.
"""

from viz.drawing import Drawing, draw
from viz.film import Film, FilmRecorder, film
from viz.maps import descend, plot_decision_boundary, plot_descent
from viz.plots import plot_activation, plot_gradient_norms, plot_history
from viz.stepper import Stepper, step

__all__ = [
    "Drawing", "Film", "FilmRecorder", "Stepper", "descend", "draw", "film", "plot_activation",
    "plot_decision_boundary", "plot_descent", "plot_gradient_norms", "plot_history", "step",
]  # fmt: skip
