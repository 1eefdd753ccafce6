"""Walking the deeds in the order of commit, and doing what a mechanism names for each: once a (deed, reaction)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from genmai.coordination import meeting_tasks, membership_steps
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import NOBODY, Actor
from genmai.mechanisms import installing
from genmai.mechanisms.sections.reactions import ReactionsSection
from genmai.records.deeds.commands import advance
from genmai.records.deeds.models import Deed
from genmai.records.deeds.queries import after, position_of, since

CONSUMER = "coordination"
BATCH = 200
_log = structlog.get_logger(__name__)
Reaction = Callable[..., Any]  # (*, actor, at, key, deed)

# Name@version as `reactions.toml` writes it → what it does, by kind of deed.
REACTIONS: dict[str, dict[str, Reaction]] = {
    "open_task@1": {
        "meeting.decided": meeting_tasks.open_task,
        "meeting.decision_corrected": meeting_tasks.tell_task,
    },
    "membership@1": {"dossier.step_closed": membership_steps.follow},
}


def walk(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Take up the next deeds; returns how many were walked. What breaks stays before the cursor and is tried again."""
    with transaction.atomic():
        deeds = since(NOBODY, position=position_of(NOBODY, consumer=CONSUMER), limit=limit)
        react(actor=actor, at=at, deeds=deeds)
        if deeds:
            advance(consumer=CONSUMER, to=after(deeds[-1]))
    return len(deeds)


def react(*, actor: Actor, at: datetime, deeds: Iterable[Deed]) -> int:
    """Run the reactions these deeds ask for; returns how many. Safe to repeat: each has a key of deed and reaction."""
    ran = 0
    for deed in deeds:
        for name, reaction in _reactions_to(deed):
            try:
                with transaction.atomic():
                    reaction(actor=actor, at=at, key=key_of(deed, name), deed=deed)
            except Refused:
                _log.exception("reaction refused", reaction=name, deed=str(deed.public_id))
                continue  # a rule says no, and will tomorrow: the others must not wait for it
            ran += 1
    return ran


def key_of(deed: Deed, name: str) -> UUID:
    """The key of one reaction to one deed."""
    return ids.key_of("reaction", str(deed.public_id), name)


def _reactions_to(deed: Deed) -> list[tuple[str, Reaction]]:
    """What the deed's own mechanism names for it. A later correction goes to whatever took up the first."""
    kinds = _KINDS.get(deed.kind)
    if not kinds:
        return []
    try:
        section = installing.library(settings.GENMAI_MECHANISMS).get(deed.mechanism).section(ReactionsSection)
    except KeyError:
        return []
    named = {one.reaction for one in section.on.values()}
    return [(name, reaction) for name, reaction in kinds.items() if name in named]


_KINDS: dict[str, dict[str, Reaction]] = {}
for _name, _by_kind in REACTIONS.items():
    for _kind, _reaction in _by_kind.items():
        _KINDS.setdefault(_kind, {})[_name] = _reaction
