"""Opening a file, putting papers in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation, Person
from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound, Refused, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind, Reach
from genmai.processes.registers.flow import DOSSIER
from genmai.processes.registers.models import Annex, Dossier
from genmai.processes.registers.procedures.mechanism import ref_of
from genmai.processes.registers.procedures.policies import KEEP, branches, check_may
from genmai.processes.registers.procedures.writing import Writing, lock, place
from genmai.records.writing import done_before

MOST_ANNEX = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper already in the store, under its SHA-256."""

    kind: str
    title: str
    sha256: str
    media: str
    size: int


def open_file(
    *, actor: Actor, at: datetime, key: UUID, procedure: str, subject: Person, branch: Organisation
) -> Dossier:
    """A file about a person, in a branch's hands. Raises Refused('file_open') where one is under way.

    NotFound outside the actor's part of the Party tree, NotPermitted where another rung opens it.
    """
    done = done_before(key)
    if done:
        return Dossier.objects.select_related("subject", "branch").get(public_id=done)
    if actor.kind is not ActorKind.SYSTEM:
        reached = branches(actor.viewer, KEEP, Reach.CAPTURE).filter(organisation_id=branch.pk)
        if actor.kind is not ActorKind.STAFF or not reached.exists():
            raise NotFound("没有找到这个党组织，或者不在您管的范围内")
    with transaction.atomic():
        made = Dossier(
            public_id=ids.derive(at, key, "dossier"), mechanism=ref_of(procedure), procedure=procedure, subject=subject,
            branch=branch, state=DOSSIER.step(START, "open"), opened_at=at, opened_by_id=actor.person_id, version=0,
        )  # fmt: skip
        Person.objects.select_for_update(of=("self",)).get(pk=subject.pk)  # two at once must not open two
        writing = Writing(actor=actor, at=at, key=key, dossier=made)
        check_may(actor, made, *writing.rules.opened_by)
        same = Dossier.objects.filter(subject=subject, procedure=procedure, state__in=("running", "stopped"))
        if same.exists():
            raise Refused("file_open", "这个人已经有一份正在办的“{title}”档案", title=writing.rules.title)
        place(made, writing.rules, writing.standing, writing.born_on)
        made.save(force_insert=True)
        writing.enter("opened", writing.today, deed="dossier.opened")
        made.state = START
        return writing.step("open")


def add_paper(
    *, actor: Actor, at: datetime, key: UUID, dossier: UUID, paper: Paper, seen: int | None = None
) -> Dossier:
    """A paper of one of the procedure's kinds. The same paper twice is one."""
    with transaction.atomic():
        found = lock(actor, dossier)
        writing = Writing(actor=actor, at=at, key=key, dossier=found)
        check_may(actor, found, *sorted({step.by for step in writing.rules.steps.values()}))
        if done_before(key) or Annex.objects.filter(dossier=found, sha256=paper.sha256).exists():
            return found
        check_seen(seen, found.version)
        if paper.kind not in writing.rules.annexes:
            raise BadInput("annex_kind", "请选是哪一种材料", field="kind")
        title = clean(paper.title, 120, field="title")
        if not title:
            raise BadInput("empty", "请写材料的名称", field="title")
        if not 0 < paper.size <= MOST_ANNEX:
            raise BadInput("annex_size", "材料不能是空的，也不能超过 20 MB", field="file")
        annex = Annex.objects.create(
            public_id=ids.derive(at, key, "annex"), dossier=found, kind=paper.kind, title=title, sha256=paper.sha256,
            media=paper.media[:60], size=paper.size, added_at=at, added_by_id=actor.person_id,
        )  # fmt: skip
        writing.deed("dossier.annexed", subject_id=annex.public_id, reason=paper.kind)
        return writing.step("annex")
