"""Suggestions stored in batches, what became of them noted with the step that decided, and learning asked for and ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Tree
from genmai.kernel import ids
from genmai.kernel.refusal import NotPermitted, Refused
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.cases import policies
from genmai.processes.cases.commands.step import Step
from genmai.processes.cases.deeds import Judged
from genmai.processes.cases.models import Case, Learning, Suggestion
from genmai.processes.cases.queries import suggestions
from genmai.processes.cases.suggestion import current

_WRITTEN = [field.attname for field in Suggestion._meta.local_concrete_fields if field.attname not in ("id", "case_id")]


def make(*, actor: Actor, at: datetime, limit: int) -> int:
    """Store what is suggested for matters that wait, the newest first; also where another model knew less.

    Nothing while suggestions are paused. Returns how many were made; a matter dispatched meanwhile loses nothing by it.
    """
    if suggestions.paused(at):
        return 0
    version = current.standing().version
    fresh = Q(suggestion=None) | ~Q(suggestion__version=version)
    waiting = Case.objects.filter(fresh, state="received").defer("words", "reach", "answers").order_by("-id")
    rows = suggestions.worked_out(actor.viewer, list(waiting[:limit]), at=at)
    for row in rows:
        row.version = version
    Suggestion.objects.bulk_create(rows, update_conflicts=True, unique_fields=["case"], update_fields=_WRITTEN)
    return len(rows)


def note_what_became(step: Step) -> None:
    """Beside a dispatch: was the stored suggestion taken, or changed? Undecided ones aren't judged."""
    found = Suggestion.objects.filter(case=step.case, decided=True).first()
    if found is None or not step.case.category:
        return
    # On one line of the taxonomy, finer or broader, it is the same subject.
    other_category = not (
        step.case.category.startswith(found.category) or found.category.startswith(step.case.category)
    )
    other_body = found.body_id not in (None, step.case.lead_id)
    changed = other_category or other_body
    what = "both" if other_category and other_body else "category" if other_category else "body" if other_body else ""
    step.deed(
        "case.suggestion_changed" if changed else "case.suggestion_taken",
        credited=step.case.desk_id,
        counterpart_id=found.body_id,
        quantity=found.confidence,
        outcome=what,
        reason=found.version,
        payload=Judged(suggested=found.category),
    )


def ask_learning(*, actor: Actor, at: datetime, key: UUID) -> Learning:
    """Have the worker learn anew from the kept sheets and the settled cases; the one under way when there is one.

    Raises NotPermitted for anybody but the district's own desk (and the system).
    """
    _check_may_learn(actor)
    public_id = ids.derive(at, key, "learning")
    try:
        with transaction.atomic():
            return Learning.objects.get_or_create(
                public_id=public_id,
                defaults=dict(state=Learning.State.ASKED, asked_at=at, asked_by_id=actor.person_id),
            )[0]
    except IntegrityError:
        return Learning.objects.filter(state__in=_UNDER_WAY).get()


_UNDER_WAY = (Learning.State.ASKED, Learning.State.RUNNING)


def _check_may_learn(actor: Actor) -> None:
    """Raises NotPermitted: what all desks are offered is the district's to decide."""
    if actor.kind is ActorKind.SYSTEM:
        return
    district = Organisation.objects.filter(kind=OrganisationKind.DISTRICT, closed_on=None).order_by("id").first()
    if district is None:
        raise NotPermitted("not_permitted", "这里还没有设立区级单位")
    link = Link.objects.get(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation=district)
    policies.check_may("cases:import", actor, link.path)


def start_learning(*, actor: Actor, at: datetime, key: UUID) -> Learning:
    """The asked run begins, or one begins unasked. Raises Refused('learning_runs') while another is at it."""
    with transaction.atomic():
        found = Learning.objects.select_for_update().filter(state__in=_UNDER_WAY).first()
        if found is not None and found.state == Learning.State.RUNNING:
            raise Refused("learning_runs", "正在学习，请等它结束再试")
        found = found or Learning(public_id=ids.derive(at, key, "learning"), asked_at=at)
        found.state, found.started_at = Learning.State.RUNNING, at
        found.save()
    return found


def end_learning(
    *, actor: Actor, at: datetime, key: UUID, learning: Learning, version: str = "", from_sheets: int = 0,
    from_cases: int = 0, trouble: str = "",
) -> Learning:  # fmt: skip
    """What came of it: the new version and from how many, or the trouble (a key of `suggestions.TROUBLES`)."""
    learning.state = Learning.State.FAILED if trouble else Learning.State.DONE
    learning.finished_at, learning.version, learning.trouble = at, version, trouble
    learning.from_sheets, learning.from_cases = from_sheets, from_cases
    learning.save()
    return learning


def give_up_learning(*, actor: Actor, at: datetime, key: UUID, since: datetime) -> int:
    """Runs begun before `since` whose process is gone no longer bar the way; how many."""
    stuck = Learning.objects.filter(state=Learning.State.RUNNING, started_at__lt=since)
    return stuck.update(state=Learning.State.FAILED, finished_at=at, trouble="stopped")


__all__ = ["ask_learning", "end_learning", "give_up_learning", "make", "note_what_became", "start_learning"]
