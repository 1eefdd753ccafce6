"""What the duty list answers for a subject at a place: which body, by which row, or why nobody yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from genmai.directory.roster.models import Organisation
from genmai.interfaces.web.handle_case.standing import Standing
from genmai.mechanisms.duties import RULE, DutyRow
from genmai.mechanisms.taxonomy import Category
from genmai.processes.cases import mechanism

EXAMPLE = "example"
FOUND = 12


@dataclass(frozen=True)
class Answer:
    """`body` None: undecided, `why` says it. `rule` is named where the base may not be given this."""

    category: Category | None
    body: Organisation | None
    row: DutyRow | None
    why: str
    rule: str
    assisting: tuple[str, ...]

    @property
    def example(self) -> bool:
        """The row is an example, not this district's own list."""
        return self.row is not None and self.row.status == EXAMPLE


def answer(standing: Standing, category: str) -> Answer:
    """From the subject chosen (or the case's own) and the matter's home."""
    on = standing.now.date()
    known = mechanism.taxonomy().categories.get(category)
    if known is None:
        return Answer(None, None, None, gettext("还没有分类，请先选一类"), "", ())
    row = mechanism.duty_of(category, on=on)
    if row is None:
        why = mechanism.duties().why_undecided(category, on=on).text(gettext)
        return Answer(known, None, None, why, "", ())
    body = body_of(standing, row.body)
    why = "" if body else gettext("目录里写的单位这里没有，请手工选")
    return Answer(known, body, row, why, "" if row.for_base else RULE, row.assisting)


def body_of(standing: Standing, code: str) -> Organisation | None:
    """The organisation a code of the list means here: a department, or the town or village on the matter's own line."""
    if not code.startswith("base:"):
        return next((one for one in standing.targets if one.code == code), None)
    kind = "town" if code == "base:town" else "community"
    path = standing.case.home_path
    return next((one for one in standing.targets if one.kind == kind and f"/{one.id}/" in path), None)


@dataclass(frozen=True)
class Subject:
    """One subject to choose, or to look inside."""

    code: str
    title: str
    leaf: bool


def subjects(find: str, within: str, text: str) -> tuple[list[Subject], str]:
    """What can be chosen: by the words typed, below the one opened, or those the matter's own text suggests."""
    taxonomy = mechanism.taxonomy()
    if find.strip():
        return _found(taxonomy.categories.values(), find.strip()), ""
    if within in taxonomy or within == "top":
        below = taxonomy.children("" if within == "top" else within)
        return [_subject(one, whole=False) for one in below], within
    finding = taxonomy.find(text)
    codes = [finding.category.code, *finding.candidates] if finding.category else list(finding.candidates)
    return [_subject(taxonomy.lookup(code)) for code in dict.fromkeys(codes)][:FOUND], ""


def _found(categories: object, find: str) -> list[Subject]:
    taxonomy = mechanism.taxonomy()
    wanted = find.lower()

    def rank(one: Category) -> int:
        names = (one.name.lower(), one.path_en[-1].lower())
        if wanted in (one.code, *names):
            return 0
        if any(wanted in name for name in names):
            return 1
        if any(wanted in word or word in wanted for word in map(str.lower, one.keywords)):
            return 2
        return 3 if wanted in one.title.lower() or wanted in one.title_en.lower() else 9

    ranked = sorted(((rank(one), -one.level, code) for code, one in taxonomy.categories.items()))
    return [_subject(taxonomy.lookup(code)) for place, _level, code in ranked if place < 9][:FOUND]


def _subject(one: Category, *, whole: bool = True) -> Subject:
    english = get_language() == "en"
    title = (one.title_en if english else one.title) if whole else (one.path_en[-1] if english else one.name)
    return Subject(one.code, title, not mechanism.taxonomy().children(one.code))


def above(within: str) -> Sequence[Subject]:
    """The subjects opened so far, outermost first."""
    taxonomy = mechanism.taxonomy()
    codes = [within[:size] for size in range(2, len(within) + 1, 2)]
    return [_subject(taxonomy.lookup(code), whole=False) for code in codes if code in taxonomy]
