"""The model this process asks: read when first needed, read anew when another one has been learned.

A missing or damaged file means the taxonomy's words alone; it is said on the page and in the log, nothing breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from genmai.processes.cases.suggestion import model_file
from genmai.processes.cases.suggestion.guess import WORDS_ONLY
from genmai.processes.cases.suggestion.model import Model

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """`trouble`: "", "none" (never learned), "damaged" or "missing" (the file that is named is not there)."""

    model: Model | None
    trouble: str

    @property
    def version(self) -> str:
        return self.model.version if self.model else WORDS_ONLY


class _Kept:
    stamp: tuple[str, int, int] | None = None
    standing = Standing(None, "none")


def folder() -> Path:
    """Where this installation keeps its models."""
    return Path(settings.GENMAI_DATA) / "models"


def standing() -> Standing:
    """The model in use, or why there is none."""
    stamp = _stamp(folder())
    if stamp != _Kept.stamp:
        _Kept.standing, _Kept.stamp = _read(folder()), stamp
        if _Kept.standing.trouble not in ("", "none"):
            _log.error("suggestion model unusable, words alone", trouble=_Kept.standing.trouble)
    return _Kept.standing


def model() -> Model | None:
    """The current model, or None: then the taxonomy's words alone are asked."""
    return standing().model


def _stamp(where: Path) -> tuple[str, int, int]:
    """Changes when the pointer is replaced."""
    try:
        found = (where / model_file.POINTER).stat()
    except FileNotFoundError:
        return str(where), 0, 0
    return str(where), found.st_mtime_ns, found.st_ino


def _read(where: Path) -> Standing:
    try:
        version = model_file.current_version(where)
        if not version:
            return Standing(None, "none")
        return Standing(model_file.load(where / f"{version}.model"), "")
    except FileNotFoundError:
        return Standing(None, "missing")
    except (model_file.Damaged, OSError):
        return Standing(None, "damaged")


__all__ = ["Standing", "folder", "model", "standing"]
