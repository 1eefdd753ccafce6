"""Which column is which: a suggestion from how people head their columns, for a person to confirm or change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from genmai.kernel.sheets.markup import column_letter
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.values import Field
from genmai.kernel.text import bigrams, fold

# The column that `failing_rows_file` adds; ignored when the repaired file comes back.
WRONG_COLUMN = "哪里不对"
LEVEL = "·"  # between the two levels of a header such as 来电人·电话

_BRACKETS = re.compile(r"[(\[【〔<《].*?[)\]】〕>》]")
_SIGNS = re.compile(r"[\s*＊:：、,，.。;；_\-—/\\|·'\"“”#]+")
# Below this a likeness says nothing: it is left to the person.
_LIKELY = 0.5


@dataclass(frozen=True)
class Match:
    """Column `index` (from 0) is suggested for a field; `confidence` 1 means the very label, below 0.9 look twice."""

    index: int
    header: str
    confidence: float

    @property
    def letter(self) -> str:
        """The column's name on the screen of a spreadsheet: A, B … AA."""
        return column_letter(self.index)


@dataclass(frozen=True)
class Matching:
    """The suggestion: fields found, required fields not found, columns nobody asked for, names that stand twice."""

    fields: tuple[Field, ...]
    headers: tuple[str, ...]
    found: Mapping[str, Match]

    @property
    def columns(self) -> dict[str, int]:
        """Field key → column index, as `check_rows` takes it."""
        return {key: match.index for key, match in self.found.items()}

    @property
    def missing(self) -> tuple[Field, ...]:
        """Required fields without a column."""
        return tuple(field for field in self.fields if field.required and field.key not in self.found)

    @property
    def unknown(self) -> tuple[tuple[int, str], ...]:
        """Columns that are not taken over: index and name; people are told, nothing is dropped in silence."""
        used = set(self.columns.values())
        rest = ((index, name) for index, name in enumerate(self.headers) if index not in used)
        return tuple((index, name) for index, name in rest if name and name != WRONG_COLUMN)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Names that head more than one column; the first is suggested, with less confidence."""
        names = [name for name in self.headers if name]
        return tuple(dict.fromkeys(name for name in names if names.count(name) > 1))

    def override(self, chosen: Mapping[str, int | None]) -> Matching:
        """The matching as a person wants it: field key → column index, None for "not in this sheet".

        Raises SheetRefused `sheet_mapping` for an unknown field, a column that isn't there or is used twice.
        """
        found = dict(self.found)
        for key, index in chosen.items():
            if key not in {field.key for field in self.fields} or (index is not None and not self._has(index)):
                raise SheetRefused("sheet_mapping", name=key)
            found.pop(key, None)
            if index is not None:
                found = {other: match for other, match in found.items() if match.index != index or other in chosen}
                found[key] = Match(index, self.headers[index], 1.0)
        taken = [match.index for match in found.values()]
        twice = [key for key, match in found.items() if taken.count(match.index) > 1]
        if twice:
            raise SheetRefused("sheet_mapping", name=", ".join(twice))
        return replace(self, found=found)

    def _has(self, index: int) -> bool:
        return 0 <= index < len(self.headers)

    def check(self) -> None:
        """Raises SheetRefused `sheet_wrong` when a required field has no column: most often it is the wrong sheet."""
        if self.missing:
            found = [name for name in self.headers if name]
            raise SheetRefused(
                "sheet_wrong",
                missing="、".join(field.label for field in self.missing),
                found="、".join(found[:20]) + (" …" if len(found) > 20 else ""),
            )


def plain_name(header: str) -> str:
    """A column name as it is compared: no brackets with remarks, no stars, blanks or signs, one width and case."""
    folded = fold(header)
    return _SIGNS.sub("", _BRACKETS.sub("", folded)) or _SIGNS.sub("", folded)


def names_of(fields: Sequence[Field]) -> frozenset[str]:
    """Every plain name by which any of the fields goes."""
    return frozenset(plain_name(name) for field in fields for name in (field.label, field.key, *field.aliases))


def match_columns(headers: Sequence[str], fields: Sequence[Field]) -> Matching:
    """Suggest a column for every field, best likeness first, each column at most once."""
    scores: list[tuple[float, int, int]] = []
    for place, field in enumerate(fields):
        names = [(plain_name(field.label), 1.0), *((plain_name(name), 0.95) for name in (*field.aliases, field.key))]
        for index, header in enumerate(headers):
            likeness = _likeness(header, names)
            if headers.index(header) != index or list(headers).count(header) > 1:
                likeness *= 0.6
            if likeness >= _LIKELY:
                scores.append((-likeness, index, place))
    found: dict[str, Match] = {}
    for score, index, place in sorted(scores):
        key = fields[place].key
        if key not in found and index not in {match.index for match in found.values()}:
            found[key] = Match(index, headers[index], round(-score, 2))
    return Matching(tuple(fields), tuple(headers), found)


def _likeness(header: str, names: Sequence[tuple[str, float]]) -> float:
    """How likely a header means one of the names; of a two-level header the whole or its last part may match."""
    if not header or header == WRONG_COLUMN:
        return 0.0
    parts = [(plain_name(header), 1.0)]
    if LEVEL in header:
        parts.append((plain_name(header.rpartition(LEVEL)[2]), 0.9))
    return max((_alike(part, name) * weight * worth for part, weight in parts for name, worth in names), default=0.0)


def _alike(header: str, name: str) -> float:
    if header == name:
        return 1.0
    if len(name) < 2 or len(header) < 2:
        return 0.0
    if name in header or header in name:
        return 0.5 + 0.4 * min(len(name), len(header)) / max(len(name), len(header))
    one, other = set(bigrams(header)), set(bigrams(name))
    return 0.8 * len(one & other) / len(one | other)
