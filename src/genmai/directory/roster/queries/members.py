"""Members as lists and as one person's file. Numbers are masked; clear text is `access.commands.reveal`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Case, Q, When

from genmai.directory.roster import mechanism, sealing
from genmai.directory.roster.models import (
    DuesMonth,
    DuesStatus,
    Link,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Post,
    Profile,
    Proposal,
    Standing,
    Transfer,
    TransferState,
    Tree,
)
from genmai.directory.roster.queries.finding import either, ways
from genmai.directory.roster.queries.membership_sql import VIEW, Asked, Clause, members_of, reached
from genmai.directory.roster.revocations import ends
from genmai.directory.roster.trees import path_in
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel import secrets
from genmai.kernel.refusal import NotFound
from genmai.kernel.secrets import KeyDestroyed
from genmai.kernel.viewer import Reach, Viewer
from genmai.kernel.walled import house

DISCIPLINES = ("disciplined", "discipline_over")  # sources of timers that say of a discipline


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of a list."""

    person_id: int
    public_id: UUID
    name: str
    branch: str
    stage: str
    status: str
    joined_on: date | None
    sex: str
    born_on: date | None
    education: str
    ethnicity: str
    occupation: str


_COLUMNS = """m.person_id, n.public_id, n.display_name, o.short_name, m.stage, m.status, m.joined_on,
coalesce(p.sex, ''), p.born_on, coalesce(p.education, ''), coalesce(p.ethnicity, ''), coalesce(p.occupation, '')"""
_ROLL = "m.branch_id, m.stage, m.id"
_PARTICULARS = "LEFT JOIN roster_profile AS p ON p.person_id = m.person_id"
_NAMES = "JOIN roster_person AS n ON n.id = m.person_id JOIN roster_organisation AS o ON o.id = m.branch_id"


def members(
    viewer: Viewer, *, asked: Asked, text: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[MemberRow], int]:
    """A page of members within the viewer's scope and how many in all. Two queries.

    In the order of the roll (branch, then since when); found by `text` in that of the names.
    """
    if text.strip():
        found = searched(viewer, asked, text)
        page = f"SELECT {_COLUMNS} {found.sql} ORDER BY p.letters, m.id LIMIT %s OFFSET %s"
    else:  # names and particulars are looked up for the page alone, not for half a million
        found = members_of(viewer, asked)
        chosen = f"SELECT m.* {found.sql} ORDER BY {_ROLL} LIMIT %s OFFSET %s"
        page = f"SELECT {_COLUMNS} FROM ({chosen}) AS m {_PARTICULARS} {_NAMES} ORDER BY {_ROLL}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {found.sql}", found.values)
        (total,) = cursor.fetchone()
        cursor.execute(page, (*found.values, limit, offset))
        return [MemberRow(*row) for row in cursor.fetchall()], total


def member_ids(viewer: Viewer, *, asked: Asked, text: str = "") -> list[int]:
    """Everyone of such a list: whose data a file holds."""
    found = searched(viewer, asked, text)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT m.person_id {found.sql}", found.values)
        return [row[0] for row in cursor.fetchall()]


def searched(viewer: Viewer, asked: Asked, text: str) -> Clause:
    """Members by name, pinyin, initials, the phone's last four digits or the whole identity number."""
    by = ways(text)
    base = members_of(viewer, asked, reach=Reach.SEARCH if by else Reach.VIEW)
    head, where = base.sql.split("WHERE ", 1)
    test = either(by) if by else Clause("true")
    return Clause(f"{head}{_NAMES} WHERE {where} AND {test.sql}", (*base.values, *test.values))


@dataclass(frozen=True, slots=True)
class MemberFile:
    """One member's file, whole: what the branch keeps, and what the person themself reads."""

    person: Person
    phone: str
    identity: str
    profile: Profile | None
    current: Membership
    path: str  # of the branch, in the Party tree
    history: Sequence[Membership]
    standings: Sequence[Standing]
    dues: Sequence[DuesMonth]  # the row that counts of each month, newest first
    posts: Sequence[Post]
    transfer: Transfer | None  # that waits
    proposals: Sequence[Proposal]


def member_file(viewer: Viewer, *, public_id: UUID, at: datetime) -> MemberFile:
    """A member of one's own branches, or oneself. Eight queries. Raises NotFound."""
    rows = Membership.objects.filter(valid_to=None, person__public_id=public_id)
    found = rows.select_related("person__sealing_key", "person__profile", "branch").first()
    if found is None:
        raise NotFound("没有找到这名党员，或者不在您能看的范围内")
    path = path_in(Tree.PARTY, found.branch_id, day_of(at))
    own = viewer.person_id is not None and viewer.person_id == found.person_id
    if not own and not (path and any(path.startswith(one) for one in reached(viewer))):
        raise NotFound("没有找到这名党员，或者不在您能看的范围内")
    return _file(found, path)


def own_membership(viewer: Viewer) -> UUID | None:
    """The public id of the viewer's own file, if they are a member."""
    if viewer.person_id is None:
        return None
    rows = Membership.objects.filter(valid_to=None, person_id=viewer.person_id)
    return rows.values_list("person__public_id", flat=True).first()


def _file(found: Membership, path: str) -> MemberFile:
    person = found.person
    try:
        phone, identity = sealing.open_person(person).phone, sealing.open_identity(person)
    except KeyDestroyed:
        phone = identity = ""
    mine = {"person_id": person.pk}
    return MemberFile(
        person=person,
        phone=secrets.mask_phone(phone) if phone else "",
        identity=secrets.mask_id(identity) if identity else "",
        profile=getattr(person, "profile", None),
        current=found,
        path=path,
        history=list(
            Membership.objects.filter(**mine).select_related("branch").order_by("-valid_from", "-id")
        ),
        standings=list(Standing.objects.filter(**mine).prefetch_related(ends()).order_by("-decided_on", "-id")),
        dues=_counting(DuesMonth.objects.filter(**mine).order_by("-month", "-id")[:60]),
        posts=list(Post.objects.filter(**mine).select_related("organisation", "term").order_by("-valid_from", "-id")),
        transfer=Transfer.objects.filter(**mine, state=TransferState.ASKED)
        .select_related("from_branch", "to_branch").first(),
        proposals=list(
            Proposal.objects.filter(**mine).select_related("body", "decision").order_by("-raised_at", "-id")
        ),
    )  # fmt: skip


def transfers(
    viewer: Viewer, *, at: datetime, state: str = "", limit: int = 100
) -> tuple[list[Transfer], dict[int, str]]:
    """Transfers from or to the viewer's branches, those that wait first, and each branch's path. Two queries."""
    branches = Link.objects.filter(_below(reached(viewer)), valid_on(day_of(at)), tree=Tree.PARTY)
    ids = branches.values("organisation_id")
    rows = Transfer.objects.filter(Q(from_branch__in=ids) | Q(to_branch__in=ids))
    if state:
        rows = rows.filter(state=state)
    first = Case(When(state=TransferState.ASKED, then=0), default=1)
    with house("whoever gives and whoever takes a member both see who it is; the branches are the viewer's own"):
        found = list(
            rows.select_related("person", "from_branch", "to_branch").order_by(first, "-asked_on", "-id")[:limit]
        )
    sides = {side for one in found for side in (one.from_branch_id, one.to_branch_id)}
    links = Link.objects.filter(valid_on(day_of(at)), tree=Tree.PARTY, organisation_id__in=sides)
    return found, dict(links.values_list("organisation_id", "path"))


def transfer(viewer: Viewer, *, public_id: UUID, at: datetime) -> Transfer:
    """One that goes from or to the viewer's branches. Raises NotFound."""
    rows = Transfer.objects.select_related("person", "from_branch", "to_branch")
    with house("whoever gives and whoever takes a member both see who it is; asked after below"):
        found = rows.filter(public_id=public_id).first()
    if found is not None:
        sides = (found.from_branch_id, found.to_branch_id)
        links = Link.objects.filter(valid_on(day_of(at)), tree=Tree.PARTY, organisation_id__in=sides)
        if links.filter(_below(reached(viewer))).exists():
            return found
    raise NotFound("没有找到这个转接，或者不在您能看的范围内")


def proposals(viewer: Viewer, *, at: datetime, undecided: bool = True, limit: int = 100) -> list[Proposal]:
    """What timers put before the bodies within the viewer's scope, oldest first. One query."""
    bodies = Link.objects.filter(
        _below(viewer.paths("members:decide", Reach.VIEW, tree=Tree.PARTY)), valid_on(day_of(at)), tree=Tree.PARTY
    )
    rows = Proposal.objects.filter(body__in=bodies.values("organisation_id"), decision__isnull=undecided)
    rows = rows.filter(told_of(viewer, day_of(at)))
    return list(rows.select_related("person", "body", "decision").order_by("since", "id")[:limit])


def told_of(viewer: Viewer, day: date) -> Q:
    """Proposals the viewer may be told of: those that come of a discipline only with that right at the body."""
    timers = [name for name, rule in mechanism.members().timers.items() if rule.source in DISCIPLINES]
    right = Link.objects.filter(
        _below(viewer.paths("members:discipline", Reach.VIEW, tree=Tree.PARTY)), valid_on(day), tree=Tree.PARTY
    )
    return ~Q(timer__in=timers) | Q(body__in=right.values("organisation_id"))


def may_keep(viewer: Viewer, path: str) -> bool:
    """Whether the viewer keeps the members of the branch at a path."""
    return bool(path) and viewer.may("members:keep", path, Reach.CAPTURE, tree=Tree.PARTY)


def sees_members(viewer: Viewer) -> bool:
    """Whether there is any branch whose members the viewer sees."""
    return bool(viewer.paths(VIEW, Reach.VIEW, tree=Tree.PARTY))


def _below(paths: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found


def branches_named(viewer: Viewer, *, text: str, limit: int = 7) -> list[Organisation]:
    """Open Party organisations of exactly this code or name, else those whose name holds it: where to, anywhere."""
    text = text.strip()
    if not text:
        return []
    rows = Organisation.objects.filter(kind=OrganisationKind.PARTY, closed_on=None).order_by("-level", "code")
    exact = list(rows.filter(Q(code=text) | Q(name=text) | Q(short_name=text))[:limit])
    return exact or list(rows.filter(name__icontains=text)[:limit])


def dues_of(viewer: Viewer, *, person_ids: Sequence[int], month: date) -> dict[int, DuesMonth]:
    """The row that counts of a month, by person. The caller has found these members within the viewer's scope."""
    rows = DuesMonth.objects.filter(person_id__in=list(person_ids), month=month).order_by("-id")
    return {row.person_id: row for row in _counting(rows)}


def _counting(newest_first: Iterable[DuesMonth]) -> list[DuesMonth]:
    """Of each person and month the last row, unless it says that what was said was taken back."""
    last: dict[tuple[int, date], DuesMonth] = {}
    for row in newest_first:
        last.setdefault((row.person_id, row.month), row)
    return [row for row in last.values() if row.status != DuesStatus.NONE]


def proposal(viewer: Viewer, *, public_id: UUID, at: datetime) -> Proposal:
    """One put before a body where the viewer may decide. Raises NotFound."""
    rows = Proposal.objects.select_related("person", "body", "decision").filter(told_of(viewer, day_of(at)))
    found = rows.filter(public_id=public_id).first()
    if found is not None:
        links = Link.objects.filter(valid_on(day_of(at)), tree=Tree.PARTY, organisation_id=found.body_id)
        if links.filter(_below(viewer.paths("members:decide", Reach.VIEW, tree=Tree.PARTY))).exists():
            return found
    raise NotFound("没有找到，或者不在您能看的范围内")
