"""`python -m calibration`."""

import sys

from calibration.cli.main import main

sys.exit(main())
