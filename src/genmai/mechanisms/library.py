"""The mechanisms as read: one `Mechanism` a folder, all of them in a `Library`, found by `key` or `key@version`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from genmai.mechanisms.duties import DutyList
from genmai.mechanisms.examples import Example
from genmai.mechanisms.placing import Placement, place
from genmai.mechanisms.schema import MechanismInfo, Section
from genmai.mechanisms.taxonomy import Taxonomy

S = TypeVar("S", bound=Section)


@dataclass(frozen=True)
class Mechanism:
    """One mechanism with what it inherits. `files`: CSV name → path; `lineage`: itself, then its parents."""

    info: MechanismInfo
    folder: Path
    sections: Mapping[str, Section]
    files: Mapping[str, Path]
    tables: Mapping[str, tuple[Mapping[str, str], ...]]
    taxonomy: Taxonomy
    duties: DutyList
    lineage: tuple[str, ...]
    examples: tuple[Example, ...] = field(default=())

    @property
    def key(self) -> str:
        return self.info.key

    @property
    def version(self) -> int:
        return self.info.version

    @property
    def ref(self) -> str:
        """`key@version`, as a case pins it."""
        return self.info.ref

    def section(self, model: type[S]) -> S:
        """The section of this type. Raises KeyError when the mechanism has none."""
        for section in self.sections.values():
            if isinstance(section, model):
                return section
        raise KeyError(f"{self.ref} has no {model.__name__}")

    def has(self, model: type[Section]) -> bool:
        return any(isinstance(section, model) for section in self.sections.values())

    def place(self, texts: Sequence[str], *, on: date, label: str = "") -> Placement:
        """Subject and duty row of what somebody wrote (a title, then its body); see `placing.place`."""
        return place(self.taxonomy, self.duties, texts=texts, label=label, on=on)

    def rows(self, file: str) -> Sequence[Mapping[str, str]] | None:
        """The rows of a CSV file; None when there is no such file."""
        return self.tables.get(file)


class Library:
    """Every mechanism installed: the current ones, and each released version that instances may still pin."""

    def __init__(self, current: Iterable[Mechanism], released: Iterable[Mechanism] = ()) -> None:
        self.current: Mapping[str, Mechanism] = {m.key: m for m in current}
        self._by_ref = {m.ref: m for m in released} | {m.ref: m for m in self.current.values()}
        self._formerly = {old: m.key for m in self.current.values() for old in m.info.formerly}

    def __iter__(self) -> Iterator[Mechanism]:
        return iter(self.current[key] for key in sorted(self.current))

    def __len__(self) -> int:
        return len(self.current)

    def get(self, ref: str) -> Mechanism:
        """By `key` (the current version) or `key@version`; a former key finds it too. KeyError names the choices."""
        key, _, version = ref.partition("@")
        found = self._by_ref.get(ref) if version else self.current.get(key)
        if found is None and key in self._formerly:
            return self.get(self._formerly[key] + (f"@{version}" if version else ""))
        if found is None:
            raise KeyError(f"no mechanism {ref}; there are: {', '.join(sorted(self._by_ref))}")
        return found

    def having(self, model: type[Section]) -> tuple[Mechanism, ...]:
        """Current mechanisms with a section of this type, by key."""
        return tuple(m for m in self if m.has(model))
