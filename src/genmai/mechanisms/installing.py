"""The one library of this installation: each process hands its section in, the folder is read once.

Mechanisms know no process, and processes don't know each other; so whoever is asked for the library first finds what
all have handed in when the programme started.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from genmai.mechanisms.library import Library
from genmai.mechanisms.loading import load
from genmai.mechanisms.schema import Section
from genmai.mechanisms.sections import WAITING

_sections: dict[str, type[Section]] = dict(WAITING)


def hand_in(name: str, model: type[Section]) -> None:
    """`<name>.toml` is typed by this class from now on."""
    if _sections.get(name) is not model:
        _sections[name] = model
        library.cache_clear()


def sections() -> Mapping[str, type[Section]]:
    """Which class types which section, the waiting ones included."""
    return dict(_sections)


@lru_cache(maxsize=4)
def library(root: Path) -> Library:
    """Everything below the mechanisms folder. Raises Problems naming each file, key and what is allowed."""
    return load(root, sections())
