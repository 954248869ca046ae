"""Plots by matplotlib (the extra `plot`), which is imported only when a plot is drawn.

Files, in reading order: scales (ticks, logarithmic or not), axes (where plots are drawn), curves (of one variable),
planes (maps of two variables). The command `backstep plot` has its table of plots in viz/command/plots.py.
"""
