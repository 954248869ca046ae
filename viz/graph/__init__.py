"""Pictures of graphs: `draw(f)`.

Files, in reading order: theme (colours, fonts), picture (what is shown), shapes, cells (what it is drawn with), styles
(how a node is drawn; a room of its own), network (of units), look (what the user chose); crossings, layout, scene
(where everything stands); svg, dot, mpl (three writers); fold (networks as boxes; a room of its own); drawing (`draw`).
"""
