"""The `[suggestion]` table of a case mechanism: how sure a suggestion must be, from how much it learns, when it has drifted."""

from __future__ import annotations

from pydantic import Field

from genmai.mechanisms.schema import Frozen, Positive, Share


class LearnedBodies(Frozen):
    """A body other than the duty list's is offered where `share` of at least `least` settled cases of the subject went
    to it in that town. The duty list's bar on department work holds all the same."""

    least: Positive = 10
    share: Share = Field(default="9/10", validate_default=True)


class Drift(Frozen):
    """`weeks` are compared with what was learned; the distance of the subjects' shares (PSI) from which to watch, and
    from which to learn anew; fewer matters than `least` say nothing."""

    weeks: Positive = 4
    watch: Share = Field(default="1/10", validate_default=True)
    learn_anew: Share = Field(default="1/4", validate_default=True)
    least: Positive = 100


class Suggesting(Frozen):
    """`precision` of what is called decided must have been right on texts not learned from. A subject is learned from
    `least_of_class` texts on, a level from `least_rows` on; the newest `most_rows` settled cases are read."""

    precision: Share = Field(default="97/100", validate_default=True)
    least_of_class: Positive = 20
    least_rows: Positive = 200
    least_decided: Positive = 50
    most_rows: Positive = 50_000
    bodies: LearnedBodies = LearnedBodies()
    drift: Drift = Drift()


__all__ = ["Drift", "LearnedBodies", "Suggesting"]
