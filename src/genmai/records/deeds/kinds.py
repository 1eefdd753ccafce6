"""The register of deed kinds: each room hands in its kinds, with a typed payload and the words people read.

A kind nobody handed in, or a payload key its class does not name, is refused: what stands in the record has an owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from genmai.kernel.refusal import BadInput, Refused


class Payload(BaseModel):
    """Base of all payloads: facts that are shown, never filtered or measured (those are columns). No floats."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Payload):
    """The payload of a kind whose columns say everything."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One registered kind: `title` is a Chinese msgid."""

    name: str
    payload_class: type[Payload]
    title: str


_KINDS: dict[str, Kind] = {}


def register(kind: str, payload_class: type[Payload], title: str) -> Kind:
    """Take a kind in. Raises ValueError when it is already there: two rooms must not write one word."""
    if kind in _KINDS:
        raise ValueError(f"deed kind '{kind}' is registered twice")
    if len(kind) > 40:
        raise ValueError(f"deed kind '{kind}' is longer than 40 characters")
    _KINDS[kind] = Kind(kind, payload_class, title)
    return _KINDS[kind]


def registered() -> Mapping[str, Kind]:
    """All kinds known in this process."""
    return dict(_KINDS)


def title(kind: str) -> str:
    """The words for a kind; the kind itself where the room that owned it is gone."""
    known = _KINDS.get(kind)
    return known.title if known else kind


def check(kind: str, payload: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """The payload as it is stored. Raises Refused('unknown_deed_kind') or BadInput('bad_payload')."""
    known = _KINDS.get(kind)
    if known is None:
        raise Refused("unknown_deed_kind", "没有登记过的记录种类：{kind}", field="kind", kind=kind)
    cls = known.payload_class
    if not payload and cls is Nothing:
        return {}
    if isinstance(payload, BaseModel) and not isinstance(payload, cls):
        raise BadInput("bad_payload", "{kind} 的内容种类不对", field="payload", allowed=cls.__name__, kind=kind)
    try:
        typed = payload if isinstance(payload, cls) else cls.model_validate(payload)
    except ValidationError as wrong:
        where = ", ".join(".".join(map(str, error["loc"])) for error in wrong.errors())
        allowed = ", ".join(cls.model_fields)
        message = "{kind} 的内容不对：{where}"
        raise BadInput("bad_payload", message, field="payload", allowed=allowed, kind=kind, where=where) from wrong
    return typed.model_dump(mode="json", exclude_none=True)


STRUCK = register("deed.struck", Nothing, "撤销一条误记")
