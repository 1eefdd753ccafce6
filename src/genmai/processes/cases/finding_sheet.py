"""A sheet of findings: which columns a finding needs, and its good rows as findings. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from genmai.directory.roster.models import Organisation
from genmai.kernel.sheets import Field, GoodRow
from genmai.kernel.viewer import Viewer
from genmai.mechanisms.schema import Text
from genmai.processes.cases.commands.findings import FoundRow, NewFinding
from genmai.processes.cases.commands.intake import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from genmai.processes.cases.commands.round_step import rules_of
from genmai.processes.cases.models import Round
from genmai.processes.cases.queries import rounds as read


@dataclass(frozen=True)
class FindingSheet:
    """The columns of one round's sheets, and what their words stand for."""

    fields: tuple[Field, ...]
    services: Mapping[str, str]
    urgencies: Mapping[str, str]
    bodies: Mapping[str, int]

    def found(self, row: GoodRow, *, places: Mapping[str, int]) -> FoundRow:
        """A good row as a finding."""
        said = {key: str(value).strip() if value is not None else "" for key, value in row.values.items()}
        ref = said["ref"] or row.fingerprint[:32]
        new = NewFinding(
            text=said["text"],
            service=self.services[said["service"]],
            body_id=self.bodies[said["body"]],
            title=said["title"],
            urgency=self.urgencies.get(said["urgency"], ""),
            place_id=places.get(said["place"]),
            place_text=said["place"],
            ref=ref,
            found_at=cast("datetime | None", row.values["found_at"]),
        )
        return FoundRow(row.number, ref, new)


def sheet_of(viewer: Viewer, *, round: Round) -> FindingSheet:
    """The columns of a round: classes and urgencies of its mechanism, bodies of its list."""
    definition, rules = rules_of(round.mechanism)
    services = {definition.kinds[key].title.zh: key for key in rules.classes}
    urgencies = {definition.urgencies[key].title.zh: key for key in rules.urgencies}
    bodies = read.bodies(viewer, round=round)
    fields = (
        Field(
            key="ref", label="问题编号", aliases=("编号", "清单编号"), max_length=80,
        ),
        Field(
            key="service", label="方面", aliases=("类别", "问题类别", "问题类型", "所属方面", "类型", "分类"),
            required=True, kind="choice", choices=_choices(definition.kinds[key].title for key in rules.classes),
        ),
        Field(
            key="text", label="问题", required=True, kind="multiline", max_length=LONGEST_TEXT,
            aliases=("存在问题", "发现的问题", "问题描述", "问题情况", "问题内容", "具体问题", "内容", "主要问题"),
        ),
        Field(
            key="body", label="整改单位", aliases=("责任单位", "牵头单位", "承办单位", "主办单位", "责任部门", "单位", "部门"),
            required=True, kind="choice", choices={body.name: _other_names(body) for body in bodies},
        ),
        Field(key="title", label="标题", aliases=("问题标题", "简要问题"), max_length=LONGEST_TITLE),
        Field(
            key="place", label="地点", aliases=("位置", "发现地点", "点位", "问题地点", "所在地点"), max_length=LONGEST_PLACE,
        ),
        Field(
            key="urgency", label="整改类型", aliases=("整改要求", "紧急程度", "时限类型", "整改方式"), kind="choice",
            choices=_choices(definition.urgencies[key].title for key in rules.urgencies),
        ),
        Field(key="found_at", label="发现时间", aliases=("暗访时间", "检查时间", "时间", "日期", "发现日期"), kind="datetime"),
    )  # fmt: skip
    return FindingSheet(fields, services, urgencies, {body.name: body.pk for body in bodies})


def _choices(titles: Iterable[Text]) -> dict[str, tuple[str, ...]]:
    return {title.zh: (title.en,) for title in titles}


def _other_names(body: Organisation) -> tuple[str, ...]:
    """Names people write instead of the full one: the short name, and without the district in front."""
    plain = body.name.removeprefix("区")
    return tuple(name for name in (body.short_name, plain) if name and name != body.name)
