"""Pictures of graphs: `draw(f)` shows forward values above the wires and gradients below them."""

from viz.drawing import Drawing, draw
from viz.stepper import Stepper, step

__all__ = ["Drawing", "Stepper", "draw", "step"]
