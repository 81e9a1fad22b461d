"""`python -m mmm_groups.command_line`."""

import sys

from mmm_groups.command_line.main import main

sys.exit(main())
