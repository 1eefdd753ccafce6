"""Letters of introduction: a member leaves for a branch outside this house, or comes from one. Who leaves stays until the receipt."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.roster import mechanism
from genmai.directory.roster.changing import again
from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.directory.roster.commands.writing import Writing
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.flow import LETTER
from genmai.directory.roster.models import Letter, LetterState, Membership, Organisation, Status, Way
from genmai.kernel.ids import derive, key_of, subkey
from genmai.kernel.refusal import BadInput, Changed, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind


@transaction.atomic
def issue_letter(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, place: str, reach: str, number: str, issued_on: date,
    reason: str,
) -> Letter:  # fmt: skip
    """A letter for a member who leaves for a branch outside; nothing moves yet. Raises NotFound, BadInput, Refused."""
    writing = Writing(actor, at, key)
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    if known := writing.made(Letter):
        return known
    rules = mechanism.members()
    if reason not in rules.transfer_reasons:
        allowed = "、".join(str(words) for words in rules.transfer_reasons.values())
        raise BadInput("unknown_reason", "请从列表里选转接的原因", field="reason", allowed=allowed)
    if row.status != Status.NORMAL:
        raise Refused("not_in_standing", "党籍状态不正常的党员不能转接，请先办理状态", field="person")
    if row.person.transfers.filter(state="asked").exists():
        raise Refused("already_asked", "这名党员已经有一个转接在等接收，先撤回那一个", field="place")
    until = issued_on + timedelta(days=rules.letter_days)
    if not row.valid_from <= issued_on <= writing.today or until < writing.today:
        raise BadInput(
            "day_out_of_span", "日期要在 {first} 和今天之间", field="issued_on", first=row.valid_from,
            allowed=f"{max(row.valid_from, writing.today - timedelta(days=rules.letter_days))} – {writing.today}",
        )  # fmt: skip
    letter = Letter(
        public_id=derive(at, key, "letter"), key=key, way=Way.OUT, person=row.person, branch_id=row.branch_id,
        issued_on=issued_on, expires_on=until, state=LETTER.step("", "issue"), reason=reason,
        **_common(actor, at, place, reach, number),
    )  # fmt: skip
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError as open_one:
        raise Refused("letter_open", "这名党员已经有一封介绍信在等回执，先收回那一封", field="number") from open_one
    writing.take(_fact("issue", letter, path))
    return letter


@transaction.atomic
def receipt_letter(
    *, actor: Actor, at: datetime, key: UUID, letter: Letter, receipt: str, on: date, seen: int | None = None
) -> Letter:
    """The other branch took the member on a day: from then on they stand on no roll here. Raises NotFound, Changed, BadInput."""
    writing = Writing(actor, at, key)
    held, path = _held(writing, letter)
    if writing.done:
        return held
    row = writing.membership(held.person_id)
    if row.branch_id != held.branch_id:
        raise Refused("moved_meanwhile", "这名党员在原支部的情况已经变了，请对方撤回后重新提出")
    if not max(held.issued_on, row.valid_from) <= on <= writing.today:
        first = max(held.issued_on, row.valid_from)
        raise BadInput("day_out_of_span", "日期要在 {first} 和今天之间", field="on", first=first,
                       allowed=f"{first} – {writing.today}")  # fmt: skip
    if on > held.expires_on:
        raise Refused(
            "letter_lapsed",
            "介绍信 {day} 就过了有效期，那以后的接收不作数，请收回重开",
            field="on",
            day=held.expires_on,
        )
    held.receipt = _needed(receipt, 60, "receipt")
    _settle(held, "receipt", seen, on)
    writing.end(row, on, held.reach)
    writing.take(_fact("receipt", held, path))
    return held


@transaction.atomic
def withdraw_letter(*, actor: Actor, at: datetime, key: UUID, letter: Letter, seen: int | None = None) -> Letter:
    """Taken back before it was used; the member is where they were. Raises NotFound, Changed."""
    writing = Writing(actor, at, key)
    held, path = _held(writing, letter)
    if not writing.done:
        _settle(held, "withdraw", seen, writing.today)
        writing.take(_fact("withdraw", held, path))
    return held


@transaction.atomic
def reopen_letter(*, actor: Actor, at: datetime, key: UUID, letter: Letter) -> Letter:
    """The receipt was entered by mistake: the member is on the roll again. Raises NotFound, Refused."""
    writing = Writing(actor, at, key)
    held, path = _held(writing, letter)
    if writing.done:
        return held
    rows = Membership.objects.select_for_update().filter(person_id=held.person_id, withdrawn_at=None)
    gone = rows.filter(branch_id=held.branch_id, valid_to=held.settled_on, departed=held.reach).order_by("-id").first()
    if held.way != Way.OUT or gone is None or rows.filter(valid_to=None).exists():
        raise Refused("letter_not_reopened", "这名党员现在在别的名册里，回执不能撤回")
    held.state, held.settled_on, held.receipt = LETTER.step(held.state, "reopen"), None, ""
    held.version += 1
    held.save(update_fields=["state", "settled_on", "receipt", "version"])
    made: Membership = again(Membership, gone, at)
    gone.known_to, gone.valid_to, gone.withdrawn_at = gone.valid_to, gone.valid_from, at
    gone.save(update_fields=["known_to", "valid_to", "withdrawn_at"])
    made.save()
    writing.take(_fact("reopen", held, path))
    return held


@transaction.atomic
def take_by_letter(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, member: NewMember, stage: str, on: date, place: str,
    reach: str, number: str, issued_on: date, valid_days: int, receipt: str, joined_on: date | None = None,
    full_on: date | None = None,
) -> Letter:  # fmt: skip
    """Somebody comes from a branch outside with a letter that is still good, and is enrolled; the receipt's number is kept.

    Raises NotFound, BadInput, Refused('letter_lapsed' | 'known_member').
    """
    writing = Writing(actor, at, key)
    path = writing.allowed(branch.pk)
    if known := writing.made(Letter):
        return known
    if valid_days < 1 or issued_on > on:
        raise BadInput(
            "letter_span", "介绍信的日期要早于转入的日期，有效天数至少 1 天", field="issued_on", allowed=f"≤ {on}"
        )
    expires = issued_on + timedelta(days=valid_days)
    if on > expires:
        raise Refused("letter_lapsed_in", "介绍信 {day} 就过了有效期，请对方重开", field="issued_on", day=expires)
    common = _common(actor, at, place, reach, number)
    row = enrol(
        actor=actor, at=at, key=subkey(key, "enrol"), branch=branch, member=member, stage=stage, on=on,
        joined_on=joined_on, full_on=full_on, arrived=reach, document=str(common["number"]),
    )  # fmt: skip
    letter = Letter.objects.create(
        public_id=derive(at, key, "letter"), key=key, way=Way.IN, person=row.person, branch=branch,
        issued_on=issued_on, expires_on=expires, state=LETTER.step("", "take"), settled_on=on,
        receipt=_needed(receipt, 60, "receipt"), **common,
    )  # fmt: skip
    writing.take(_fact("take", letter, path))
    return letter


def lapse_due(*, actor: Actor, at: datetime, limit: int = 500) -> int:
    """Letters nobody receipted in time; the members stay where they are. How many."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotFound
    day, done = Writing(actor, at, key_of("letters", "lapse")).today, 0
    for letter in Letter.objects.filter(state=LetterState.ISSUED, expires_on__lt=day).order_by("id")[:limit]:
        with transaction.atomic():
            writing = Writing(actor, at, key_of("letter", "lapse", str(letter.public_id), str(letter.version)))
            held = Letter.objects.select_for_update().filter(pk=letter.pk, state=LetterState.ISSUED).first()
            if held is not None:
                _settle(held, "lapse", None, day)
                writing.take(_fact("lapse", held, writing.path(held.branch_id)))
                done += 1
    return done


def _common(actor: Actor, at: datetime, place: str, reach: str, number: str) -> dict[str, object]:
    rules = mechanism.members()
    if reach not in rules.letter_reaches:
        allowed = "、".join(str(rules.arrivals[one]) for one in rules.letter_reaches)
        raise BadInput("unknown_arrival", "没有这个变动类别", field="reach", allowed=allowed)
    return {
        "place": _needed(place, 120, "place"), "reach": reach, "number": _needed(number, 60, "number"),
        "mechanism": mechanism.ref_of(mechanism.MEMBERS), "recorded_at": at, "recorded_by_id": actor.person_id,
    }  # fmt: skip


def _held(writing: Writing, letter: Letter) -> tuple[Letter, str]:
    rows = Letter.objects.select_for_update(of=("self",)).select_related("person", "branch")
    held = rows.get(pk=letter.pk)
    return held, writing.allowed(held.branch_id)


def _settle(held: Letter, verb: str, seen: int | None, on: date) -> None:
    if seen is not None and seen != held.version:
        raise Changed("changed", "对方刚刚办过这件事，请看最新的")
    held.state = LETTER.step(held.state, verb)
    held.settled_on, held.version = on, held.version + 1
    held.save(update_fields=["state", "settled_on", "receipt", "version"])


def _needed(text: str, longest: int, field: str) -> str:
    found = clean(text, longest, field=field)
    if not found:
        raise BadInput("missing", "这一栏要填写", field=field)
    return found


def _fact(verb: str, letter: Letter, path: str) -> Fact:
    return Fact(
        kind=LETTER.row(verb).deed, source_kind="letter", source_id=letter.public_id, mechanism=letter.mechanism,
        organisation_id=letter.branch_id, path=path, person_id=letter.person_id, outcome=letter.reach,
        reason=letter.reason,
    )  # fmt: skip
