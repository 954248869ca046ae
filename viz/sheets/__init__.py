"""Work for a class on paper: graphs with blanks for values and gradients, and their solutions.

Reading order:

    blanks      the picture of a graph with empty boxes for the numbers that are asked for
    latex       exercises as a LaTeX document
    worksheet   Worksheet: exercises of one level, as a page that prints well (with sheet.css), or as LaTeX
"""
