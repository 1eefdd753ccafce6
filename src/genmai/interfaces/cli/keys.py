"""Keys of this installation, in files that only its own user can read; made once, never shown, part of a backup."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

# Names of files, not the keys themselves.
SECRET_KEY = "django_secret_key"  # noqa: S105
MASTER_KEY = "master_key"
APPLICATION_PASSWORD = "application_password"  # noqa: S105


def read_or_make(data: Path, name: str) -> str:
    """The key of that name: 64 hexadecimal digits (32 bytes). Made on first asking; a half-written one never shows."""
    folder = data / "secrets"
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o700)
    path = folder / name
    if not path.exists():
        fresh = folder / f".{name}.{os.getpid()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        # link() does not overwrite: of two starting at once both read the first one's key.
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text().strip()
