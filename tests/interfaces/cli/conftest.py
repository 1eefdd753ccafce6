"""Places for servers and installations under test."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users may pass through: run as root, the server is another user, and pytest's are closed."""
    yield from open_folder()


def open_folder() -> Iterator[Path]:
    """Made, handed out, removed."""
    folder = Path(tempfile.mkdtemp(prefix="genmai-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def free_port() -> int:
    return find_free_port()


def find_free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """Our environment without what points at an installation or at the tests' own database."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("GENMAI_", "DJANGO_"))}
