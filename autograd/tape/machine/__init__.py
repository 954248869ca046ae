"""The machine: the engine "numba", whose code is compiled from the table of operations.

Reading order: assemble (from a tape to the machine's instructions) → digest (the key of the code kept on disk) → loops
(what drives the machine) → executor (the machine itself) → descent (training by it).
"""
