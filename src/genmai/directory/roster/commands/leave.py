"""Leave with a stand-in: entered, and ended earlier by a record of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.roster.models import Away, AwayEnd, Link, Organisation, Person, Post, Tree
from genmai.directory.roster.policies import check_may_set_away
from genmai.directory.roster.queries.leave import in_effect
from genmai.directory.territory.days import valid_on
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor

LONGEST = timedelta(days=366)


@transaction.atomic
def enter_leave(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, first_day: date, last_day: date,
    stand_in_id: int | None = None, team_path: str = "",
) -> Away:  # fmt: skip
    """These days (both included) the person is away, entered by themself or by who leads the team at `team_path`.

    The same again gives what was entered. Raises NotPermitted, BadInput, Refused('overlaps').
    Whether the stand-in holds what is needed is `access.commands.enter_leave`'s to check.
    """
    check_may_set_away(actor, person_id, team_path)
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound("没有找到这个人")
    if last_day < first_day:
        raise BadInput("away_span", "结束日期不能早于开始日期", field="last_day")
    if last_day - first_day > LONGEST:
        raise BadInput("away_long", "一次最多登记一年", field="last_day")
    if stand_in_id == person_id:
        raise BadInput("away_stand_in", "不能由本人代班，请另选一位", field="stand_in")
    home = _home(person_id, first_day, team_path)
    if team_path and home is None:
        raise NotPermitted("not_permitted", "这个人不在您的单位，不能替他登记")
    known = Away.objects.filter(in_effect(first_day, last_day), person_id=person_id).order_by("id")
    for one in known:
        if (one.first_day, one.last_day, one.stand_in_id) == (first_day, last_day, stand_in_id):
            return one
        raise Refused(
            "overlaps", "{name}从 {first} 到 {last} 已经登记了外出，日子重了；要改，先结束那一次", field="first_day",
            name=person.display_name, first=one.first_day, last=one.last_day,
        )  # fmt: skip
    if stand_in_id is not None:
        _check_stand_in(person_id, stand_in_id, home, first_day, last_day)
    return Away.objects.create(
        person_id=person_id, stand_in_id=stand_in_id, first_day=first_day, last_day=last_day, organisation=home,
        recorded_at=at, recorded_by_id=actor.person_id,
    )  # fmt: skip


def end_leave(
    *, actor: Actor, at: datetime, key: UUID, away_id: int, last_day: date, team_path: str = ""
) -> Away:  # fmt: skip
    """Back earlier: `last_day` is the last day away; the day before the first, when it did not come to it.

    Raises NotPermitted, NotFound, BadInput, Refused('ended') when it was ended on another day before.
    """
    away = Away.objects.select_related("person").filter(pk=away_id).first()
    if away is None:
        raise NotFound("没有找到这次外出")
    check_may_set_away(actor, away.person_id, team_path)
    if team_path and _home(away.person_id, away.first_day, team_path) is None:
        raise NotPermitted("not_permitted", "这个人不在您的单位，不能替他登记")
    if not away.first_day - timedelta(days=1) <= last_day < away.last_day:
        raise BadInput("ends_later", "提前回来的日子要早于原来登记的最后一天", field="last_day")
    try:
        with transaction.atomic():
            AwayEnd.objects.create(away=away, last_day=last_day, recorded_at=at, recorded_by_id=actor.person_id)
    except IntegrityError as ended:
        if AwayEnd.objects.get(away=away).last_day != last_day:
            raise Refused("ended", "这次外出已经提前结束过了，请看最新的") from ended
    return away


def _home(person_id: int, day: date, team_path: str) -> Organisation | None:
    """Where the person is in post on that day; within the team, where one is named."""
    held = Post.objects.filter(
        valid_on(day), person_id=person_id, organisation__links__tree=Tree.ADMINISTRATIVE,
        organisation__links__valid_to__isnull=True, organisation__links__path__startswith=team_path or "/",
    )  # fmt: skip
    post = held.select_related("organisation").order_by("rank", "id").first()
    return post.organisation if post else None


def _check_stand_in(person_id: int, stand_in_id: int, home: Organisation | None, first: date, last: date) -> None:
    """Of the same organisation or the one above it, and not away themself."""
    if home is not None:
        above = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation=home)
        near = {home.pk, *above.exclude(parent=None).values_list("parent_id", flat=True)}
        if not Post.objects.filter(valid_on(first), person_id=stand_in_id, organisation_id__in=near).exists():
            raise BadInput("stand_in_elsewhere", "代班的人要是本单位或上一级单位的", field="stand_in")
    if Away.objects.filter(in_effect(first, last), person_id=stand_in_id).exists():
        raise BadInput("stand_in_away", "代班的人这几天自己也外出，请另选一位", field="stand_in")
