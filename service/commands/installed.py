"""What a command needs that is not always installed: said with the command that installs it."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator

from trialsieve.rules.errors import UsageError


def require_pyarrow(command: str) -> None:
    """Raises UsageError where tables can neither be written nor read."""
    if importlib.util.find_spec("pyarrow") is None:
        raise _missing(f"trialsieve {command}", "pyarrow", "batch")


@contextlib.contextmanager
def service_installed(command: str) -> Iterator[None]:
    """Around imports of the service. Raises UsageError where a package that it needs is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).startswith("trialsieve"):
            raise
        raise _missing(command, str(error.name), "service") from error


def _missing(command: str, package: str, extra: str) -> UsageError:
    return UsageError(
        f"{command} needs {package}, which is not installed; in the clone: pip install --editable '.[{extra}]'"
    )
