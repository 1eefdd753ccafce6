"""A guess for each matter: the model first, the taxonomy's words within what it found; words alone without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from genmai.mechanisms.duties import DutyList
from genmai.mechanisms.taxonomy import Taxonomy
from genmai.processes.cases.suggestion.guess import Guess, Matter
from genmai.processes.cases.suggestion.words import by_words, why_no_row


class Learned(Protocol):
    """What a model answers: a guess a matter, in order, without bodies."""

    def guess(self, matters: Sequence[Matter]) -> list[Guess]: ...

    def too_short_for_it(self, matter: Matter) -> bool: ...


def decide(taxonomy: Taxonomy, duties: DutyList, matters: Sequence[Matter], model: Learned | None) -> list[Guess]:
    """In the order of the matters. What a person has labelled stays within that label."""
    if model is None:
        return [by_words(taxonomy, duties, matter) for matter in matters]
    learned = model.guess(matters)
    return [_one(taxonomy, duties, matter, guess, model) for matter, guess in zip(matters, learned, strict=True)]


def _one(taxonomy: Taxonomy, duties: DutyList, matter: Matter, guess: Guess, model: Learned) -> Guess:
    """Of a few words the model can't tell much: there the taxonomy's words count, unless the model leans elsewhere."""
    if not guess.decided and not matter.label and model.too_short_for_it(matter):
        said = by_words(taxonomy, duties, matter)
        if said.decided and said.category.startswith(guess.category[:2]):
            return replace(said, version=guess.version)
    return _finer(taxonomy, duties, matter, guess)


def _finer(taxonomy: Taxonomy, duties: DutyList, matter: Matter, guess: Guess) -> Guess:
    """A decided subject made finer by words below it; a label without an answer of the model by words alone."""
    if not guess.decided and not matter.label:
        return guess if guess.category in taxonomy else replace(guess, category="", second="")
    base = guess.category if guess.decided and guess.category in taxonomy else matter.label
    if base not in taxonomy:
        return replace(guess, category="", decided=False, doubt="unsure")
    fine = by_words(taxonomy, duties, replace(matter, label=base))
    code = fine.category if fine.decided else base
    return replace(
        guess,
        basis=guess.basis if guess.decided else fine.basis,
        category=code,
        decided=True,
        confidence=guess.confidence if guess.decided else None,
        words=_both(fine.words, guess.words),
        duty_row=fine.duty_row,
        doubt="" if fine.duty_row else why_no_row(duties, code, matter.on),
    )


def _both(first: tuple[str, ...], then: tuple[str, ...]) -> tuple[str, ...]:
    """Words of either, each once, none that is part of one already said."""
    said: list[str] = []
    for word in (*first, *then):
        if not any(word in other for other in said):
            said.append(word)
    return tuple(said[:4])


__all__ = ["Learned", "decide"]
