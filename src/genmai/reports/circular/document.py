"""The circular as a Word file: GB/T 9704 margins and faces by name, tables whose heads repeat on each page."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from genmai.reports.circular.figures import RoundFigures
from genmai.reports.circular.wording import Say, circular_words, day, moment, share

BODY_FACE, HEAD_FACE, LATIN_FACE = "仿宋", "黑体", "Times New Roman"
BODY, HEAD, TABLE = Pt(16), Pt(22), Pt(12)  # 三号, 二号, 小四
LINE = Pt(28)  # 22 lines a page on the standard's type area
MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
Translate = "Callable[[str], str]"

CLASS_HEAD = ("方面", "发现", "按期整改", "超期整改", "未改好", "复查", "一次通过", "一次通过率")
BODY_HEAD = ("单位", "应整改", "已整改", "按期", "超期", "未改好", "整改情况")
OPEN_HEAD = ("序号", "方面", "问题", "地点", "整改单位", "整改期限", "情况")


def word_file(found: RoundFigures, *, code: str, say: Say, translate: "Callable[[str], str]" = str) -> bytes:
    """The whole file. `say` chooses the language of the mechanism's sentences, `translate` that of ours."""
    words = circular_words(found, say)
    paper = Document()
    _page(paper)
    if found.round.document:
        _line(paper, found.round.document, align=WD_ALIGN_PARAGRAPH.CENTER)
    else:
        _line(paper, translate("（送审稿，还没有印发）"), align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(paper, words.heading, face=HEAD_FACE, size=HEAD, align=WD_ALIGN_PARAGRAPH.CENTER, after=Pt(14))
    _text(paper, words.opening)
    _text(paper, words.summary)
    _head(paper, words.classes)
    _class_table(paper, found, say, translate)
    _head(paper, words.bodies)
    _body_table(paper, found, say, translate)
    _head(paper, words.open)
    if found.open:
        _open_table(paper, found, say, translate)
    else:
        _text(paper, translate("没有。"))
    _text(paper, words.closing)
    _line(paper, found.round.organisation.name, align=WD_ALIGN_PARAGRAPH.RIGHT, before=Pt(28))
    _line(paper, day(found.round.issued_at or found.as_of), align=WD_ALIGN_PARAGRAPH.RIGHT)
    _proof(paper, found, words.basis, code, translate)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()
