"""Networks folded into boxes: `draw(loss, model=model)`.

Files, in reading order: between (whose is what lies between modules), owners (which module computed which node), boxes
(what stands in a box), folding (the picture), nests (boxes that can be opened).
"""
