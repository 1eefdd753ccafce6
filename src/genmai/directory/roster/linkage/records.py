"""A record made comparable: what a name, a date and a number become before two of them are held side by side."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

# Ways of writing the point in names of minorities (买买提·艾力): one point, or none, is meant.
_POINTS = re.compile(r"[·•・‧∙⋅･.．。]+")
_BLANK = re.compile(r"\s+")
INDEX_BYTES = 16  # of a blind index: 128 bits tell 600 million people apart


@dataclass(frozen=True, slots=True)
class Record:
    """One person as one source knows them. Indexes are blind (`sealing`); an empty value is unknown, never "different"."""

    id: str
    name: str
    born: date | None = None
    sex: str = ""  # GB/T 2261.1
    phone_index: bytes | None = None
    identity_index: bytes | None = None
    place: str = ""  # division code: six digits district, nine town
    letters: str = ""  # pinyin of the name where it is known already
    year: int = 0  # of birth, where the day isn't known; heeded for one person by themselves alone


COLUMNS = ("unique_id", "name", "head", "pointed", "letters", "surname", "born", "sex", "phone", "identity", "place")


def one_point(name: str) -> str:
    """The name in one way of writing: full width as half width, no blanks, any point as ·."""
    return _POINTS.sub("·", _BLANK.sub("", unicodedata.normalize("NFKC", name))).strip("·").casefold()


@lru_cache(maxsize=200_000)
def letters_of(name: str) -> str:
    """The pinyin of a name, as members' names keep it: 张伟 and 章伟 are both zhangwei, 曾祥 is zengxiang on either side."""
    from genmai.directory.roster import names  # here: the pages of an office don't wait for its tables

    return names.letters_of(name)[0]


def columns_of(records: Iterable[Record]) -> Mapping[str, list[Any]]:
    """The table that is compared, column by column (COLUMNS); unknown is None."""
    found: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for record in records:
        written = one_point(record.name)
        plain = written.replace("·", "")
        values = (
            record.id,
            plain or None,
            written.split("·")[0] or None,
            "·" in written,
            (record.letters or letters_of(plain)) or None,
            plain[:1] or None,
            record.born.strftime("%Y%m%d") if record.born else None,
            record.sex or None,
            _hex(record.phone_index),
            _hex(record.identity_index),
            record.place or None,
        )
        for column, value in zip(COLUMNS, values, strict=True):
            found[column].append(value)
    return found


def _hex(index: bytes | memoryview | None) -> str | None:
    return bytes(index)[:INDEX_BYTES].hex() if index else None
