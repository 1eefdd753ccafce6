"""Who works where. People are invented from the seed; they act with the rights of their role over their own subtree."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.access.roles import permissions_of
from genmai.directory.roster.commands.district import District
from genmai.directory.roster.commands.people import NewPerson, NewPost, add_people, add_posts
from genmai.directory.roster.models import Level, Link, Organisation, OrganisationKind, Post, Tree
from genmai.kernel import ids
from genmai.kernel.viewer import Actor, Granted, Reach, Viewer

SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段章钱汤尹黎易常武乔贺赖龚文"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华慧红建国志文雅婷宇晨欣怡子轩浩然梓涵雨桐思远嘉琪佳宁海燕春梅立新永康振东秀珍玉兰金凤"
# Post, title, role it acts with, how many: by kind of organisation. Ranks follow the order.
POSTS: dict[str, tuple[tuple[str, str, str, int], ...]] = {
    OrganisationKind.CITY: (("city_office", "市社会治理中心值班", "district_office", 2),),
    OrganisationKind.DISTRICT: (
        ("district_office", "区社会治理中心值班", "district_office", 3),
        ("district_leader", "区领导", "district_leader", 1),
    ),
    OrganisationKind.DEPARTMENT: (("clerk", "承办科室", "department", 2),),
    OrganisationKind.TOWN: (
        ("town_desk", "镇街指挥室值班", "town_desk", 2),
        ("town_leader", "镇街领导", "town_leader", 1),
    ),
    OrganisationKind.COMMUNITY: (
        ("village_secretary", "党组织书记", "village_secretary", 1),
        ("village_cadre", "村社干部", "village_cadre", 2),
        ("group_leader", "党小组长", "village_cadre", 1),
    ),
    OrganisationKind.GRID: (("grid_worker", "专职网格员", "grid_worker", 1),),
}
MICRO_GRID = "楼栋长（微网格员）"


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody in post."""

    person_id: int
    public_id: UUID
    name: str
    role: str
    post: str


class Cast:
    """Everybody at work, by organisation."""

    def __init__(
        self, workers: dict[int, list[Worker]], paths: dict[int, str], names: dict[int, tuple[str, int]]
    ) -> None:
        self.workers = workers
        self.paths = paths
        self.names = names

    def actor(self, organisation_id: int, *, other_than: int | None = None, role: str = "") -> Actor:
        """Somebody of an organisation, if need be not the one who acted before."""
        team = [w for w in self.workers[organisation_id] if not role or w.role == role]
        worker = next((w for w in team if w.person_id != other_than), team[0])
        return self._as_actor(worker, organisation_id)

    def approver(self, organisation_id: int) -> Actor:
        """Somebody of an organisation who may approve."""
        for worker in self.workers[organisation_id]:
            if "cases:approve" in permissions_of(worker.role):
                return self._as_actor(worker, organisation_id)
        return self.actor(organisation_id)

    def _as_actor(self, worker: Worker, organisation_id: int) -> Actor:
        path = self.paths[organisation_id]
        name, level = self.names[organisation_id]
        grant = Granted(worker.role, permissions_of(worker.role), path, frozenset(Reach))
        return Actor.staff(
            Viewer(
                account_id=None,
                person_id=worker.person_id,
                person_public_id=worker.public_id,
                name=worker.name,
                organisation_id=organisation_id,
                organisation_name=name,
                path=path,
                level=level,
                role=worker.role,
                grants=(grant,),
            )
        )


def invented_name(dice: random.Random) -> str:
    return dice.choice(SURNAMES) + "".join(dice.choice(GIVEN) for _ in range(dice.choice((1, 2, 2))))


@transaction.atomic  # killed in it, nobody is left without a post
def appoint(*, district: District, seed: int, at: datetime, opened_on: date) -> Cast:
    """Put people in every post of the district; the same seed again finds the people that are."""
    bodies = sorted((o for o in district.organisations.values() if o.kind in POSTS), key=lambda o: o.code)
    wanted = list(_wanted(bodies))
    if not Post.objects.filter(organisation=district.root).exists():
        dice = random.Random(f"{seed} people")
        actor, key = Actor.system("simulation"), ids.key_of("simulation", seed, "people")
        new = [NewPerson(invented_name(dice), "", f"{body.code} {post} {n}") for body, post, _, _, n in wanted]
        people = add_people(actor=actor, at=at, key=key, rows=new)
        posts = [
            NewPost(person.pk, body.pk, post, title, rank)
            for rank, (person, (body, post, title, _, _)) in enumerate(zip(people, wanted, strict=True))
        ]
        add_posts(actor=actor, at=at, key=key, rows=posts, valid_from=opened_on, document="模拟数据")
    return read_cast(bodies)


def _wanted(bodies: list[Organisation]) -> Iterator[tuple[Organisation, str, str, str, int]]:
    for body in bodies:
        for post, title, role, count in POSTS[body.kind]:
            called = MICRO_GRID if body.level == Level.BUILDING else title
            for number in range(count):
                yield body, post, called, role, number


def read_cast(bodies: list[Organisation]) -> Cast:
    """Who is in post now, from the roster (three queries)."""
    roles = {post: role for rows in POSTS.values() for post, _, role, _ in rows}
    ids_wanted = [body.pk for body in bodies]
    workers: dict[int, list[Worker]] = {}
    rows = Post.objects.filter(organisation__in=ids_wanted, valid_to__isnull=True).select_related("person")
    for post in rows.filter(key__in=roles).order_by("rank", "id"):
        person = post.person
        worker = Worker(person.pk, person.public_id, person.display_name, roles[post.key], post.key)
        workers.setdefault(post.organisation_id, []).append(worker)
    links = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation__in=ids_wanted)
    paths = dict(links.values_list("organisation_id", "path"))
    return Cast(workers, paths, {body.pk: (body.short_name, body.level) for body in bodies})
