"""What figures and deeds are called stands in the English catalogue too."""

from __future__ import annotations

from genmai.interfaces.cli import catalogue
from genmai.measures.scores.rules import RULES
from genmai.processes.cases.flow import FLOW
from genmai.records.deeds import kinds


def test_rules_and_kinds_have_english_words() -> None:
    known = {entry.key for entry in catalogue.read(catalogue.LOCALE / "en" / "LC_MESSAGES" / "django.po")}
    words = {word for rule in RULES.values() for word in (rule.title, rule.numerator, rule.denominator, rule.basis)}
    words |= {
        kind.title for name, kind in kinds.registered().items() if name.startswith(("case.", "milestone.", "deed."))
    }
    assert sorted(words - known - {""}) == []


def test_every_transition_writes_a_registered_kind() -> None:
    assert {row.deed for row in FLOW.table} <= kinds.registered().keys()
