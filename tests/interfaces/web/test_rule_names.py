"""People read what a rule is called; its code and version are there on demand."""

from __future__ import annotations

from django.template import Context, Template
from django.utils import translation

PAGE = Template("{% load genmai_words %}{{ ref|rule_name }}")


def test_a_rule_is_called_by_its_name() -> None:
    said = PAGE.render(Context({"ref": "national/dangnei-tongji@1"}))
    assert said == '<span class="rule" title="national/dangnei-tongji@1">《党内统计口径》</span>'
    with translation.override("en"):
        assert ">Buckets of Party statistics<" in PAGE.render(Context({"ref": "national/dangnei-tongji@1"}))


def test_a_rule_no_longer_installed_keeps_its_code_and_no_markup() -> None:
    assert PAGE.render(Context({"ref": "gone/<b>@9"})) == "gone/&lt;b&gt;@9"
