"""The circular as a Word file: GB/T 9704 margins, faces by name, tables whose heads repeat on each page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _
from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from genmai.kernel.worktime import built_in_calendar
from genmai.reports.circular.figures import RoundFigures
from genmai.reports.circular.wording import Say, Translate, Words, circular_words, day, moment, share

BODY_FACE, HEAD_FACE, LATIN_FACE = "仿宋", "黑体", "Times New Roman"
BODY, TITLE, SMALL, CELL = Pt(16), Pt(22), Pt(12), Pt(10.5)  # 三号, 二号, 小四, 五号
LINE, NONE = Pt(28), Pt(0)  # 22 lines on a page of the standard
CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT

CLASSES = (
    (_("方面"), 26), (_("发现"), 14), (_("按期整改"), 20), (_("超期整改"), 20), (_("未改好"), 16), (_("复查"), 14),
    (_("一次通过"), 20), (_("一次通过率"), 26),
)  # fmt: skip
BODIES = (
    (_("单位"), 53), (_("应整改"), 15), (_("已整改"), 15), (_("按期"), 13), (_("超期"), 13), (_("未改好"), 16),
    (_("整改情况"), 31),
)  # fmt: skip
OPEN = (
    (_("编号"), 13), (_("方面"), 19), (_("问题"), 38), (_("地点"), 21), (_("整改单位"), 24), (_("期限"), 23), (_("情况"), 18),
)  # fmt: skip


def word_file(found: RoundFigures, *, code: str, say: Say, translate: Translate = str) -> bytes:
    """The whole file. `say` chooses the language of the mechanism's sentences, `translate` that of ours."""
    words = circular_words(found, say, translate)
    paper = Document()
    _lay_out(paper)
    _opening(paper, found, words, translate)
    _section(paper, words.classes)
    _table(paper, [(translate(head), width) for head, width in CLASSES], _class_rows(found, say, translate), 1)
    _section(paper, words.bodies)
    _table(paper, [(translate(head), width) for head, width in BODIES], _body_rows(found, say), 1)
    _section(paper, words.open)
    if found.open:
        _table(paper, [(translate(head), width) for head, width in OPEN], _open_rows(found, say, translate), 5)
    else:
        _text(paper, translate(_("没有。")))
    _text(paper, words.closing, before=Pt(8), follow=True)  # who signs never stands alone on a page
    _signed(paper, found, translate)
    _proof(paper, found, words, code, translate)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _lay_out(paper: Paper) -> None:
    """A4 with the margins of GB/T 9704: 37, 35, 28 and 26 mm."""
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = paper.styles["Normal"]
    normal.font.size = BODY
    _faces(normal.element.get_or_add_rPr(), BODY_FACE)
    _page_number(section.footer.paragraphs[0])


def _faces(properties: Any, face: str) -> None:
    """The face for Chinese (w:eastAsia) and the one beside it for digits and Latin letters."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name, value in (("ascii", LATIN_FACE), ("hAnsi", LATIN_FACE), ("cs", LATIN_FACE), ("eastAsia", face)):
        fonts.set(qn(f"w:{name}"), value)


def _page_number(line: Paragraph) -> None:
    """— 1 — in the middle below, as a field that Word fills."""
    line.alignment = CENTRE
    for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = line.add_run(text)
        _style(run, BODY_FACE, Pt(14))
        if field:
            simple = OxmlElement("w:fldSimple")
            simple.set(qn("w:instr"), field)
            run._r.addprevious(simple)
            simple.append(run._r)


def _style(run: Run, face: str, size: Length, *, bold: bool = False) -> None:
    run.font.size, run.font.bold = size, bold
    _faces(run._r.get_or_add_rPr(), face)


def _line(
    paper: Paper, text: str, *, face: str = BODY_FACE, size: Length = BODY, align: WD_ALIGN_PARAGRAPH = LEFT,
    before: Length = NONE, after: Length = NONE, indent: bool = False, follow: bool = False,
) -> Paragraph:  # fmt: skip
    line = paper.add_paragraph()
    line.alignment = align
    spacing = line.paragraph_format
    spacing.space_before, spacing.space_after, spacing.keep_with_next = before, after, follow
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, max(LINE, Pt(size.pt * 1.4))
    if indent:
        spacing.first_line_indent = Pt(size.pt * 2)
    _style(line.add_run(text), face, size)
    return line


def _text(paper: Paper, text: str, *, before: Length = NONE, follow: bool = False) -> None:
    _line(paper, text, indent=True, align=WD_ALIGN_PARAGRAPH.JUSTIFY, before=before, follow=follow)


def _section(paper: Paper, text: str) -> None:
    _line(paper, text, face=HEAD_FACE, indent=True, before=Pt(8), after=Pt(6), follow=True)


def _opening(paper: Paper, found: RoundFigures, words: Words, translate: Translate) -> None:
    issued = found.round.document and found.round.issued_at
    number = found.round.document if issued else translate(_("（送审稿，还没有印发）"))
    _line(paper, number, align=CENTRE, after=Pt(14))
    _line(paper, words.heading, face=HEAD_FACE, size=TITLE, align=CENTRE, after=Pt(18))
    _text(paper, words.opening)
    _text(paper, words.summary)


def _class_rows(found: RoundFigures, say: Say, translate: Translate) -> Iterable[Sequence[str]]:
    rows = [(say(row.title), row.tally) for row in found.classes]
    for name, one in (*rows, (translate(_("合计")), found.total)):
        yield (
            name, str(one.found), str(one.on_time), str(one.late), str(one.open), str(one.checked), str(one.passed),
            share(one.passed, one.checked),
        )  # fmt: skip


def _body_rows(found: RoundFigures, say: Say) -> Iterable[Sequence[str]]:
    for row in found.bodies:
        one = row.tally
        if one.found:
            yield (
                row.body.name, str(one.found), str(one.rectified), str(one.on_time), str(one.late), str(one.open),
                say(row.band.title),
            )  # fmt: skip


def _open_rows(found: RoundFigures, say: Say, translate: Translate) -> Iterable[Sequence[str]]:
    for row in found.open:
        how = translate(_("列入长期整改") if row.promised else _("已超期") if row.overdue else _("正在整改"))
        if row.reworks:
            how = f"{how}{translate(_('，退回重改'))}"
        yield str(row.no), say(row.service), row.what, row.where, row.body.short_name, _in_cell(row.due_at), how


def _in_cell(at: datetime | None) -> str:
    """2026-10-21: a date that stands on one line of a narrow column."""
    return f"{at.astimezone(built_in_calendar().zone):%Y-%m-%d}" if at else "—"


def _table(paper: Paper, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], words_to: int) -> None:
    """A ruled table; the first `words_to` columns and the last are words, the rest numbers to the right."""
    table = paper.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, (_head, width) in zip(table.columns, heads, strict=True):
        column.width = Mm(width)  # the table's own grid: other programs than Word go by it, not by the cells
    for cell, (text, width) in zip(table.rows[0].cells, heads, strict=True):
        _fill(cell, text, width, face=HEAD_FACE, align=CENTRE)
    _repeat_head(table)
    for texts in rows:
        row = table.add_row()
        _never_split(row._tr)
        for place, (cell, text, (_head, width)) in enumerate(zip(row.cells, texts, heads, strict=True)):
            number = place >= words_to and text.replace(".", "").rstrip("%").isdigit()
            _fill(cell, text, width, align=RIGHT if number else LEFT)


def _fill(cell: _Cell, text: str, width: int, *, face: str = BODY_FACE, align: WD_ALIGN_PARAGRAPH = LEFT) -> None:
    cell.width = Mm(width)
    line = cell.paragraphs[0]
    line.alignment = align
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _style(line.add_run(text), face, CELL)


def _repeat_head(table: Table) -> None:
    """The first row stands at the top of every page the table runs over."""
    _flag(table.rows[0]._tr, "w:tblHeader")
    _never_split(table.rows[0]._tr)


def _never_split(row: Any) -> None:
    _flag(row, "w:cantSplit")


def _flag(row: Any, name: str) -> None:
    flag = OxmlElement(name)
    flag.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(flag)


def _signed(paper: Paper, found: RoundFigures, translate: Translate) -> None:
    _line(paper, found.round.organisation.name, align=RIGHT, before=LINE, follow=True)
    _line(paper, day(found.round.issued_at or found.as_of, translate), align=RIGHT, after=LINE)


def _proof(paper: Paper, found: RoundFigures, words: Words, code: str, translate: Translate) -> None:
    """Where the numbers come from: basis, moment, rule, whose view, and the code they are checked by."""
    reach = translate(_("全部")) if found.whole else translate(_("本单位的部分"))
    lines = (
        (_("依据"), words.basis), (_("数据截至"), moment(found.as_of, translate)), (_("统计口径"), found.rule),
        (_("读取范围"), f"{found.scope} · {reach}"), (_("校验码"), code),
    )  # fmt: skip
    for label, text in lines:
        line = _line(paper, f"{translate(label)}{translate(_('：'))}{text}", size=SMALL)
        line.paragraph_format.line_spacing = Pt(18)
