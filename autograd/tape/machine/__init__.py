"""The machine: the engine "native", which makes machine code of tapes by way of LLVM.

Reading order. From a row to code: functions (exp, sin and the like as arithmetic), symbols (what NumPy's protocols make
of a row), writer (LLVM's builder in a few words), compiled (from its language to addresses). From a tape to code:
assemble (instructions, and where their numbers lie), kernels (each kind of instruction; the machine, the loops of
training), specialised (code for one tape), program (both shapes). The engine's two classes: executor, descent.
"""
