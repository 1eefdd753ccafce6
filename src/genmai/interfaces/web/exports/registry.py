"""Everything that can be exported: each journey names its own in `exports.py`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from genmai.reports.exports.shape import Export

WEB = Path(__file__).resolve().parents[1]
PACKAGE = "genmai.interfaces.web"


@cache
def registry() -> Mapping[str, Export]:
    """By key. Raises ValueError where two journeys use one key."""
    found: dict[str, Export] = {}
    for file in sorted(WEB.glob("*/exports.py")):
        for export in importlib.import_module(f"{PACKAGE}.{file.parent.name}.exports").EXPORTS:
            if export.key in found:
                raise ValueError(f"export '{export.key}' is registered twice")
            found[export.key] = export
    return found
