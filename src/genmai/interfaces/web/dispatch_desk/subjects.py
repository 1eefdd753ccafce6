"""Every subject with its letters, fetched once by the desk's script: choosing one needs no further question."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language

from genmai.interfaces.web.dispatch_desk.letters import letters
from genmai.processes.cases import mechanism

Row = tuple[str, str, str]  # code, title, letters and further words


def version() -> str:
    """Changes with what is listed; stands in the address, so that the browser keeps it."""
    return f"{mechanism.loop()}-{get_language()}".replace("/", "-")


@lru_cache(maxsize=4)
def rows(language: str) -> tuple[Row, ...]:
    """All subjects, leaves first, in the reader's language."""
    taxonomy = mechanism.taxonomy()
    found = []
    for one in sorted(taxonomy.categories.values(), key=lambda one: (-one.level, one.code)):
        title = one.title_en if language == "en" else one.title
        known = " ".join(letters(name) for name in (one.name, *one.keywords[:6]))
        words = " ".join((*one.keywords[:6], one.path_en[-1].lower() if language != "en" else one.name))
        found.append((one.code, title, f"{known} {words}"))
    return tuple(found)
