"""The words of the registry, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.models import (
    Category,
    ChangeKind,
    GridChange,
    GridChangeKind,
    Organisation,
    OrganisationKind,
    Stage,
    Tree,
)

TREES = {
    Tree.ADMINISTRATIVE: _("行政"),
    Tree.PARTY: _("党组织"),
    Tree.GRID: _("网格"),
    Tree.INDUSTRY: _("行业"),
}
KINDS = {
    OrganisationKind.CITY: _("市"),
    OrganisationKind.DISTRICT: _("区"),
    OrganisationKind.TOWN: _("镇街"),
    OrganisationKind.COMMUNITY: _("村社"),
    OrganisationKind.GRID: _("网格"),
    OrganisationKind.DEPARTMENT: _("部门"),
    OrganisationKind.PARTY: _("党组织"),
    OrganisationKind.UNIT: _("单位"),
    OrganisationKind.INDUSTRY: _("行业门类"),
    OrganisationKind.OWNERS: _("业主委员会"),
    OrganisationKind.PROPERTY: _("物业"),
    OrganisationKind.MICRO_OFFICE: _("微治办"),
    OrganisationKind.CENTRE: _("党群服务中心"),
}
CATEGORIES = {
    Category.COMMITTEE: _("党委"),
    Category.WORK_COMMITTEE: _("党工委"),
    Category.GENERAL_BRANCH: _("党总支"),
    Category.BRANCH: _("党支部"),
    Category.JOINT_BRANCH: _("联合党支部"),
}
STAGES = {
    Stage.APPLICANT: _("入党申请人"),
    Stage.ACTIVIST: _("入党积极分子"),
    Stage.CANDIDATE: _("发展对象"),
    Stage.PROBATIONARY: _("预备党员"),
    Stage.FULL: _("正式党员"),
}
CHANGES = {
    ChangeKind.RENAME: _("更名"),
    ChangeKind.MOVE: _("改隶属"),
    ChangeKind.CLOSE: _("撤销"),
    ChangeKind.SPLIT: _("分设"),
    ChangeKind.MERGE: _("合并"),
}
GRID_CHANGES = {
    GridChangeKind.COVER: _("支部建到网格"),
    GridChangeKind.UNCOVER: _("支部不再建在网格上"),
    GridChangeKind.SIZE: _("登记网格户数"),
}
DO = {
    ChangeKind.RENAME: _("改名"),
    ChangeKind.MOVE: _("改到别的上级下面"),
    ChangeKind.MERGE: _("并入另一个单位"),
    ChangeKind.SPLIT: _("分出一个新单位"),
    ChangeKind.CLOSE: _("撤销这个单位"),
}
"""What the buttons say, in the order they stand."""


def kind_of(body: Organisation) -> str:
    """What a body is: a Party organisation by its category."""
    if body.category:
        return str(CATEGORIES[Category(body.category)])
    return str(KINDS[OrganisationKind(body.kind)]) if body.kind in KINDS else str(body.get_kind_display())


def grid_entry(change: GridChange) -> str:
    """An entry in a line."""
    if change.size is not None:
        large = gettext("，融合型大社区") if change.size.large else ""
        return gettext("%(grid)s：%(n)d 户%(large)s") % {
            "grid": change.grid.short_name, "n": change.size.households, "large": large,
        }  # fmt: skip
    said = {"branch": change.branch.short_name if change.branch else "", "grid": change.grid.short_name}
    if change.kind == GridChangeKind.COVER:
        return gettext("%(branch)s建在%(grid)s上") % said
    return gettext("%(branch)s不再建在%(grid)s上") % said
