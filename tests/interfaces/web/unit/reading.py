"""What a unit page shows, read from its markup as a person would: cards, links, lines."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse

CARDS = ("response", "solution", "satisfaction", "overdue")
_CARD = re.compile(r'<div class="figure-card">(.*?)</div>', re.S)
_PAIR = re.compile(r'class="figure-of">\s*([\d,]+) / ([\d,]+) ')


def text(response: HttpResponse) -> str:
    return response.content.decode()


def cards(response: HttpResponse) -> dict[str, str]:
    """The four cards' markup by figure."""
    return dict(zip(CARDS, _cards_under(text(response), "rates"), strict=True))


def call_cards(response: HttpResponse) -> list[str]:
    """The markup of the cards about calls; none where nobody called."""
    return _cards_under(text(response), "calls")


def _cards_under(page: str, heading: str) -> list[str]:
    section = re.search(rf'<section class="section" aria-labelledby="{heading}">.*?</section>', page, re.S)
    return _CARD.findall(section[0]) if section else []


def pair(card: str) -> tuple[int, int]:
    """Numerator and denominator as printed; (0, 0) where nothing counts."""
    found = _PAIR.search(card)
    return (int(found[1].replace(",", "")), int(found[2].replace(",", ""))) if found else (0, 0)


def links(markup: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'href="([^"]+)"', markup)]


def rows(response: HttpResponse) -> list[str]:
    """The lines of the list of deeds."""
    body = re.search(r"<tbody>(.*?)</tbody>", text(response), re.S)
    return re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
