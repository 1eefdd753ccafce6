"""Which posts a body has, and who a written name means. Two of one name are told apart, none is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from genmai.directory.roster.commands.terms import Chosen
from genmai.directory.roster.models import Organisation, OrganisationKind, Person
from genmai.directory.roster.queries.posts import people_meant
from genmai.directory.roster.registry.definition import code_set
from genmai.interfaces.web.members.words import say
from genmai.interfaces.web.organisations.grids import rules
from genmai.kernel.viewer import Viewer

MOST_LINES = 40


def posts_for(body: Organisation) -> dict[str, tuple[str, ...]]:
    """Post → its words, the first of them shown: of a grid those of the standard, of others those of the sheets."""
    if body.kind == OrganisationKind.GRID:
        return {place.posts[0]: (say(place.title), place.title.zh) for place in rules()[1].staff.values()}
    return dict(code_set("post"))


def rank_of(body: Organisation, post: str) -> int:
    """The order of call: as the posts are listed."""
    return list(posts_for(body)).index(post)


class NotMeant(ValueError):
    """A name that means nobody, or several; the words say which."""


def one_meant(viewer: Viewer, *, text: str, body: Organisation, at: datetime) -> Person:
    """Raises NotMeant."""
    found = people_meant(viewer, text=text, organisation=body, at=at)
    if len(found) == 1:
        return found[0].person
    if not found:
        raise NotMeant(_("没有找到“%(name)s”：党员名册和本单位的人员里都没有，请先登记这个人") % {"name": text})
    listed = _("、").join(one.said for one in found)
    raise NotMeant(
        _("“%(name)s”有 %(n)d 个人：%(listed)s；请在姓名后面空一格加上手机后四位或支部名") % {"name": text, "n": len(found), "listed": listed}
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the list of those chosen."""

    chosen: Chosen
    name: str


def lines_of(viewer: Viewer, *, text: str, body: Organisation, at: datetime) -> tuple[list[Line], list[str]]:
    """One of "书记 张三" a line, as typed or pasted from a sheet; the faults say line, value and what is allowed."""
    words = {word: post for post, all_words in posts_for(body).items() for word in all_words}
    shown = _("、").join(all_words[0] for all_words in posts_for(body).values())
    found: list[Line] = []
    faults: list[str] = []
    written = [(n, line.replace("\t", " ").replace("　", " ").strip()) for n, line in enumerate(text.splitlines(), 1)]
    for number, line in [(n, line) for n, line in written if line][:MOST_LINES]:
        title, _space, name = line.partition(" ")
        if title not in words:
            faults.append(
                _("第 %(n)d 行：没有“%(value)s”这个职务，可以写 %(allowed)s") % {"n": number, "value": title, "allowed": shown}
            )  # fmt: skip
            continue
        if not name.strip():
            faults.append(_("第 %(n)d 行：“%(value)s”后面空一格写姓名") % {"n": number, "value": title})
            continue
        try:
            person = one_meant(viewer, text=name.strip(), body=body, at=at)
        except NotMeant as wrong:
            faults.append(_("第 %(n)d 行：%(why)s") % {"n": number, "why": wrong})
            continue
        post = words[title]
        if any(one.chosen.person_id == person.pk and one.chosen.post == post for one in found):
            faults.append(_("第 %(n)d 行：%(value)s 写了两遍") % {"n": number, "value": line})
            continue
        chosen = Chosen(person.pk, post, posts_for(body)[post][0], rank_of(body, post))
        found.append(Line(chosen, person.display_name))
    return found, faults
