"""The command that installs what is missing, and works where the program runs.

The name `backstep` belongs to somebody else's package, so the distribution is called backstep-autograd. A checkout of
this project installs itself, from its own folder; an installed package is installed again with the extra.

>>> install_command("plot", checkout=Path("/home/ada/engine"), python="/home/ada/engine/.venv/bin/python")
'/home/ada/engine/.venv/bin/python -m pip install -e "/home/ada/engine[plot]"'
>>> install_command("plot", checkout=None, python="/usr/bin/python3")
'/usr/bin/python3 -m pip install "backstep-autograd[plot]"'
"""

import sys
from pathlib import Path

DISTRIBUTION = "backstep-autograd"


def find_checkout() -> Path | None:
    """The folder of the checkout that this file belongs to; None where the package was installed from elsewhere."""
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    if project.is_file() and f'name = "{DISTRIBUTION}"' in project.read_text(encoding="utf-8"):
        return project.parent
    return None


CHECKOUT = find_checkout()


def install_command(extra: str, checkout: Path | None = CHECKOUT, python: str = sys.executable or "python") -> str:
    """The command, for a shell, that installs an optional extra (plot, fast, progress) into the running environment."""
    quoted = f'"{python}"' if " " in python else python
    if checkout is None:
        return f'{quoted} -m pip install "{DISTRIBUTION}[{extra}]"'
    return f'{quoted} -m pip install -e "{checkout}[{extra}]"'
