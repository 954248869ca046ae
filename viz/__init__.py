"""Pictures of graphs and of training: `draw(f)`, `step(f)`, `film(recorder)`, and plots.

Rooms, in reading order: graph (pictures of graphs), plots (by matplotlib), terminal (steps, quizzes and charts as
text), pages (for a browser), command (the command line; `python -m viz` runs it, too).
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
