"""Ready answers with places to be filled from what is known of a matter: {编号} {地点} {单位} {日期} {事项}. Pure.

Chinese and English names mean the same place. A place nothing will fill is refused when the text is kept, by its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from genmai.kernel.refusal import BadInput

PLACES: Mapping[str, str] = {
    "编号": "number", "number": "number",
    "地点": "place", "place": "place",
    "单位": "body", "body": "body",
    "日期": "date", "date": "date",
    "事项": "title", "title": "title",
}  # fmt: skip
CHINESE = tuple(name for name in PLACES if not name.isascii())
ENGLISH = tuple(name for name in PLACES if name.isascii())
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands at the places; `date` is today in words."""

    number: str
    place: str
    body: str
    date: str
    title: str


def unknown_places(text: str) -> list[str]:
    """Places in braces that have no meaning, and braces that never close."""
    found = [name for name in _PLACE.findall(text) if name.strip() not in PLACES]
    loose = _PLACE.sub("", text)
    return found + [mark for mark in "{}" if mark in loose]


def check_places(text: str, *, field: str = "text") -> None:
    """Raises BadInput naming the first place that nothing will fill."""
    for name in unknown_places(text):
        raise BadInput(
            "unknown_place", "“{place}”这个空没有东西可填，请改掉", field=field,
            allowed="、".join(f"{{{one}}}" for one in CHINESE), place=f"{{{name}}}" if name not in "{}" else name,
        )  # fmt: skip


def filled(text: str, facts: Facts) -> str:
    """The text for one matter. What is not known stays out, without a trace of braces."""
    return _PLACE.sub(lambda place: getattr(facts, PLACES.get(place[1].strip(), ""), ""), text)
