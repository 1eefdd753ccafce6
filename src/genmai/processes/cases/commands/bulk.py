"""One verb on many matters (批量): each row by its own command under its own key, its outcome kept beside it.

A row that is refused, or that somebody else was first at, stops no other. Killed at any moment a run goes on where it
stood: a row's outcome is written in the transaction of its command, and its key is the run's and the case's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks
from genmai.processes.cases.commands.desk import chase, take_back
from genmai.processes.cases.commands.dispatching import classify, dispatch
from genmai.processes.cases.commands.handling import reply
from genmai.processes.cases.mechanism import desk_rules
from genmai.processes.cases.models import BulkRow, BulkRun, Case
from genmai.processes.cases.queries.lists import visible

BATCH = 10
Outcome, State = BulkRow.Outcome, BulkRun.State


def _uuid(given: Mapping[str, Any], name: str) -> UUID:
    return UUID(str(given[name]))


def _dispatch(common: dict[str, Any], given: Mapping[str, Any]) -> Case:
    if not given.get("to"):
        raise Refused("no_body", "还没定给谁，请单独分派")
    rest = {name: given[name] for name in ("category", "text", "duty_row") if given.get(name)}
    return dispatch(**common, to=_uuid(given, "to"), **rest)


def _reply(common: dict[str, Any], given: Mapping[str, Any]) -> Case:
    return reply(**common, outcome=given["outcome"], text=given["text"], reached=bool(given.get("reached", False)))


_VERBS: Mapping[str, Callable[[dict[str, Any], Mapping[str, Any]], Case]] = {
    "dispatch": _dispatch,
    "reply": _reply,
    "chase": lambda common, given: chase(**common, text=given.get("text", "")),
    "classify": lambda common, given: classify(**common, category=given["category"]),
    "take_back": lambda common, given: take_back(**common),
}
VERBS = tuple(_VERBS)


@dataclass(frozen=True, slots=True)
class RowGiven:
    """One matter of a run: the version looked at, and what is its own (the body and subject as previewed)."""

    case: UUID
    seen: int
    given: Mapping[str, Any] = field(default_factory=dict)


def begin(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    verb: str,
    given: Mapping[str, Any],
    rows: Sequence[RowGiven],
    back: str = "",
) -> BulkRun:
    """Keep what is to be done; nothing is done yet. The same key again gives the same run.

    Raises BadInput for no rows, too many, or an unknown verb; NotPermitted without an organisation. Rows outside the
    actor's scope are left out as if they were not there.
    """
    organisation_id, person_id, account_id = _check(actor, verb, rows)
    with transaction.atomic():
        done = BulkRun.objects.filter(public_id=ids.subkey(key, "bulk")).first()
        if done is not None:
            return done
        cases = dict(visible(actor.viewer).filter(public_id__in=[r.case for r in rows]).values_list("public_id", "pk"))
        run = BulkRun.objects.create(
            public_id=ids.subkey(key, "bulk"), state=State.QUEUED, verb=verb, given=dict(given), at=at, back=back[:400],
            organisation_id=organisation_id, by_id=person_id, account_id=account_id,
        )  # fmt: skip
        kept = [row for row in {row.case: row for row in rows}.values() if row.case in cases]
        BulkRow.objects.bulk_create(
            BulkRow(run=run, position=n, case_id=cases[row.case], seen=row.seen, given=dict(row.given))
            for n, row in enumerate(kept)
        )
    return run


def begin_back(*, actor: Actor, at: datetime, key: UUID, run: UUID) -> BulkRun:
    """The inverse of one's own run of dispatches: what it gave away is taken back, each matter by the desk's own rule
    (nobody has taken it up, within `take_back_within`); what no longer can be keeps its reason.

    Raises NotFound for another's run, Refused('no_way_back') for another verb or while it is under way.
    """
    found = BulkRun.objects.filter(public_id=run, by_id=actor.person_id or 0).first()
    if found is None:
        raise NotFound()
    if found.verb != "dispatch" or found.state in (State.QUEUED, State.RUNNING):
        raise Refused("no_way_back", "只有分派完的一批能一起收回")
    done = BulkRow.objects.filter(run=found, outcome=Outcome.DONE).order_by("position")
    rows = [RowGiven(*one) for one in done.values_list("case__public_id", "case__version")]
    return begin(actor=actor, at=at, key=key, verb="take_back", given={}, rows=rows, back=found.back)


def may_go_back(found: BulkRun, at: datetime) -> bool:
    """Whether taking a run back is worth offering."""
    over = found.state in (State.DONE, State.STOPPED)
    return found.verb == "dispatch" and over and at <= clocks.due_after(desk_rules().take_back_within, found.at)


def _check(actor: Actor, verb: str, rows: Sequence[RowGiven]) -> tuple[int, int, int]:
    """In whose name: organisation, person, account."""
    organisation_id, person_id, account_id = actor.organisation_id, actor.person_id, actor.viewer.account_id
    if organisation_id is None or person_id is None or account_id is None:
        raise NotPermitted("not_permitted", "批量办理要用有单位的账号")
    if verb not in _VERBS:
        raise BadInput("verb", "请选择要办什么", field="verb", allowed="、".join(VERBS))
    if not rows:
        raise BadInput("empty", "请先选几件", field="case")
    most = desk_rules().bulk_most
    if len(rows) > most:
        raise BadInput(
            "too_many", "一次最多办 {most} 件，您选了 {n} 件，请分几次", field="case", most=most, n=len(rows)
        )
    return organisation_id, person_id, account_id


def go_on(*, actor: Actor, at: datetime, key: UUID, run: UUID, while_: Callable[[], bool] = lambda: True) -> BulkRun:
    """Do the rows still waiting, a few a transaction, as long as `while_` says. Two workers never do the same row.

    `actor`: whose rights hold, read anew by the caller; a right taken away meanwhile refuses the rows left. `key` names
    the try and is not used for what is written: each row's key is its own.
    """
    found = _claim(run)
    while found is not None and while_():
        with transaction.atomic():
            held = BulkRun.objects.select_for_update().get(pk=found.pk)
            if held.state == State.STOPPED:
                return held
            waiting = BulkRow.objects.filter(run=held, outcome=Outcome.WAITING).select_related("case")
            batch = list(waiting.order_by("position")[:BATCH])
            for row in batch:
                _one(actor, at, held, row)
            if len(batch) < BATCH:
                held.state, held.finished_at = State.DONE, at
                held.save(update_fields=["state", "finished_at"])
                return held
    return BulkRun.objects.get(public_id=run)


def _claim(run: UUID) -> BulkRun | None:
    """The run, now under way; None when it is over."""
    BulkRun.objects.filter(public_id=run, state=State.QUEUED).update(state=State.RUNNING)
    return BulkRun.objects.filter(public_id=run, state=State.RUNNING).first()


def _one(actor: Actor, at: datetime, run: BulkRun, row: BulkRow) -> None:
    """One row in a savepoint of its own: done, or the reason why not."""
    key = ids.subkey(run.public_id, "row", str(row.case.public_id))
    common = {"actor": actor, "at": at, "key": key, "case": row.case.public_id, "seen": row.seen}
    try:
        with transaction.atomic():
            _VERBS[run.verb](common, {**run.given, **row.given})
        row.outcome, row.reason = Outcome.DONE, {}
    except Changed as changed:
        row.outcome, row.reason = Outcome.CHANGED, _why(changed)
    except Refused as refused:
        # what is no longer possible because somebody acted since is theirs, not a fault of this row
        moved = row.case.version != row.seen and refused.code == "wrong_state"
        row.outcome, row.reason = Outcome.CHANGED if moved else Outcome.REFUSED, _why(refused)
    row.save(update_fields=["outcome", "reason"])


def _why(refused: Refused) -> dict[str, Any]:
    return {"code": refused.code, "message": refused.message, "params": {k: str(v) for k, v in refused.params.items()}}


def stop(*, actor: Actor, at: datetime, key: UUID, run: UUID) -> BulkRun:
    """No further rows; what was done stays done. Raises NotFound for another's run."""
    with transaction.atomic():
        held = BulkRun.objects.select_for_update().filter(public_id=run, by_id=actor.person_id or 0).first()
        if held is None:
            raise NotFound()
        if held.state in (State.QUEUED, State.RUNNING):
            held.state, held.finished_at = State.STOPPED, at
            held.save(update_fields=["state", "finished_at"])
    return held
