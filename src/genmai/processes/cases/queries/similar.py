"""Matters alike: for staff with everything they may see, for residents only what may be public.

Candidates come by index: all that is recent at the very place (below it, and known by its town only), and what names the
same road in the next village; where no village is known, what shares telling pairs of signs. They are then scored exactly. A repeat
merged into another matter stands for that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.territory.models import Place
from genmai.kernel.text import bigrams
from genmai.kernel.viewer import Reach, Viewer
from genmai.mechanisms.schema import Limit
from genmai.processes.cases import clocks, mechanism
from genmai.processes.cases.definition_likeness import Likeness
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.likeness.grams import Commonness, Reader
from genmai.processes.cases.likeness.places import line_of, names_of
from genmai.processes.cases.likeness.scoring import Score, Seen, alike, score
from genmai.processes.cases.likeness.spots import Spots, spots_of
from genmai.processes.cases.models import Case, CaseLink, CommonSigns
from genmai.processes.cases.queries.hot_spots import ROOT_CAUSE
from genmai.processes.cases.queries.lists import visible

SHORTEST = 4  # signs: less says nothing yet
MOST_FOUND = 30  # more than anybody is shown, so that what may not be shown can be left out
LEAST = 0.03  # texts less alike than this are not looked at any further


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody is writing down: not a case yet."""

    text: str
    place_id: int | None = None
    place_text: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Like:
    """A matter and how alike it is. `case` is the one it lives in now (the survivor, when the alike one was merged)."""

    case: Case
    score: Score


def while_typing(viewer: Viewer, *, typed: Typed, at: datetime, limit: int | None = None) -> list[Like]:
    """What staff may mean, within their search scope, the most alike first; a constant number of queries."""
    rows = visible(viewer, reach=Reach.SEARCH)
    if len(typed.text.strip()) < SHORTEST:
        return []
    ground = _Ground.of(typed.place_id)
    return _found(rows, _seen_typed(typed, ground, at), ground, typed.text, at)[: limit or _rules().shown_staff]


def in_town(viewer: Viewer, *, typed: Typed, at: datetime) -> list[Like]:
    """What is alike in the town of the place chosen, whoever asks: `similar_public` lets nothing else of it through."""
    ground = _Ground.of(typed.place_id)
    if ground.town is None:
        return []
    rows = Case.objects.filter(reach__contains=[ground.town])
    found = _found(rows, _seen_typed(typed, ground, at), ground, typed.text, at)
    return [like for like in found if like.score.near not in ("apart", "unknown")]


def of_case(viewer: Viewer, *, case: Case, at: datetime, limit: int | None = None) -> list[Like]:
    """Matters like this one in the viewer's view; pairs found to be two, or linked already, are not offered again."""
    rows = visible(viewer).exclude(pk__in=[case.pk, *_known_pairs(case)])
    ground = _Ground.of(_place_id(case))
    text = f"{case.title} {case.text}"
    mine = _with_subject(_seen_case(case, ground.reader), case)
    found = _found(rows, mine, ground, text, max(at, case.received_at))
    return [one for one in found if one.case.pk != case.pk][: limit or _rules().shown_staff]


def compare(viewer: Viewer, *, one: Case, other: Case) -> Score:
    """The score of two matters, both already found in the viewer's scope."""
    reader = _Ground.of(_place_id(one)).reader
    first, second = (_with_subject(_seen_case(case, reader), case) for case in (one, other))
    return score(first, second, _rules())


def events_like(viewer: Viewer, *, case: Case, since: datetime, least: float) -> list[Like]:
    """Earlier matters of the same trouble at the same place, oldest first: for the system, which sees all of them."""
    ground = _Ground.of(_place_id(case))
    rows = Case.objects.filter(received_at__gte=since, received_at__lte=case.received_at, excluded=False)
    rows = (
        rows.filter(home_id__in=ground.homes).exclude(pk=case.pk).exclude(state="declined").exclude(channel=ROOT_CAUSE)
    )
    mine, rules = _with_subject(_seen_case(case, ground.reader), case), _rules()
    scored = [
        (other, score(mine, _with_subject(_seen_case(other, ground.reader), other), rules))
        for other in _with_place(rows)[: rules.candidates]
    ]
    found = [Like(o, s) for o, s in scored if s.said >= rules.least_text and _without_time(s, rules) >= least]
    return sorted(found, key=lambda like: (like.case.received_at, like.case.pk))


def _without_time(found: Score, rules: Likeness) -> float:
    """Text and place alone: what returns after two months is the same trouble all the same."""
    by_text, by_place = float(rules.weights.text), float(rules.weights.place)
    return (by_text * found.text + by_place * found.place) / (by_text + by_place)


# -- candidates and their scores ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ground:
    """The place somebody means: its line, the bodies at and below it, the town, and how texts from there are read."""

    line: tuple[str, ...]
    homes: tuple[int, ...]
    town: int | None
    reader: Reader

    @classmethod
    def of(cls, place_id: int | None) -> _Ground:
        place = Place.objects.filter(pk=place_id).first() if place_id else None
        line = line_of(place.path) if place else ()
        rules = _rules()
        bodies, names = _bodies(place, line) if place else ([], [])
        town = next((body_id for body_id, kind, _ in bodies if kind == OrganisationKind.TOWN), None)
        small = [body_id for body_id, kind, code in bodies if len(line) < 2 or (kind != OrganisationKind.TOWN and code)]
        reader = Reader(stop=(*rules.stop, *names_of(names)), same_words=rules.same_words, common=_common())
        return cls(line, tuple(small), town, reader)


def _bodies(place: Place, line: Sequence[str]) -> tuple[list[tuple[int, str, str]], list[str]]:
    """Id, kind and place code of the bodies on the line and below its village; and the names the line goes by."""
    head = place.path.split(f"/{line[1]}/")[0] + f"/{line[1]}/" if len(line) > 1 else ""
    wanted = Q(place__code__in=line) | Q(place__path__startswith=head) if head else Q(place__code__in=line)
    rows = Organisation.objects.filter(wanted, closed_on__isnull=True).select_related("place")
    bodies = [(row.pk, row.kind, row.place.code if row.place else "") for row in rows]
    return bodies, [row.place.name for row in rows if row.place and row.place.code in line]


@dataclass(frozen=True, slots=True)
class _Row:
    """As much of a case as is compared: two hundred whole ones would cost more than comparing them."""

    pk: int
    merged_into_id: int | None
    title: str
    text: str
    place_text: str
    category: str
    received_at: datetime
    place_path: str | None
    home_path: str | None

    def seen(self, reader: Reader) -> Seen:
        line = line_of(self.place_path or self.home_path or "")
        said, spot = reader.read(self.text, self.title), reader.read(self.place_text)
        return Seen(said, line, spot, self.received_at, spots=_spots(self.title, self.text, self.place_text))


_FIELDS = (
    "pk", "merged_into_id", "title", "text", "place_text", "category", "received_at", "place__path", "home__place__path",
)  # fmt: skip


def _found(rows: QuerySet[Case], mine: Seen, ground: _Ground, text: str, at: datetime) -> list[Like]:
    rules = _rules()
    best: dict[int, Score] = {}
    for row in _candidates(rows, ground, text, at, mine.spots):
        theirs = row.seen(ground.reader)
        if mine.said.like(theirs.said) < LEAST:
            continue
        subject = row.category or _told_by(row.title, row.text)
        got = score(mine, replace(theirs, subject=subject), rules)
        stands = row.merged_into_id or row.pk
        if alike(got, rules) and (stands not in best or best[stands].total < got.total):
            best[stands] = got
    order = sorted(best, key=lambda pk: (-best[pk].total, -pk))[:MOST_FOUND]
    cases = {case.pk: case for case in _with_place(rows.filter(pk__in=order))} if order else {}
    return [Like(cases[pk], best[pk]) for pk in order if pk in cases]


def _candidates(rows: QuerySet[Case], ground: _Ground, text: str, at: datetime, spots: Spots) -> list[_Row]:
    """At most `candidates` of each: what is recent at the very place, and on a road of the same name elsewhere in the town;
    where no village is known, what shares telling pairs.
    """
    rules = _rules()
    lately = Q(received_at__gte=_back(rules.recent, at))
    still = Q(received_at__gte=_back(rules.open_for, at), state__in=OPEN)
    rows = rows.filter(lately | still, received_at__lte=at, excluded=False).exclude(state="declined")
    rows = rows.exclude(channel=ROOT_CAUSE).order_by("-received_at", "-id")
    if len(ground.line) > 1:
        homes = [*ground.homes, ground.town] if ground.town else ground.homes
        return _plain(rows.filter(home_id__in=homes)) + _across(rows, ground, spots, homes)
    rows = rows.filter(words__overlap=ground.reader.telling(text, most=rules.telling))
    return _plain(rows.filter(reach__contains=[ground.town]) if ground.town else rows)


def _across(rows: QuerySet[Case], ground: _Ground, spots: Spots, homes: Sequence[int]) -> list[_Row]:
    """Of other villages of the town only what tells a road or river of the same name; a query of its own, so that the first
    stays one walk along an index. Where nothing is named, none.
    """
    if not spots.names or ground.town is None:
        return []
    named = Q()
    for name in sorted(spots.names):
        named |= Q(words__contains=_last_pairs(name))
    return _plain(rows.filter(named, reach__contains=[ground.town]).exclude(home_id__in=homes))


def _plain(rows: QuerySet[Case]) -> list[_Row]:
    return [_Row(*values) for values in rows.values_list(*_FIELDS)[: _rules().candidates]]


def _last_pairs(name: str) -> list[str]:
    """The pairs a road's name ends with, as the index of texts has them: 中山, 山路."""
    return list(bigrams(name[-3:]))


def _with_place(rows: QuerySet[Case]) -> QuerySet[Case]:
    rows = rows.select_related("place", "home__place", "holder", "lead", "merged_into__home", "merged_into__holder")
    return rows.defer("words", "reach", "answers").order_by("-received_at", "-id")


def _seen_case(case: Case, reader: Reader) -> Seen:
    said, spot = reader.read(case.text, case.title), reader.read(case.place_text)
    spots = _spots(case.title, case.text, case.place_text)
    return Seen(said, line_of_case(case), spot, case.received_at, spots=spots)


def _seen_typed(typed: Typed, ground: _Ground, at: datetime) -> Seen:
    said, spot = ground.reader.read(typed.text, typed.title), ground.reader.read(typed.place_text)
    spots = _spots(typed.title, typed.text, typed.place_text)
    return Seen(said, ground.line, spot, at, _told_by(typed.title, typed.text), spots)


def _spots(*told: str) -> Spots:
    """What title, text and spot name, each by itself: nothing runs from one into the next."""
    return spots_of("|".join(told), _rules().landmarks)


def _with_subject(seen: Seen, case: Case) -> Seen:
    """The subject the desk gave, or what the taxonomy's own words say."""
    return replace(seen, subject=case.category or _told_by(case.title, case.text))


@lru_cache(maxsize=8192)
def _told_by(title: str, text: str) -> str:
    found = mechanism.taxonomy().find(f"{title} {text}").category
    return found.code if found else ""


def _place_id(case: Case) -> int | None:
    return case.place_id or case.home.place_id


def _known_pairs(case: Case) -> set[int]:
    """Cases this one was already found to be two with, or was linked or attached to."""
    pairs = CaseLink.objects.filter(Q(case=case) | Q(other=case), ended_at__isnull=True)
    return {found for pair in pairs.values_list("case_id", "other_id") for found in pair} - {case.pk}


def _back(limit: Limit, at: datetime) -> datetime:
    """As long before a moment as the limit reaches after it."""
    return at - (clocks.due_after(limit, at) - at)


def _rules() -> Likeness:
    return mechanism.definition_of(mechanism.loop()).likeness


def _common() -> Commonness:
    """The newest count of common signs; read from the table once a count, asked for its number each time."""
    newest = CommonSigns.objects.order_by("-counted_at").values_list("pk", flat=True).first()
    return _counted(newest) if newest is not None else Commonness()


@lru_cache(maxsize=2)
def _counted(pk: int) -> Commonness:
    row = CommonSigns.objects.get(pk=pk)
    return Commonness(row.texts, dict(zip(row.grams, row.counts, strict=True)))


def line_of_case(case: Case) -> tuple[str, ...]:
    """The codes of a matter's place (or of its home's) from the town down."""
    place = case.place or case.home.place
    return line_of(place.path) if place else ()


def same_town(case: Case, place: Place) -> bool:
    """Whether a matter lies in the town of a place."""
    return bool(line_of(place.path)) and line_of(place.path)[:1] == line_of_case(case)[:1]


__all__ = ["Like", "Typed", "compare", "events_like", "in_town", "of_case", "while_typing"]
