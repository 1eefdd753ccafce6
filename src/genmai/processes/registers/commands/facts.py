"""Recording and correcting the facts of an estate. An entry is never changed: a later one stands, or corrects it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.commands import NewOrganisation, NewPost, add_posts, open_organisations
from genmai.directory.roster.models import Level, Link, Organisation, OrganisationKind, Post, Tree
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.registers import policies
from genmai.processes.registers.as_at import PARTIES, effective
from genmai.processes.registers.commands.listing import settle
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Entry, EntryKind, Estate, Management
from genmai.processes.registers.writing import Writing, lock
from genmai.records.writing import done_before

SYSTEM = Actor.system("registers")
COMMISSIONER = "estate_commissioner"  # key of the post


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact from a day on; which fields count depends on the kind (see `models.Entry`).

    `party_name`: the managing firm; its office at this estate is opened in the roster where it isn't there yet. The
    owners' committee is one organisation through all its terms.
    """

    kind: str
    valid_from: date
    valid_to: date | None = None
    estate_type: str = ""
    households: int | None = None
    members: int | None = None
    party_members: int | None = None
    management: str = ""
    party_name: str = ""
    person_id: int | None = None
    asset: str = ""
    title: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    document: str = ""


def record(*, actor: Actor, at: datetime, key: UUID, estate: UUID, fact: Fact, seen: int | None = None) -> Estate:
    """Add a dated fact. Management that ends or begins lists the estate or takes it off the list.

    Raises BadInput naming the field, NotFound, NotPermitted, Changed.
    """
    with transaction.atomic():
        found = lock(actor, estate)
        policies.check_may("estates:manage", actor, found)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        writing = Writing(actor=actor, at=at, key=key, estate=found)
        add(writing, fact, "estate.recorded")
        finish(writing)
        return found


def correct(
    *, actor: Actor, at: datetime, key: UUID, entry: UUID, fact: Fact | None, seen: int | None = None
) -> Estate:
    """A later entry takes the place of a wrong one; None takes the wrong one back. Raises Changed for one corrected."""
    with transaction.atomic():
        wrong = Entry.objects.select_related("estate").filter(public_id=entry).first()
        if wrong is None:
            raise NotFound()
        found = lock(actor, wrong.estate.public_id)
        policies.check_may("estates:manage", actor, found)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        if Entry.objects.filter(corrects=wrong).exists():
            raise Changed("already_corrected", "这一条已经更正过；要再改，请更正那条更正")
        writing = Writing(actor=actor, at=at, key=key, estate=found)
        if fact is not None and fact.kind != wrong.kind:
            raise BadInput("kind", "更正要和原来的是同一类情况", field="kind")
        if fact is None:
            taken = {"struck": True, "management": wrong.management, "organisation_id": wrong.organisation_id}
            taken |= {"members": wrong.members, "party_members": wrong.party_members}
            _insert(
                writing,
                Entry(kind=wrong.kind, valid_from=wrong.valid_from, corrects=wrong, **taken),
                "estate.corrected",
            )
        else:
            add(writing, fact, "estate.corrected", corrects=wrong)
        finish(writing, mistaken=wrong.kind == EntryKind.MANAGEMENT)
        return found


def add(writing: Writing, fact: Fact, deed: str, corrects: Entry | None = None) -> Entry:
    """The entry of a fact, checked, with its deed; a part of the commands that record facts."""
    values = asdict(fact)
    party_name = clean(str(values.pop("party_name")), 60, field="party_name")
    for name in ("title", "document"):
        values[name] = clean(str(values[name]), 120, field=name)
    values["unit"] = clean(str(values["unit"]), 12, field="unit")
    _CHECKS[EntryKind(fact.kind)](writing, fact, party_name)
    if fact.valid_to is not None and fact.valid_to <= fact.valid_from:
        raise BadInput("ends_before_begin", "结束日期要晚于开始日期", field="valid_to")
    party = _party(writing, fact, party_name)
    entry = Entry(**values, organisation=party, corrects=corrects)
    _insert(writing, entry, deed)
    if fact.kind == EntryKind.COMMISSIONER:
        _appoint(writing, fact)
    return entry


def _appoint(writing: Writing, fact: Fact) -> None:
    """The commissioner holds the post that the mechanism's rota rings first; who holds it already keeps it."""
    if fact.person_id is None:
        return
    home = writing.estate.home
    held = Post.objects.filter(person_id=fact.person_id, organisation=home, key=COMMISSIONER, valid_to__isnull=True)
    if not held.exists():
        post = NewPost(fact.person_id, home.pk, COMMISSIONER, "小区专员")
        key = ids.subkey(writing.key, "post")
        add_posts(actor=SYSTEM, at=writing.at, key=key, rows=[post], valid_from=fact.valid_from, document=fact.document)


def _insert(writing: Writing, entry: Entry, deed: str) -> None:
    number = Entry.objects.filter(estate=writing.estate).count()
    entry.estate = writing.estate
    entry.public_id = ids.derive(writing.at, writing.key, "entry", number)
    entry.recorded_at, entry.recorded_by_id = writing.at, writing.actor.person_id
    entry.save(force_insert=True)
    writing.deed(deed, subject_id=entry.public_id, reason=entry.kind, counterpart_id=entry.organisation_id)


def finish(writing: Writing, *, mistaken: bool = False) -> None:
    """List or clear, let the parties of today see, write it all. A part of the commands that record facts."""
    estate = writing.estate
    settle(writing, mistaken=mistaken)
    parties = effective(day_of(writing.at)).filter(estate=estate, kind__in=PARTIES, organisation__isnull=False)
    now = dict(parties.order_by("valid_from", "id").values_list("kind", "organisation_id"))
    line = [int(part) for part in estate.home_path.split("/") if part]
    estate.reach = sorted({*line, *now.values()})
    estate.version += 1
    estate.save(update_fields=["reach", "version"])
    writing.finish()


# what each kind needs


def _known(value: str, allowed: Any, field: str, message: str) -> None:
    if value not in allowed:
        raise BadInput("unknown", message, field=field, allowed="、".join(allowed))


def _profile(writing: Writing, fact: Fact, party_name: str) -> None:
    _known(fact.estate_type, rules_of(writing.estate.mechanism).types, "estate_type", "请选择小区类型")
    if fact.households is None or fact.households < 1:
        raise BadInput("households", "请填户数", field="households", allowed="≥ 1")


def _committee(writing: Writing, fact: Fact, party_name: str) -> None:
    if not fact.members or fact.members < 1:
        raise BadInput("members", "请填业委会人数", field="members", allowed="≥ 1")
    if fact.party_members is None or not 0 <= fact.party_members <= fact.members:
        raise BadInput("party_members", "党员人数不能多于业委会人数", field="party_members")
    if fact.valid_to is None:
        raise BadInput("no_term", "请填任期到哪天为止", field="valid_to")


def _management(writing: Writing, fact: Fact, party_name: str) -> None:
    _known(fact.management, Management.values, "management", "请选择谁来管")
    if fact.management == Management.PROFESSIONAL and not party_name:
        raise BadInput("no_manager", "请填物业企业的名称", field="party_name")


def _commissioner(writing: Writing, fact: Fact, party_name: str) -> None:
    if fact.person_id is None:
        raise BadInput("no_person", "请选择小区专员", field="person_id")


def _asset(writing: Writing, fact: Fact, party_name: str) -> None:
    _known(fact.asset, rules_of(writing.estate.mechanism).assets, "asset", "请选择是哪一类资产")
    if not fact.title.strip() or fact.quantity is None:
        raise BadInput("no_asset", "请写明是什么、有多少", field="title")


_CHECKS = {
    EntryKind.PROFILE: _profile,
    EntryKind.COMMITTEE: _committee,
    EntryKind.MANAGEMENT: _management,
    EntryKind.COMMISSIONER: _commissioner,
    EntryKind.ASSET: _asset,
}


def _party(writing: Writing, fact: Fact, party_name: str) -> Organisation | None:
    """The party a fact names. It stands below the estate's community and nowhere else, so it sees no other estate."""
    estate, name = writing.estate, writing.estate.place.name
    if fact.kind == EntryKind.COMMITTEE:
        code, kind, full, short = "owners", OrganisationKind.OWNERS, f"{name}业主委员会", f"{name}业委会"
    elif fact.kind == EntryKind.MANAGEMENT and fact.management == Management.PROFESSIONAL:
        full = f"{party_name}（{name}）"
        known = Organisation.objects.filter(code__startswith=f"{estate.place.code}-m", name=full).first()
        if known is not None:
            return known
        number = Organisation.objects.filter(code__startswith=f"{estate.place.code}-m").count() + 1
        code, kind, short = f"m{number}", OrganisationKind.PROPERTY, full
    else:
        return None
    # No place: what lies on the ground is answered for by the community, never by a party.
    row = NewOrganisation(f"{estate.place.code}-{code}", full, kind, Level.GRID, estate.home.code, short[:40])
    opened = min(fact.valid_from, day_of(writing.at))
    opened = max(opened, _since(estate))
    made = open_organisations(
        actor=SYSTEM, at=writing.at, key=ids.subkey(writing.key, "party"), rows=[row], opened_on=opened
    )
    return made[row.code]


def _since(estate: Estate) -> date:
    """Nothing below an organisation is older than it."""
    link = Link.objects.filter(tree=Tree.ADMINISTRATIVE, organisation=estate.home, valid_to__isnull=True)
    return link.values_list("valid_from", flat=True)[0]
