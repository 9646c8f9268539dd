"""Run TensorFlow's process: ``python -m weightview.worker.process``."""

import sys

from weightview.worker.process import main

sys.exit(main())
