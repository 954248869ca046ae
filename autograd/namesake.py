"""HIPS autograd, too, is imported as `autograd`: who has both in one environment is told.

pip puts both into one folder, and the one that is installed last overwrites files of the other. autograd, nn and viz
import this module first. Where ours came last it warns. Where the other came last it is an ImportError.

>>> beside(["numpy", "autograd", "autograd-1.8.0.dist-info"])
'autograd 1.8.0'
>>> beside(["numpy", "autograd", "backstep_autograd-0.2.0.dist-info"])
''
"""

import os
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

ADVICE = (
    "both are imported as `autograd` and lie in one folder, where the one that was installed last has overwritten "
    "files of the other. Give each a virtual environment of its own; or keep this one for backstep: `python -m pip "
    "uninstall autograd`, then install backstep again as before, with --force-reinstall --no-deps"
)


def beside(names: Iterable[str]) -> str:
    """The distribution `autograd` and its version, if its metadata is among the names of a folder's files, or "".

    importlib.metadata would tell the same; it takes longer to load than this whole package.
    """
    for name in names:
        if name.startswith("autograd-") and name.endswith((".dist-info", ".egg-info")):
            return f"autograd {name[len('autograd-') :].rsplit('.', 1)[0]}"
    return ""


if "elementwise_grad" in vars(sys.modules["autograd"]):  # a name of HIPS autograd, never of ours
    raise ImportError(f"HIPS autograd is installed in place of backstep's engine: {ADVICE}", name="autograd")
if found := beside(os.listdir(Path(__file__).parent.parent)):
    warnings.warn(f"HIPS autograd ({found}) is installed beside backstep: {ADVICE}", RuntimeWarning, stacklevel=2)
