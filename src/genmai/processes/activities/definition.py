"""The activities section of a mechanism, typed: programmes with batches and sessions, volunteer tasks. Pure, from `activities.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from genmai.mechanisms.schema import (
    Bool,
    Code,
    Count,
    Fault,
    Frozen,
    House,
    Positive,
    Rhythm,
    Section,
    Span,
    Text,
    out_of_order,
    unknown_roles,
)


class Batch(Frozen):
    title: Text
    order: Positive
    places: Positive


class Session(Frozen):
    """What is held, how often, and who records it, once, for everyone present."""

    title: Text
    rhythm: Rhythm
    recorded_by: Code
    yields: tuple[Literal["suggestion", "problem", "wish", "question"], ...] = ()


class Paper(Frozen):
    """Something written by a role."""

    title: Text
    by: Code
    rhythm: Rhythm


class FollowUp(Frozen):
    """Asked so long after the end: what came of it."""

    title: Text
    after: Span
    by: Code


class Programme(Frozen):
    title: Text
    participants: Code
    hosts: Code | None = None
    hosts_at_least: Positive | None = None
    full_time: Bool = False
    length: Span
    yearly_places: Positive | None = None
    followed_by: tuple[Code, ...] = ()
    themes: tuple[str, ...] = ()
    batches: Mapping[Code, Batch] = Field(default_factory=dict)
    sessions: Mapping[Code, Session] = Field(default_factory=dict)
    papers: Mapping[Code, Paper] = Field(default_factory=dict)
    follow_ups: Mapping[Code, FollowUp] = Field(default_factory=dict)

    def places(self) -> int:
        """Places over all batches."""
        return sum(batch.places for batch in self.batches.values())


class Volunteering(Frozen):
    """Tasks for people who volunteer: which kinds there are, which skills may be asked for, how large one may be."""

    kinds: Annotated[Mapping[Code, Text], Field(min_length=1)]
    skills: Mapping[Code, Text] = Field(default_factory=dict)
    most_people: Positive
    longest_hours: Positive
    sign_up_closes_minutes: Count = 0  # so long before it begins nobody signs up any more


class ActivitiesSection(Section):
    programmes: Mapping[Code, Programme] = Field(default_factory=dict)
    volunteering: Volunteering | None = None

    def check(self, house: House) -> Iterator[Fault]:
        for key, programme in self.programmes.items():
            place = f"programmes.{key}"
            people = [programme.participants, *([programme.hosts] if programme.hosts else []), *programme.followed_by]
            people += [session.recorded_by for session in programme.sessions.values()]
            people += [paper.by for paper in programme.papers.values()]
            people += [visit.by for visit in programme.follow_ups.values()]
            yield from unknown_roles(house, place, sorted(set(people)))
            yield from out_of_order(f"{place}.batches", programme.batches)
