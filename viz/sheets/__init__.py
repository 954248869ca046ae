"""Work for a class on paper: graphs with blanks for values and gradients, and their solutions.

Reading order:

    worksheet   Worksheet: exercises of one level, as a page that prints well (with sheet.css), or as LaTeX
    blanks      the picture of a graph with empty boxes for the numbers that are asked for
    latex       the same sheet as a LaTeX document
"""
