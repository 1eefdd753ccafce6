"""Templates read and taken apart before the first reader comes, where the site's processes start."""

from __future__ import annotations

from pathlib import Path

from django.template.loader import get_template

WEB = Path(__file__).resolve().parents[1]


def preload_templates() -> int:
    """Every page and part under `interfaces/web`, a quarter of a second; how many there are."""
    shared = WEB / "templates"
    found = sorted(WEB.rglob("*.html"))
    for path in found:
        get_template(str(path.relative_to(shared if path.is_relative_to(shared) else WEB)))
    return len(found)
