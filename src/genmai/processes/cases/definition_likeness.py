"""How alike two matters are, what is a hot spot, and when a trouble that returns is looked into. Pure, from `cases.toml`.

The defaults stand here so that a mechanism released before these tables still loads; a place changes any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from genmai.mechanisms.schema import Fault, Frozen, Limit, Positive, Share

DAYS_30 = Limit(clock="calendar_days", amount=Decimal(30))
DAYS_90 = Limit(clock="calendar_days", amount=Decimal(90))
DAYS_180 = Limit(clock="calendar_days", amount=Decimal(180))
Nearness = Literal["same", "inside", "village", "town", "border", "apart", "unknown"]
Words = Annotated[str, Field(min_length=1)]


# What people tell a spot by, each group one kind of it in several words. Two of one kind in one village are not told apart.
LANDMARKS = (
    ("菜场", "菜市场", "农贸市场", "集市"), ("学校", "小学", "中学", "校门"), ("幼儿园", "托儿所"), ("医院", "卫生院", "卫生室", "诊所"),
    ("桥头", "桥边", "桥下", "桥上", "座桥", "桥底"), ("公交站", "车站", "站台", "候车亭"), ("地铁口", "地铁站", "轻轨站"),
    ("活动室", "活动中心", "老年协会", "文化礼堂"), ("祠堂", "庙", "教堂"), ("公园", "绿地", "游步道"), ("广场",), ("停车场", "车库"),
    ("超市", "便利店", "小店门口"), ("银行",), ("派出所", "警务室"), ("村委", "居委", "村部", "党群服务中心"), ("厂门口", "厂区", "工业区"),
    ("池塘", "水塘", "河埠头"), ("加油站",), ("垃圾房", "垃圾站", "垃圾中转站"), ("公厕", "公共厕所"), ("篮球场", "操场", "健身"),
)  # fmt: skip


class Weights(Frozen):
    """What counts how much in the score of two matters; together one."""

    text: Share = Fraction(6, 10)
    place: Share = Fraction(3, 10)
    time: Share = Fraction(1, 10)


class Places(Frozen):
    """What nearness counts: the same place; one inside the other; in one village; one known by its town only; two villages
    of one town that tell the same road, river or bridge by name.
    """

    same: Share = Fraction(1)
    inside: Share = Fraction(9, 10)
    village: Share = Fraction(7, 10)
    town: Share = Fraction(1, 2)
    border: Share = Fraction(1, 2)

    def share(self, near: Nearness) -> Fraction:
        found: Fraction = Fraction(0) if near in ("apart", "unknown") else getattr(self, near)
        return found


class Likeness(Frozen):
    """Offered are matters that score at least `offer` and whose texts alone are alike by `least_text`; matters of different
    villages only where both tell the same road, river or bridge by name. A place not known isn't counted: text and time
    decide.

    Looked among at most `candidates`: what was received within `recent`, and what is still open and younger than
    `open_for`; outside the very place by `telling` pairs of signs. Texts whose likeness (a cosine) is `whole_text` count as
    wholly alike. Of one subject, the rest to wholly alike shrinks by `same_subject`; of different ones, the likeness counts
    `other_subject` of it. Where both tell the spot in words, these make up `spot` of the place's share. The share of time
    halves every `half_life` days. Where both name different spots of one kind (buildings, gates, `landmarks`: each group
    one spot in several words), only `elsewhere` of the score counts; where each names another kind, which may or may not be
    one spot, `told_otherwise` of it. `stop`: phrases said in every matter; `same_words`: words that mean the same. Residents never see
    a matter of a private kind or subject.
    """

    weights: Weights = Weights()
    places: Places = Places()
    offer: Share = Fraction(1, 2)
    least_text: Share = Fraction(15, 100)
    whole_text: Share = Fraction(6, 10)
    same_subject: Share = Fraction(3, 10)
    other_subject: Share = Fraction(5, 10)
    spot: Share = Fraction(6, 10)
    elsewhere: Share = Fraction(0)
    told_otherwise: Share = Fraction(8, 10)
    half_life: Positive = 30
    recent: Limit = DAYS_30
    open_for: Limit = DAYS_180
    candidates: Positive = 200
    telling: Positive = 24
    shown_residents: Positive = 3
    shown_staff: Positive = 6
    stop: tuple[Words, ...] = ()
    same_words: tuple[Annotated[tuple[Words, ...], Field(min_length=2)], ...] = ()
    landmarks: tuple[Annotated[tuple[Words, ...], Field(min_length=1)], ...] = LANDMARKS
    private_subjects: tuple[Annotated[str, Field(pattern=r"^(\d\d){1,3}$")], ...] = ()

    def check(self) -> Iterator[Fault]:
        total = self.weights.text + self.weights.place + self.weights.time
        if total != 1:
            yield Fault("likeness.weights", total, "text, place and time together 1")
        for name in (
            "offer",
            "least_text",
            "whole_text",
            "same_subject",
            "other_subject",
            "spot",
            "elsewhere",
            "told_otherwise",
        ):
            if getattr(self, name) > 1:
                yield Fault(f"likeness.{name}", getattr(self, name), "at most 1")
        words = [word for group in self.same_words for word in group]
        doubled = sorted({word for word in words if words.count(word) > 1})
        if doubled:
            yield Fault("likeness.same_words", "、".join(doubled), "each word in one group only")


class HotSpots(Frozen):
    """A place and subject is listed from `least` matters on. It is unusual when, had nothing changed since the
    `weeks` before, so many would come by chance with a probability below `chance`.
    """

    least: Positive = 3
    weeks: Positive = 4
    chance: Share = Fraction(1, 100)
    shown: Positive = 30


class RootCauses(Frozen):
    """The `count`-th similar event at one place `within` this time opens a case of its own, `step` rungs up.

    Events are counted, not reports: what came less than `apart_hours` after the one before, or was merged into it, is
    the same event. `alike`: the score two matters need to be events of one trouble.
    """

    count: Annotated[int, Field(strict=True, ge=2)] = 3
    within: Limit = DAYS_90
    apart_hours: Positive = 24
    step: Positive = 1
    alike: Share = Fraction(3, 4)
