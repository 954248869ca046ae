"""Plots by matplotlib. Reading order: axes → curves → planes."""
