"""The mechanisms that come with the product load, their examples hold, and they promise nothing that isn't public."""

from __future__ import annotations

import csv
import os
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from genmai.interfaces import installed
from genmai.kernel.refusal import Refused
from genmai.kernel.worktime import ClockKind
from genmai.mechanisms.library import Library
from genmai.mechanisms.loading import load_with_problems
from genmai.mechanisms.released import check_released, read_lock
from genmai.mechanisms.running import run_examples
from genmai.mechanisms.schema import ClockKind as ClockWord
from genmai.mechanisms.sections.funds import FundsSection
from genmai.mechanisms.sections.indicators import IndicatorsSection
from genmai.processes.activities.definition import ActivitiesSection
from genmai.processes.cases.definition import CasesSection
from genmai.processes.registers.definition import RegistersSection

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("GENMAI_SHARED_DATA", ROOT.parent / "shared" / "data"))
TODAY = date(2026, 3, 2)
LOOP = "default/case-loop"


@pytest.fixture(scope="module")
def library() -> Library:
    return installed.library()


def test_nothing_is_wrong_with_them() -> None:
    library, problems = load_with_problems(installed.folder(), installed.SECTIONS)
    assert [str(p) for p in [*problems, *check_released(installed.folder(), library.current)]] == []


@pytest.mark.parametrize("key", sorted(installed.library().current))
def test_every_example_comes_out(library: Library, key: str) -> None:
    outcomes = run_examples(library.get(key), installed.due_of)
    assert outcomes
    assert [f"{outcome.title}: {outcome.wrong}" for outcome in outcomes if outcome.wrong] == []


def test_every_version_ever_released_still_loads(library: Library) -> None:
    for ref in read_lock(installed.folder()):
        assert library.get(ref).ref == ref


def test_they_are_data_without_a_line_of_code() -> None:
    files = [path for path in installed.folder().rglob("*") if path.is_file()]
    allowed = {".toml", ".csv", ".yaml", ".md", ".lock"}
    assert {path.suffix for path in files if path.name != ".gitattributes"} <= allowed


def test_unpublished_texts_are_never_called_official(library: Library) -> None:
    for mechanism in library:
        assert mechanism.info.status in {"default", "example"}, mechanism.ref
    assert {row.status for row in library.get(LOOP).duties.rows} == {"example"}


def test_the_clock_words_are_the_kernels() -> None:
    assert set(ClockWord.__args__) == {str(kind) for kind in ClockKind}  # type: ignore[attr-defined]


def test_all_517_subjects_are_there_in_their_own_codes(library: Library) -> None:
    path = SHARED / "messages" / "taxonomy.csv"
    if not path.exists():
        pytest.skip(f"NOT RUN: {path} is not here")
    with path.open(encoding="utf-8-sig", newline="") as file:
        facts = {tuple(cell.strip() for cell in row) for row in list(csv.reader(file))[1:]}
    ours = {c.path for c in library.get(LOOP).taxonomy.leaves if not c.code.startswith("90")}
    assert len(facts) == 517
    assert ours == facts


def test_codes_mean_what_they_meant_when_first_given(library: Library) -> None:
    """A code is stored with each case: a few from all over, so that renumbering can't go unseen."""
    names = {code: library.get(LOOP).taxonomy.lookup(code).title for code in ("010103", "040203", "101201", "159999")}
    assert names == {
        "010103": "城乡建设 / 安全生产 / 安全隐患",
        "040203": "环境保护 / 环境污染 / 噪音污染",
        "101201": "农村农业 / 土地承包经营 / 宅基地纠纷",
        "159999": "劳动和社会保障 / 其他 / 其他",
    }


def test_nearly_every_subject_has_a_duty_and_the_rest_say_why_not(library: Library) -> None:
    loop = library.get(LOOP)
    without = [c for c in loop.taxonomy.leaves if loop.duties.row_for(c.code, on=TODAY) is None]
    assert len(without) / len(loop.taxonomy.leaves) < Fraction(1, 10)
    assert all(loop.duties.why_undecided(c.code, on=TODAY) for c in without)
    no_default_desk = {row.prefix for row in loop.duties.rows if len(row.prefix) == 2}
    assert no_default_desk == set()


def test_no_body_is_a_desk_for_everything(library: Library) -> None:
    loop = library.get(LOOP)
    given: dict[str, int] = {}
    for subject in loop.taxonomy.leaves:
        row = loop.duties.row_for(subject.code, on=TODAY)
        if row is not None:
            given[row.body] = given.get(row.body, 0) + 1
    assert max(given.values()) < len(loop.taxonomy.leaves) / 5
    assert set(given) == set(loop.duties.bodies)  # and none is there for nothing


def test_the_base_is_never_given_department_work(library: Library) -> None:
    loop = library.get(LOOP)
    for subject in loop.taxonomy.leaves:
        row = loop.duties.row_for(subject.code, on=TODAY)
        if row is None or row.for_base:
            continue
        with pytest.raises(Refused, match="不能派给基层"):
            loop.duties.check_target(subject.code, "base", on=TODAY)


def test_small_things_are_the_villages_own(library: Library) -> None:
    loop = library.get(LOOP)
    for code in ("900101", "900201", "900301", "900401", "100204"):
        row = loop.duties.check_target(code, "base", on=TODAY)
        assert row is not None, code
        assert row.body in {"base:village", "base:town"}


def test_three_lists_are_49_21_and_93(library: Library) -> None:
    mechanism = library.get("yinzhou/san-qingdan")
    lists = mechanism.section(RegistersSection).lists
    assert [len(mechanism.rows(entry.entries) or ()) for entry in lists.values()] == [49, 21, 93]
    bands = mechanism.section(RegistersSection).bands["amount"]
    assert [bands.use(amount) for amount in (0, 49_999, 50_000, 10**9)] == ["ordinary", "ordinary", "major", "major"]


def test_the_pool_holds_56_items_of_17_departments_and_no_invented_amount(library: Library) -> None:
    mechanism = library.get("yinzhou/zijin-tongchou")
    rows = mechanism.rows("items.csv") or ()
    assert (len(rows), len({row["department"] for row in rows})) == (56, 17)
    assert {row["amount_yuan"] for row in rows} == {""}
    assert mechanism.section(FundsSection).announced_total_yuan == 570_000_000


def test_48_secretaries_go_in_two_batches(library: Library) -> None:
    programme = library.get("nantong/gengang-peiyu").section(ActivitiesSection).programmes["shadowing"]
    assert (programme.places(), len(programme.batches), programme.batches["second"].places) == (48, 2, 25)


def test_the_vanguard_index_adds_up_and_only_proposes(library: Library) -> None:
    index = library.get("ningbo/fengling-zhishu").section(IndicatorsSection).indices["vanguard"]
    base = [item for item in index.items.values() if item.kind == "base"]
    assert sum(item.points for item in base) == index.base_points == 100
    assert index.tiers["vanguard"].quota == Fraction(1, 3)
    assert all("除名" not in action and "不合格" not in action for t in index.tiers.values() for action in t.proposes)


def test_no_item_counts_log_ins_clicks_or_likes() -> None:
    banned = re.compile(r"打卡|签到|登录|点赞|在线时长|排行榜|轨迹|log_?in|click|\blikes?\b")
    for path in installed.folder().glob("*/*/*.toml"):
        assert not banned.search(path.read_text(encoding="utf-8")), path


def test_the_card_has_five_kinds_and_rolls_over(library: Library) -> None:
    cases = library.get("yinzhou/shuji-yidiantong").section(CasesSection)
    assert list(cases.kinds) == ["hardship", "emergency", "mediation", "errand", "suggestion"]
    assert [cases.rota.ringing(s) for s in (0, 19, 20, 45, 60, 999)] == [
        "secretary", "secretary", "village_cadre", "group_leader", "town_duty", "town_duty",
    ]  # fmt: skip
    assert cases.rota.after("group_leader") == "town_duty"
    assert cases.rota.after("town_duty") is None


def test_promised_is_neither_fixed_nor_uncounted(library: Library) -> None:
    promised = library.get("shangyu/xiaoqu-zhuanyuan").section(CasesSection).closings["promised"]
    assert (promised.promised, promised.fixed, promised.counted) == (True, False, True)
