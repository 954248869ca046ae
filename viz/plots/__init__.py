"""Plots by matplotlib (the extra `plot`), which is imported only when a plot is drawn.

Files, in reading order: scales (ticks, logarithmic or not), axes (where plots are drawn), activations, curves (over
epochs and layers), sections, planes (data and decision boundaries), searches, functions (secants, chords), places
(minima and saddles), landscapes (the path of a descent), surfaces (in space), attention (who looks at whom). The
command `backstep plot` has its table of plots in viz/command/plots.py.
"""
