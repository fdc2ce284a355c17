"""`python -m trialsieve` is the command line."""

import sys

from trialsieve.service.cli import main

if __name__ == "__main__":
    sys.exit(main())
