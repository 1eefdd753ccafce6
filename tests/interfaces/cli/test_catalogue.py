"""Translations compiled by ourselves are what Python's gettext reads."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from genmai.interfaces.cli import catalogue, translatable
from genmai.kernel.refusal import Refused

SAMPLE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: a.py:1
msgid "还没人接"
msgstr "Not yet "
"taken"

msgctxt "按钮"
msgid "打开"
msgstr "Open \\"it\\""

#, fuzzy
msgid "猜的"
msgstr "Guessed"

msgid "%d 件"
msgid_plural "%d 件们"
msgstr[0] "%d matter"
msgstr[1] "%d matters"

msgid "没译"
msgstr ""
"""


@pytest.fixture
def translations(tmp_path: Path) -> gettext.GNUTranslations:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(SAMPLE, encoding="utf-8")
    catalogue.compile_all(tmp_path)
    with (folder / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_texts_contexts_and_plurals_are_read_back(translations: gettext.GNUTranslations) -> None:
    assert translations.gettext("还没人接") == "Not yet taken"
    assert translations.pgettext("按钮", "打开") == 'Open "it"'
    assert translations.ngettext("%d 件", "%d 件们", 1) == "%d matter"
    assert translations.ngettext("%d 件", "%d 件们", 3) == "%d matters"


def test_missing_and_fuzzy_texts_fall_back_to_chinese(translations: gettext.GNUTranslations) -> None:
    assert translations.gettext("没译") == "没译"
    assert translations.gettext("猜的") == "猜的"


def test_texts_are_found_in_python_and_templates(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("_('甲' '乙')\npgettext('处', '丙')\nngettext('%d 丁', '%d 丁们', n)\n")
    (tmp_path / "b.html").write_text(
        '{% load i18n %}{% translate "己" %}'
        "{% blocktranslate count n=n %}一 {{ n }}{% plural %}多 {{ n }}{% endblocktranslate %}"
    )
    found = {text.key for text in translatable.used(tmp_path)}
    assert found == {"甲乙", "处\4丙", "%d 丁\0%d 丁们", "己", "一 %(n)s\0多 %(n)s"}


def test_a_broken_catalogue_is_named_with_its_line(tmp_path: Path) -> None:
    po = tmp_path / "django.po"
    po.write_text('msgid "一"\nmsgstr "two\n')
    with pytest.raises(Refused, match="第 2 行"):
        list(catalogue.read(po))


def test_what_is_added_for_the_translator_can_be_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("_('带\"引号\"\\n和换行')\npgettext('处', '丙')\nngettext('%d 丁', '%d 丁们', n)\n")
    used = translatable.used(tmp_path)
    monkeypatch.setattr(translatable, "used", lambda: used)
    po = tmp_path / "django.po"
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
    assert translatable.add_missing(po) == 3
    entries = list(catalogue.read(po))
    assert translatable.missing(entries) == []
    assert not any(entry.complete for entry in entries[1:])
