"""The trained odds: what each level says for and against two records being one person. Versioned, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "parameters"


@dataclass(frozen=True, slots=True)
class Odds:
    """Of one level: its share among pairs of one person (`m`) and among pairs of two people (`u`)."""

    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """One trained model. `prior`: the chance that two records drawn blindly are one person, by kind of comparison."""

    version: str
    prior: Mapping[str, float]
    odds: Mapping[str, Mapping[str, Odds]]
    trained_on: str
    seed: int

    def text(self) -> str:
        """As it is kept in a file."""
        plain = {
            "version": self.version,
            "trained_on": self.trained_on,
            "seed": self.seed,
            "prior": dict(self.prior),
            "odds": {
                name: {level: {"m": odds.m, "u": odds.u} for level, odds in levels.items()}
                for name, levels in self.odds.items()
            },
        }
        return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def parse(text: str) -> Parameters:
    """From the text of a file."""
    plain = json.loads(text)
    odds = {
        name: {level: Odds(float(one["m"]), float(one["u"])) for level, one in levels.items()}
        for name, levels in plain["odds"].items()
    }
    prior = {kind: float(value) for kind, value in plain["prior"].items()}
    return Parameters(str(plain["version"]), prior, odds, str(plain["trained_on"]), int(plain["seed"]))


@lru_cache(maxsize=8)
def of_version(version: str) -> Parameters:
    """A kept model: `people-1`. Raises KeyError where there is none."""
    file = FOLDER / f"{version}.json"
    if not version.replace("-", "").isalnum() or not file.is_file():
        raise KeyError(version)
    return parse(file.read_text(encoding="utf-8"))
