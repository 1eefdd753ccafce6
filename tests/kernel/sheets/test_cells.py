"""A cell becomes exactly what the field wants, or a reason; nothing is guessed."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from genmai.kernel.sheets.cells import convert
from genmai.kernel.sheets.messages import PROBLEMS
from genmai.kernel.sheets.moments import CHINA, as_moment
from genmai.kernel.sheets.values import REFILL, Cell, CellProblem, Field, Kind, Oddity, Value


def _field(kind: Kind, **more: object) -> Field:
    return Field(key="x", label="栏", kind=kind, **more)  # type: ignore[arg-type]


def _code(cell: Cell, kind: Kind, **more: object) -> str:
    with pytest.raises(CellProblem) as problem:
        convert(cell, _field(kind, **more))
    assert problem.value.code in PROBLEMS
    return problem.value.code


NOON = datetime(2020, 1, 8, 13, 54, 22, tzinfo=CHINA)
DAY = datetime(2020, 1, 8, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020-01-08 13:54:22", NOON),
        ("2020/1/8 13:54:22", NOON),
        ("2020.1.8 13:54:22", NOON),
        ("2020年1月8日 13时54分22秒", NOON),
        ("2020年1月8日 13点54分", NOON.replace(second=0)),
        ("2020年01月08日 下午1:54:22", NOON),
        ("2020-01-08 1:54:22 PM", NOON),
        ("2020年1月8日（星期三） 13:54", NOON.replace(second=0)),
        ("2020-01-08T13:54:22", NOON),
        ("2020-01-08T05:54:22Z", NOON),
        ("2020-01-08T13:54:22+08:00", NOON),
        ("2020-01-08T00:54:22.123-05:00", NOON),
        ("20200108135422", NOON),
        ("20200108", DAY),
        ("２０２０－０１－０８", DAY),
        (" 2020 年 1 月 8 日 ", DAY),
        ("2020-1-8 12:00 AM", DAY),
        (20200108.0, DAY),
        (43838.0, DAY),
        (43838.579421296, NOON),
        (datetime(2020, 1, 8, 13, 54, 21, 999_990), NOON),
        (date(2020, 1, 8), DAY),
    ],
)
def test_dates_are_read_however_they_are_written(cell: Cell, moment: datetime) -> None:
    assert convert(cell, _field("datetime")) == moment
    assert convert(cell, _field("date")) == moment.date()


@given(st.datetimes(datetime(1930, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0)))
def test_a_day_number_and_its_text_are_the_same_moment(at: datetime) -> None:
    serial = (at - datetime(1899, 12, 30)) / timedelta(days=1)
    assert as_moment(serial) == as_moment(at.isoformat(" ")) == as_moment(at)


def test_workbooks_that_count_from_1904_are_read_right() -> None:
    assert as_moment(43838.0 - 1462, epoch_1904=True) == DAY


@pytest.mark.parametrize("cell", ["8/1/2020", "01-08-20", "3.4.2026", "8/1/2020 10:00"])
def test_a_date_that_can_be_read_two_ways_is_given_back(cell: str) -> None:
    assert _code(cell, "date") == "date_ambiguous"


@pytest.mark.parametrize(
    "cell",
    ["2020-02-30", "2020-13-01", "昨天", "2020", "20201", 3.0, 2020.0, 1e9, True, "2020-01-08 25:00", "0001-01-01"],
)
def test_what_is_no_date_is_given_back(cell: Cell) -> None:
    assert _code(cell, "datetime") == "not_date"


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("  灯\n坏了 ", "text", "灯 坏了"),
        ("一\r\n二", "multiline", "一\n二"),
        (12.0, "text", "12"),
        (1.5, "text", "1.5"),
        (True, "text", "是"),
        (datetime(2020, 1, 8, 1, 2, 3), "text", "2020-01-08 01:02:03"),
        (date(2020, 1, 8), "text", "2020-01-08"),
        (time(8, 30), "text", "08:30:00"),
        ("-", "text", "-"),
        ("1,234", "integer", 1234),
        (0.0, "integer", 0),
        ("０", "integer", 0),
        ("12.50", "number", Decimal("12.50")),
        (0.1, "number", Decimal("0.1")),
        ("否", "boolean", False),
        (False, "boolean", False),
        ("√", "boolean", True),
        (13812345678.0, "phone", "13812345678"),
        ("0574 8765 4321", "phone", "0574-87654321"),
        ("无", "phone", None),
        ("/", "phone", None),
        ("11010519491231002x", "identity", "11010519491231002X"),
        ("91350100M000100Y43", "credit_code", "91350100M000100Y43"),
        ("", "integer", None),
        ("  ", "text", None),
        ("—", "date", None),
    ],
)
def test_values_are_converted(cell: Cell, kind: Kind, value: Value) -> None:
    converted = convert(cell, _field(kind))
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("cell", "kind", "code"),
    [
        (3.302121990010113e17, "identity", "digits_lost"),
        (6.222021234567890e18, "text", "digits_lost"),
        (1e15, "text", "digits_lost"),
        (110105194912310.0, "identity", "not_identity"),
        ("330212199001010000", "identity", "not_identity"),
        ("138", "phone", "not_phone"),
        ("91350100M000100Y44", "credit_code", "not_credit_code"),
        ("12.5", "integer", "not_integer"),
        ("十二", "number", "not_number"),
        ("1e999999999", "number", "not_number"),
        ("nan", "number", "not_number"),
        (date(2020, 1, 8), "number", "not_number"),
        ("也许", "boolean", "not_boolean"),
        (Oddity.FORMULA, "text", "formula"),
        (Oddity.ERROR, "text", "error_value"),
        ("#N/A", "text", "error_value"),
        (REFILL, "text", "refill"),
        ("a\x00b", "text", "text_nul"),
        ("a\ud800", "text", "text_surrogate"),
    ],
)
def test_what_cannot_be_taken_is_given_back_with_a_reason(cell: Cell, kind: Kind, code: str) -> None:
    assert _code(cell, kind) == code


def test_fifteen_digits_are_still_exact() -> None:
    assert convert(110105491231002.0, _field("identity")) == "11010519491231002X"


@pytest.mark.parametrize("cell", ["", " \n", "\u3000"])
def test_a_required_cell_must_hold_something(cell: str) -> None:
    assert _code(cell, "text", required=True) == "missing"


def test_a_cell_of_nothing_but_invisible_characters_is_empty() -> None:
    assert convert("\u200b\ufeff", _field("text")) is None
    assert _code("\u200b\ufeff", "text", required=True) == "missing"


def test_too_long_text_is_given_back_with_the_limit() -> None:
    with pytest.raises(CellProblem) as problem:
        convert("四个字呀", _field("text", max_length=3))
    assert (problem.value.code, problem.value.allowed) == ("text_too_long", "≤ 3")


def test_choices_are_found_by_any_of_their_names() -> None:
    field = _field("choice", choices={"hotline": ("热线", "12345"), "web": ("网络",)})
    assert convert(" 热线", field) == "hotline"
    assert convert(12345.0, field) == "hotline"
    with pytest.raises(CellProblem) as problem:
        convert("信件", field)
    assert (problem.value.code, problem.value.allowed) == ("not_choice", "hotline / web")


cells: st.SearchStrategy[Cell] = st.one_of(
    st.text(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(Oddity),
)
kinds: st.SearchStrategy[Kind] = st.sampled_from(
    [
        "text",
        "multiline",
        "integer",
        "number",
        "date",
        "datetime",
        "boolean",
        "choice",
        "phone",
        "identity",
        "credit_code",
    ]
)


@given(cells, kinds, st.booleans())
@example(float("nan"), "text", False)
@example(float("-inf"), "date", False)
@example(float("nan"), "date", False)
def test_any_cell_gives_a_value_or_a_known_reason(cell: Cell, kind: Kind, required: bool) -> None:
    code = "missing"
    try:
        convert(cell, _field(kind, required=required))
    except CellProblem as problem:
        code = problem.code
    assert code in PROBLEMS
