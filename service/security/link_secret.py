"""The secret that links are signed with: the one that is set, else one made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from trialsieve.rules.errors import UsageError
from trialsieve.service.settings.service_settings import SHORTEST_SECRET, Settings

FILE: Final = "link-secret"


def with_link_secret(settings: Settings) -> Settings:
    """The settings with a secret. On loopback, links need none. Raises UsageError where it cannot be kept."""
    if settings.link_secret is not None or settings.on_loopback:
        return settings
    secret = kept_secret(settings.data_folder / FILE)
    return settings.model_copy(update={"link_secret": SecretStr(secret)})


def kept_secret(path: Path) -> str:
    """The secret in that file, made now if there is none; several processes may do so at once."""
    try:
        make_private_folder(path.parent)
        if not path.exists():
            own = path.with_name(f"{path.name}.{os.getpid()}")
            with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(SHORTEST_SECRET))
            try:
                os.link(own, path)
            except FileExistsError:
                pass  # another process was faster, and its secret counts
            finally:
                own.unlink()
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: the secret for links cannot be kept there ({type(error).__name__}); set link_secret, or another "
            "data_folder"
        ) from error
    if len(secret) < SHORTEST_SECRET:
        raise UsageError(f"{path}: too short for a secret; remove the file, and a new one is made")
    return secret


def make_private_folder(folder: Path) -> None:
    """Makes a folder, and those above it, that only its owner can read; one that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
