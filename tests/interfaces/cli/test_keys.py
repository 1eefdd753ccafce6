"""Keys are made once, stay, and are readable by nobody else."""

from __future__ import annotations

import stat
from pathlib import Path

from genmai.interfaces.cli import keys


def test_a_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = keys.read_or_make(tmp_path, "sample")
    assert len(bytes.fromhex(first)) == 32
    assert keys.read_or_make(tmp_path, "sample") == first
    assert keys.read_or_make(tmp_path, "other") != first
    assert stat.S_IMODE((tmp_path / "secrets" / "sample").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_what_an_interrupted_start_left_is_not_taken_for_a_key(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / ".sample.99").write_text("half")
    assert len(keys.read_or_make(tmp_path, "sample")) == 64
