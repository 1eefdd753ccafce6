"""Who can sign in and what they may do: for who keeps the accounts, with masked numbers and a stated purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from genmai.directory.access import queries
from genmai.directory.access.models import Account
from genmai.directory.access.roles import ROLES
from genmai.directory.roster.queries import masked_people
from genmai.directory.territory.days import day_of
from genmai.kernel.viewer import Viewer
from genmai.reports.exports.limits import limits
from genmai.reports.exports.shape import Asked, Column, Export, Group, Row, Said, Tree
from genmai.reports.exports.values import Kind

TITLE = gettext_noop("人员和账号")


def columns(viewer: Viewer, asked: Asked) -> Tree:
    """What the page shows."""
    return (
        Column(_("登录名"), key=True, width=16),
        Column(_("姓名"), width=14),
        Column(_("电话"), width=16, about=_("中间几位已遮挡")),
        Group(_("授权"), (Column(_("角色"), width=18), Column(_("单位"), width=24), Column(_("从哪天起"), Kind.DAY))),
        Column(_("能不能登录"), width=12),
    )


def _accounts(viewer: Viewer, asked: Asked) -> QuerySet[Account]:
    role = asked.get("role")
    return queries.accounts(viewer, find=asked.get("q").strip()[:60], role=role if role in ROLES else "")


def rows(viewer: Viewer, asked: Asked) -> Iterator[Row]:
    """One row a grant that holds today; who has none has one row without."""
    today = day_of(asked.now)
    found = iter(_accounts(viewer, asked).iterator(chunk_size=limits().block_rows))
    while chunk := list(islice(found, limits().block_rows)):
        people = masked_people(viewer, ids=[one.person_id for one in chunk])
        for account in chunk:
            person = people.get(account.person_id)
            head = (account.login, account.person.display_name, person.phone if person else "")
            tail = _("能") if account.is_active else _("已关上")
            held = [g for g in account.grants.all() if g.valid_from <= today and (not g.valid_to or g.valid_to > today)]
            for grant in held:
                title = _(ROLES[grant.role].title) if grant.role in ROLES else grant.role
                yield (*head, title, grant.organisation.short_name, grant.valid_from, tail)
            if not held:
                yield (*head, "", "", None, tail)


def said(viewer: Viewer, asked: Asked) -> Said:
    """The filters of the page."""
    filters = [(_("查找"), asked.get("q"))] if asked.get("q") else []
    if asked.get("role") in ROLES:
        filters.append((_("角色"), _(ROLES[asked.get("role")].title)))
    return Said(_(TITLE), tuple(filters))


def persons(viewer: Viewer, asked: Asked) -> Iterable[int]:
    """Everyone who stands in it."""
    return _accounts(viewer, asked).order_by().values_list("person_id", flat=True)


EXPORTS = (
    Export(
        key="people",
        title=TITLE,
        columns=columns,
        rows=rows,
        count=lambda viewer, asked: _accounts(viewer, asked).count(),
        said=said,
        permission="people:export",
        persons=persons,
    ),
)
