"""`python -m viz` is the command `backstep`."""

import sys

from viz.command.parser import main

sys.exit(main())
