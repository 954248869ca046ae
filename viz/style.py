"""Colours and fonts of the drawings, the same for every writer. Measured for contrast and for colour blindness."""

VALUE = "#00735C"
GRADIENT = "#B34700"
INK = "#1F2328"
MUTED = "#57606A"
PAPER = "#FFFFFF"
GATE = "#F6F8FA"
FONT = "Helvetica, Arial, sans-serif"
FONT_SIZE = 14
