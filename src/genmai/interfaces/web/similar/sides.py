"""Two matters side by side: field by field, what is alike marked, the score explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from genmai.directory.territory.queries import path_names
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.shell.time_words import when_words
from genmai.interfaces.web.similar.offers import NEAR
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.likeness.scoring import Score
from genmai.processes.cases.likeness.shared import marked, shared_words
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries.marks import marks

NEARLY = 0.35  # a share from which two are called near
Pieces = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Side:
    """One field of both matters; `alike`: "same", "near" or "" (other)."""

    name: str
    one: Pieces
    other: Pieces
    alike: str

    @property
    def word(self) -> str:
        """What the mark says."""
        return {"same": gettext("一样"), "near": gettext("相近"), "": gettext("不同")}[self.alike]


@dataclass(frozen=True)
class Part:
    """One part of the score: how alike, what it counts, in words."""

    name: str
    percent: int
    counts: int
    said: str


def sides(viewer: Viewer, one: Case, other: Case, score: Score, now: datetime) -> list[Side]:
    """The fields worth comparing, two queries."""
    rules = mechanism.definition_of(mechanism.loop()).likeness
    shared = shared_words(one.text, other.text, without=rules.stop)
    placed = [case.place for case in (one, other) if case.place is not None]
    names = path_names(viewer, places=placed) if placed else {}
    counted = marks(viewer, cases=[one, other])
    both = (one, other)
    places = [names.get(case.place_id or 0, case.home.name) for case in both]
    subjects = [_subject(case) for case in both]
    found = [
        Side(gettext("说了什么"), marked(one.text, shared), marked(other.text, shared), _text(one, other, score)),
        _plain(
            gettext("地点"),
            places,
            "same" if score.near == "same" else "near" if score.near in ("inside", "village", "border") else "",
        ),
        _plain(gettext("具体位置"), [case.place_text for case in both]),
        _plain(gettext("分类"), subjects),
        _plain(gettext("什么时候"), [when_words(case.received_at, now) for case in both], _time(score)),
        _plain(gettext("到哪一步"), [words.badge(case.state)[1] for case in both]),
        _plain(gettext("谁在办"), [(case.lead or case.holder).name for case in both]),
        _plain(gettext("几人反映"), [str(counted[case.pk].callers) for case in both]),
    ]
    return [side for side in found if side.one[0][0] or side.other[0][0]]


def parts(score: Score) -> list[Part]:
    """The score taken apart, as it was put together."""
    weights = mechanism.definition_of(mechanism.loop()).likeness.weights
    known = score.near != "unknown"
    whole = weights.text + weights.time + (weights.place if known else 0)
    days = gettext("前后差 {n} 天").format(n=score.days) if score.days else gettext("同一天")
    found = [Part(gettext("说的事"), int(score.text * 100), round(weights.text / whole * 100), "")]
    if known:
        found.append(
            Part(gettext("地点"), int(score.place * 100), round(weights.place / whole * 100), str(NEAR[score.near]))
        )
    return [*found, Part(gettext("时间"), int(score.time * 100), round(weights.time / whole * 100), days)]


def _plain(name: str, values: Sequence[str], alike: str | None = None) -> Side:
    one, other = values
    if alike is None:
        alike = "same" if one and one == other else ""
    return Side(name, [(one, False)], [(other, False)], alike)


def _text(one: Case, other: Case, score: Score) -> str:
    return "same" if one.text == other.text else "near" if score.text >= NEARLY else ""


def _time(score: Score) -> str:
    return "same" if not score.days else "near" if score.time >= NEARLY else ""


def _subject(case: Case) -> str:
    category = mechanism.taxonomy().categories.get(case.category)
    return words.subject(category) if category else ""
