"""From a module of LLVM's intermediate language to functions in memory, for the processor that this runs on."""

import ctypes
import math
import sys
from functools import cache
from typing import Any

from llvmlite import binding, ir

from autograd.waiting import told_if_slow

ENGINES: list[Any] = []  # the code lives as long as these


@cache
def target() -> binding.TargetMachine:
    """This processor, with all that it can do. Vectors that are too wide for it LLVM does in parts."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=2,
        jit=True,
        codemodel="small",
    )


@cache
def c_library() -> Any:
    """The library that the module math is made of."""
    return ctypes.CDLL("ucrtbase" if sys.platform == "win32" else getattr(math, "__file__", None))


@told_if_slow("LLVM makes machine code for a tape, about 3 s for 5000 operations; all runs of it are faster then")
def addresses(module: ir.Module) -> dict[str, int]:
    """The addresses of the functions of a module that others may call."""
    machine = target()
    for name, function in module.globals.items():
        if isinstance(function, ir.Function) and function.is_declaration and not name.startswith("llvm."):
            binding.add_symbol(name, ctypes.cast(getattr(c_library(), name), ctypes.c_void_p).value)
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    engine = binding.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    ENGINES.append(engine)
    return {
        name: engine.get_function_address(name)
        for name, function in module.globals.items()
        if isinstance(function, ir.Function) and not function.is_declaration and function.linkage != "internal"
    }
