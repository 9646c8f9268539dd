"""What the bundle starts: the command ``weightview``."""

import sys

from weightview.__main__ import main

sys.exit(main())
