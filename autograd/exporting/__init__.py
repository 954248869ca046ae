"""Exporting: a formula, a graph or a function as a program of another language, with its gradients.

Files, in reading order: library (the functions that a language lacks; libraries/ has them), targets (how each language
looks), writer (`export`, which puts a program together).
"""

from autograd.exporting.writer import export

__all__ = ["export"]
