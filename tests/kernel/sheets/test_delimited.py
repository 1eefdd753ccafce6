"""csv in the encodings and with the signs that offices use; what can't be told apart is refused by line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel.sheets import Limits, SheetRefused, open_sheet
from genmai.kernel.sheets.delimited import find_delimiter
from genmai.kernel.sheets.values import Oddity

TEXT = "编号,姓名,内容\r\n1,张三,灯不亮\r\n2,李四,水管漏\r\n"
BODY = [(2, ["1", "张三", "灯不亮"]), (3, ["2", "李四", "水管漏"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    sheet = open_sheet(TEXT.encode(encoding), "a.csv").sheet()
    assert sheet.header.names == ("编号", "姓名", "内容")
    assert [tuple(row) for row in sheet.rows()] == BODY


def test_rare_characters_of_gb18030_are_read() -> None:
    assert [row.cells[1] for row in open_sheet("编号,姓名\n1,䶮𬭼\n".encode("gb18030"), "a.csv").sheet().rows()] == [
        "䶮𬭼"
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t", "，"])
def test_every_usual_delimiter_is_found(sign: str) -> None:
    assert [tuple(row) for row in open_sheet(TEXT.replace(",", sign).encode(), "a.csv").sheet().rows()] == BODY


def test_delimiters_inside_quotes_do_not_count() -> None:
    assert find_delimiter('a;"x,y,z,z"\nb;"p,q,r,s"\n') == ";"


def test_line_breaks_inside_quotes_are_one_row() -> None:
    rows = open_sheet('编号,内容\n1,"一\n二\n三"\n2,四\n'.encode(), "a.csv").sheet().rows()
    assert [tuple(row) for row in rows] == [(2, ["1", "一\n二\n三"]), (3, ["2", "四"])]


def test_ragged_and_empty_rows_keep_their_numbers() -> None:
    rows = open_sheet("编号,姓名,内容\n1\n\n, ,\n2,a,b,c\n".encode(), "a.csv").sheet().rows()
    assert [tuple(row) for row in rows] == [(2, ["1", "", ""]), (5, ["2", "a", "b", "c"])]


@pytest.mark.parametrize("wrong", ['编号,内容\n1,"一\n2,二\n', '编号,内容\n1,"一"二\n'])
def test_quotes_that_do_not_pair_are_refused_by_line(wrong: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        list(open_sheet(wrong.encode(), "a.csv").sheet().rows())
    assert refused.value.code == "sheet_quotes"


def test_a_file_of_another_encoding_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        open_sheet(b"a,b\n1,\x81\xff\xff\n", "a.csv").sheet()
    assert (refused.value.code, refused.value.params["line"]) == ("sheet_encoding", 2)


def test_damaged_utf8_is_refused_rather_than_read_as_wrong_characters() -> None:
    damaged = TEXT.encode() * 5
    damaged = damaged[:30] + b"\xc3" + damaged[30:]
    with pytest.raises(SheetRefused) as refused:
        open_sheet(damaged, "a.csv").sheet()
    assert refused.value.code == "sheet_encoding"


@pytest.mark.parametrize("cell", ["=1+1", "=cmd|' /C calc'!A0", "= SUM(A1)", '=HYPERLINK("http://x")', "=A1", "=-1"])
def test_formulas_are_marked(cell: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["编号", "内容"], ["1", cell]])
    assert [row.cells[1] for row in open_sheet(out.getvalue().encode(), "a.csv").sheet().rows()] == [Oddity.FORMULA]


@pytest.mark.parametrize(("cell", "kept"), [("=====", "====="), ('="0012"', "0012"), ("-8℃", "-8℃"), ("@王", "@王")])
def test_text_that_only_looks_like_a_formula_is_kept(cell: str, kept: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["编号", "内容"], ["1", cell]])
    assert [row.cells[1] for row in open_sheet(out.getvalue().encode(), "a.csv").sheet().rows()] == [kept]


def test_too_many_columns_or_rows_are_refused() -> None:
    with pytest.raises(SheetRefused, match="列"):
        open_sheet(b"," * 300, "a.csv").sheet()
    with pytest.raises(SheetRefused, match="行"):
        list(open_sheet(TEXT.encode(), "a.csv", Limits(max_rows=1)).sheet().rows())


def test_a_cell_without_end_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        list(open_sheet(b"a,b\n1," + b"x" * 2_000_000, "a.csv").sheet().rows())
    assert refused.value.code == "sheet_cell_too_long"


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="="), min_size=1).filter(str.strip)


@given(st.lists(st.lists(plain, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from([",", "\t", ";"]))
def test_what_was_written_is_read(rows: list[list[str]], sign: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign, quoting=csv.QUOTE_ALL).writerows([["编号", "姓名", "内容"], *rows])
    sheet = open_sheet(out.getvalue().encode("utf-8-sig"), "a.csv").sheet()
    assert [row.cells for row in sheet.rows()] == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    words = ""
    try:
        list(open_sheet(data, "a.csv").sheet().rows())
    except SheetRefused as refused:
        words = refused.text()
    assert "{" not in words
