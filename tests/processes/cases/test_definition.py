"""The case section answers what the loop asks it, and tells what doesn't hang together."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from genmai.interfaces import installed
from genmai.mechanisms.loading import load_with_problems
from genmai.processes.cases.definition import CasesSection

BASE = "default/case-loop@1"


@pytest.fixture(scope="module")
def loop() -> CasesSection:
    return installed.library().get("default/case-loop").section(CasesSection)


def test_a_limit_goes_by_urgency_and_by_kind_where_that_differs(loop: CasesSection) -> None:
    usual, question = loop.limit("resolve", "normal", "report"), loop.limit("resolve", "normal", "question")
    assert usual is not None
    assert question is not None
    assert (usual.clock, usual.amount, question.amount) == ("working_days", Decimal(5), Decimal(3))
    assert loop.limit("arrive", "normal") is None  # no promise to be on site


def test_milestones_follow_the_events(loop: CasesSection) -> None:
    assert loop.starting_on("dispatched") == ("accept", "contact", "arrive", "resolve")
    assert loop.met_by("replied") == ("resolve",)
    assert loop.met_by("merged") == ()


def test_the_ladder_climbs_to_the_city_and_ends(loop: CasesSection) -> None:
    assert loop.ladder() == ("building", "grid", "community", "town", "district", "city")
    assert loop.above("grid") == "community"
    assert loop.above("city") is None


def test_every_decline_points_to_a_lawful_channel(loop: CasesSection) -> None:
    channels = {decline.channel for decline in loop.declines.values()}
    lawful = {"litigation", "arbitration", "administrative_review", "petition", "information_disclosure"}
    assert lawful <= channels
    assert all(decline.say.zh and decline.say.en for decline in loop.declines.values())


def test_only_unreasonable_referred_and_withdrawn_leave_the_denominator(loop: CasesSection) -> None:
    assert {key for key, c in loop.closings.items() if not c.counted} == {"unreasonable", "referred", "withdrawn"}
    assert {key for key, c in loop.closings.items() if c.fixed} == {"solved"}


def test_closed_ways_in_are_closed(loop: CasesSection) -> None:
    assert loop.channels_in_use() == tuple(loop.channels)


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ('[kinds.report]\nurgency = "soon"', "kinds.report.urgency", "soon"),
        (
            '[milestones.accept.limits]\nsoon = { clock = "urgent_hours", amount = 1 }',
            "milestones.accept.limits",
            "soon",
        ),
        ("[milestones.accept]\nwarn_share = '1/1'", "milestones.accept.warn_share", "1"),
        ('[rota]\norder = ["mayor"]', "rota.order", "mayor"),
        ('[extension]\napprover = "mayor"', "extension.approver", "mayor"),
        ("[levels.grid]\norder = 9", "levels", "9"),
        ('[return_visit.questions.fixed]\ngood = ["maybe"]', "return_visit.questions.fixed.good", "maybe"),
        ("[closings.solved]\npromised = true", "closings.solved", "promised"),
        ("[objection.windows]\nsoon = { clock = 'working_days', amount = 1 }", "objection.windows", "soon"),
        ('[milestones.accept]\nstarts = "guessed"', "milestones.accept.starts", "guessed"),
        ("[reopen]\nwithin = { clock = 'working_days', amount = 1.5 }", "reopen.within", "1.5"),
    ],
)
def test_what_does_not_hang_together_is_told_by_key(tmp_path: Path, change: str, key: str, value: str) -> None:
    here = tmp_path / "mechanisms"
    here.mkdir()
    (here / "default").symlink_to(installed.folder() / "default")
    folder = here / "there" / "changed"
    (folder / "examples").mkdir(parents=True)
    head = (installed.folder() / "default/calls/mechanism.toml").read_text(encoding="utf-8")
    (folder / "mechanism.toml").write_text(head.replace('"default/calls"', '"there/changed"'), encoding="utf-8")
    (folder / "cases.toml").write_text(change, encoding="utf-8")
    (folder / "examples/one.yaml").write_text(
        "- {title: 例, ask: find, text: 您好, category: null}\n", encoding="utf-8"
    )
    _, problems = load_with_problems(here, installed.SECTIONS)
    assert [(p.file, p.key) for p in problems] == [("there/changed/cases.toml", key)], problems
    assert problems[0].line > 0
    assert value in problems[0].value
    assert problems[0].allowed
