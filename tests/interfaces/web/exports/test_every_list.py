"""Every list can be taken along: a page with rows has its export, or stands here with the reason why not."""

from __future__ import annotations

import re

from genmai.interfaces.web.exports.registry import WEB, registry

ROWS = re.compile(r"<table|data-rows|class=\"matters|\{% (?:pager|matter_list) ")
PAGE = re.compile(r"\{% extends \"shell/")
BUTTON = re.compile(r"\{% export_button \"([a-z_-]+)\"|exported=\"([a-z_-]+)\"")  # in place, or in an included head

WITHOUT = {
    "desk_tools/bulk_preview.html": "a question before something is done: what came of it is exported",
    "duplicates/pair.html": "two records side by side; the pair stands in the list, which is exported",
    "emergency/page.html": "five numbers that move by the minute; its matters are the list of matters",
    "estates/import.html": "a dry run: its failing rows are handed back as a sheet of their own",
    "estates/matter.html": "one matter: the arithmetic of one vote",
    "estates/together.html": "for the parties of an estate, who export nothing",
    "exports/mine.html": "the list of exports itself",
    "flowing/record.html": "one record with both sides; the list it stands in is exported",
    "handle_case/case.html": "one matter; the list it stands in is exported",
    "handle_case/why.html": "how one limit was counted, day by day",
    "hotline/team.html": "who is away: kept for calls only, never counted or taken along",
    "import_sheet/result.html": "its failing rows are handed back as a sheet of their own",
    "inspection/notice.html": "a notice to one body, as it is printed",
    "meetings/minutes.html": "the minutes, as they are printed; decisions and tasks are exported from the list",
    "members/member.html": "one member's file, theirs to read; the lists it stands in are exported",
    "people/account.html": "one account with its few grants",
    "people/looks.html": "a log of looks is read where it is kept: a copy of it would be a list of persons",
    "people/security.html": "the security log stays where it is kept, six months",
    "people/who.html": "one question and its answer; the accounts are exported from their list",
    "security/flags.html": "whose looking stood out is asked about where the log is kept: a copy would be a list of suspects",
    "security/one.html": "the looks of one day, read where they are kept, as in people/looks.html",
    "sign_in/account.html": "one's own account",
    "similar/pair.html": "two matters side by side",
    "standards/entrance.html": "the lists one may open; each has its own export",
    "standards/one.html": "one body's few items, each in the coverage above it",
    "volunteer/board.html": "public tasks, and who volunteers is nobody's list",
    "volunteer/mine.html": "one's own sign-ups",
}


def _pages() -> dict[str, str]:
    found = {str(path.relative_to(WEB)): path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*.html"))}
    found = {name: text for name, text in found.items() if not name.startswith("templates/gallery/")}  # samples
    return {name: text for name, text in found.items() if PAGE.search(text) and ROWS.search(text)}


def test_every_page_with_rows_can_be_exported_or_says_why_not() -> None:
    pages = _pages()
    bare = {name for name, text in pages.items() if not BUTTON.search(text)}
    assert len(pages) > len(WITHOUT), "the lists were found at all"
    assert bare - WITHOUT.keys() == set(), "a list without an export"
    assert WITHOUT.keys() & (pages.keys() - bare) == set(), "an exception that is none"


def test_every_button_has_its_export_and_every_export_its_button() -> None:
    texts = [path.read_text(encoding="utf-8") for path in WEB.rglob("*.html")]
    pressed = {key for text in texts for pair in BUTTON.findall(text) for key in pair if key}
    assert set(registry()) - pressed == set(), "an export nobody can ask for"
    assert pressed - set(registry()) == set(), "a button that makes nothing"
