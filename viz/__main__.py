"""`python -m viz` is the command `backstep`."""

import sys

from viz.command import main

sys.exit(main())
