"""The figures a city is made to, read from its TOML, and the same city at a fraction of its size."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SECTORS = ("enterprise", "organ", "social", "village", "other")


@dataclass(frozen=True, slots=True)
class Officers:
    """Of how many secretaries and heads what is true; `years_younger` in years of age, summed over all."""

    began: date
    former_began: date
    term_years: int
    both_in_one: int
    former_both_in_one: int
    college: int
    former_college: int
    women: int
    former_women: int
    stayed: int
    years_younger: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the sheets must add up to; `assumed` holds the distributions."""

    key: str
    city: str
    name: str
    as_at: date
    share: int
    villages: int
    towns: int
    members: int
    centres: int
    organisations: Mapping[str, int]
    officers: Officers
    assumed: Mapping[str, Any]


VILLAGES, TOWNS = 3042, 162


def read(key: str = "ningbo", *, share: int = 1) -> Figures:
    """The city's figures; with `share` 50 the same city at a fiftieth. Raises FileNotFoundError for no such city."""
    told = tomllib.loads((HERE / f"{key}.toml").read_text(encoding="utf-8"))
    villages = _part(VILLAGES, share)
    towns = max(1, _part(TOWNS, share))
    organisations = {sector: _part(told["organisations"][sector], share) for sector in SECTORS}
    return Figures(
        key=key,
        city=told["city"],
        name=told["name"],
        as_at=told["as_at"],
        share=share,
        villages=villages,
        towns=towns,
        members=_part(told["members"], share),
        centres=_part(told["centres"], share),
        organisations=organisations,
        officers=_officers(told["officers"], share),
        assumed={name: value for name, value in told.items() if name not in ("organisations", "officers")},
    )


def _part(whole: int, share: int) -> int:
    return round(whole / share)


def _officers(told: Mapping[str, Any], share: int) -> Officers:
    kept = ("began", "former_began", "term_years")
    values: dict[str, Any] = {name: value if name in kept else _part(value, share) for name, value in told.items()}
    return Officers(**values)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainder; ties to the first)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts
