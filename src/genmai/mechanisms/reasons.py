"""Why something was, or wasn't, decided: a sentence of the catalogue with its places filled where it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """`message` is Chinese and a msgid; `{name}` places are filled from `params`. An empty one is false."""

    message: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        return translate(self.message).format(**self.params) if self.message else ""

    def __str__(self) -> str:
        return self.text()

    def __bool__(self) -> bool:
        return bool(self.message)
