"""Pictures of graphs: `draw(f)` shows forward values above the wires and gradients below them."""

from viz.drawing import Drawing, draw

__all__ = ["Drawing", "draw"]
