"""`trialsieve` and `python -m trialsieve` are the command line; Ctrl+C while that loads is answered here."""

import sys

from trialsieve.rules.interrupts import interrupts_held


def main() -> int:
    """The exit status, as of `trialsieve.service.cli.main`."""
    try:
        with interrupts_held():
            from trialsieve.service import cli
        return cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("trialsieve: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
