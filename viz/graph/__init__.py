"""Pictures of graphs.

Reading order: style, picture, shapes → crossings, layout, scene → svg, dot, mpl → fold → drawing.
"""
