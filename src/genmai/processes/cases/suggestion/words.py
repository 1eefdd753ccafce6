"""The taxonomy's own words: what can be offered from the first day, and what makes a learned subject finer."""

from __future__ import annotations

from datetime import date

from genmai.mechanisms.duties import DutyList
from genmai.mechanisms.placing import place
from genmai.mechanisms.reasons import Reason
from genmai.mechanisms.taxonomy import Taxonomy
from genmai.processes.cases.suggestion.guess import WORDS_ONLY, Guess, Matter

MOST_WORDS = 4


def by_words(taxonomy: Taxonomy, duties: DutyList, matter: Matter) -> Guess:
    """Decided only where the words found point to one subject, or a person has given one."""
    texts = [text for text in (matter.title, matter.whole) if text.strip()]
    given = taxonomy.categories.get(matter.label)
    placed = place(taxonomy, duties, texts=texts, label=given.title if given else "", on=matter.on)
    code = placed.category.code if placed.category else ""
    words = _words(placed.reason)
    if not code:
        return Guess(basis="words", words=words, doubt="several" if words else "no_words")
    row = placed.row.no if placed.row else ""
    return Guess(
        basis="label" if given is not None and code == given.code else "words",
        version=WORDS_ONLY,
        category=code,
        decided=True,
        words=words,
        duty_row=row,
        doubt="" if row else why_no_row(duties, code, matter.on),
    )


def why_no_row(duties: DutyList, code: str, on: date) -> str:
    """The doubt about the body where the duty list has no single row for a subject."""
    why = duties.why_undecided(code, on=on)
    return "split" if "n" in why.params else "no_duty" if why else ""


def _words(reason: Reason) -> tuple[str, ...]:
    said = reason.params.get("words", "")
    return tuple(word[:24] for word in str(said).split("、") if word)[:MOST_WORDS]


__all__ = ["by_words", "why_no_row"]
