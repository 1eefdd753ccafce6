"""A chapter of the demo: what is told of one room up to the demo's end. Same seed, same keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from genmai.kernel import ids


@dataclass
class Chapter:
    """What is under way; keys follow from the seed, the chapter and a count."""

    name: ClassVar[str]
    seed: int
    end: datetime
    step: int = field(default=0, init=False)

    def key(self) -> UUID:
        self.step += 1
        return ids.key_of("simulation", self.seed, self.name, self.step)

    def ago(self, days: float) -> datetime:
        """A moment so many days before the end."""
        return self.end - timedelta(days=days)
