"""How alike two matters are: text, place and time, each a share; together a score that can be said to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from genmai.processes.cases.definition_likeness import Likeness, Nearness
from genmai.processes.cases.likeness.grams import Said
from genmai.processes.cases.likeness.spots import NOWHERE, Spots

TOWN, VILLAGE = 0, 1  # rungs of a place's line: town, village or community, grid, building


@dataclass(frozen=True, slots=True)
class Seen:
    """One matter as far as it is compared. `line`: codes of its place from the town down, () when not known.

    `spot`: the place in the reporter's words, read like a text; `spots`: what text and spot name of it. `subject`:
    taxonomy code, "" when not known.
    """

    said: Said
    line: Sequence[str]
    spot: Said
    at: datetime
    subject: str = ""
    spots: Spots = NOWHERE


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of 0 to 1 and what they come to; `days` lie between the two. `subject`: 1 the same, -1 another, 0 not known;
    `said`: the texts alone, before the subject counts; `elsewhere`: they name different spots.
    """

    total: float
    text: float
    place: float
    time: float
    near: Nearness
    days: int
    subject: int = 0
    said: float = 0.0
    elsewhere: bool = False

    @property
    def percent(self) -> int:
        """The score for people, in whole percent, rounded down: never more than it is."""
        return int(self.total * 100 + 1e-9)


def near(one: Sequence[str], other: Sequence[str]) -> Nearness:
    """How near two places are, by their lines."""
    if not one or not other:
        return "unknown"
    if tuple(one) == tuple(other):
        return "same"
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    if shared == 0 or shared == VILLAGE < min(len(one), len(other)):
        return "apart"  # other towns, or two villages
    if shared == VILLAGE:
        return "town"
    return "inside" if shared == min(len(one), len(other)) else "village"


def score(one: Seen, other: Seen, rules: Likeness) -> Score:
    """The score of two matters; the same both ways round. Where a place isn't known, text and time decide alone."""
    nearness, elsewhere = _near(one, other), one.spots.elsewhere(other.spots)
    subject = same_subject(one.subject, other.subject)
    said = min(1.0, one.said.like(other.said) / float(rules.whole_text))
    text = _text(said, subject, rules)
    place = _place(nearness, one.spot, other.spot, rules)
    apart = abs((one.at - other.at).total_seconds()) / 86400
    time = 0.5 ** (apart / rules.half_life)
    by_text, by_place, by_time = (
        float(share) for share in (rules.weights.text, rules.weights.place, rules.weights.time)
    )
    if nearness == "unknown":
        by_place = 0.0
    total = (by_text * text + by_place * place + by_time * time) / (by_text + by_place + by_time)
    if elsewhere or one.spots.told_otherwise(other.spots):
        total *= float(rules.elsewhere if elsewhere else rules.told_otherwise)
    total, text, place, time = (round(share, 4) for share in (total, text, place, time))
    return Score(total, text, place, time, nearness, int(apart), subject, round(said, 4), elsewhere)


def _near(one: Seen, other: Seen) -> Nearness:
    """By the lines; two villages of one town that a road of one name runs through are neighbours."""
    found = near(one.line, other.line)
    same_town = bool(one.line) and bool(other.line) and one.line[0] == other.line[0]
    return "border" if found == "apart" and same_town and one.spots.meets(other.spots) else found


def alike(found: Score, rules: Likeness) -> bool:
    """Whether two matters are offered as the same: the score is enough, and not by place, time and subject alone."""
    return found.near != "apart" and found.total >= rules.offer and found.said >= rules.least_text


def same_subject(one: str, other: str) -> int:
    """1: the same or one within the other; -1: different; 0: one of them isn't known."""
    if not one or not other:
        return 0
    return 1 if one.startswith(other) or other.startswith(one) else -1


def _text(share: float, subject: int, rules: Likeness) -> float:
    if subject > 0:
        return share + (1 - share) * float(rules.same_subject) if share else 0.0
    return share * float(rules.other_subject) if subject < 0 else share


def _place(nearness: Nearness, one: Said, other: Said, rules: Likeness) -> float:
    """The share of the nearness; where both tell the spot in words, these count for `spot` of it."""
    share = float(rules.places.share(nearness))
    if not one.weights or not other.weights or nearness == "unknown":
        return share
    spot = float(rules.spot)
    return share * (1 - spot + spot * one.like(other))
