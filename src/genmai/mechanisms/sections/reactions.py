"""`reactions.toml`: when a deed of this kind is recorded, run this named reaction of `coordination`, once per deed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from genmai.mechanisms.schema import Code, DeedKind, Frozen, Section, Text, VersionedName


class Reaction(Frozen):
    title: Text
    deed: DeedKind
    when_kind: tuple[Code, ...] = ()
    reaction: VersionedName
    with_: Mapping[str, Any] = Field(alias="with", default_factory=dict)


class ReactionsSection(Section):
    on: Mapping[Code, Reaction]
