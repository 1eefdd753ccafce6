"""What may be wrong with a row besides its single cells; every sentence is a msgid."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from genmai.kernel.sheets import add_problems

PROBLEMS = {
    "identity_birth": _("出生日期和身份号码里的不一样"),
    "identity_sex": _("性别和身份号码里的不一样"),
    "unknown_branch": _("没有这个党支部，请核对编码或名称"),
    "not_a_branch": _("这个组织不是党支部，党员不能放在这里"),
    "name_not_unique": _("叫这个名称的组织不止一个，请改填编码"),
    "closed_branch": _("这个组织已经撤销"),
    "outside_scope": _("没有这个组织，或不在您管理的范围内"),
    "unknown_parent": _("没有这个上级党组织，请核对编码或名称"),
    "parent_circle": _("上级绕回了自己，请核对上级编码"),
    "unknown_place": _("没有这个行政区划代码"),
    "unknown_grid": _("没有这个网格，请核对编码"),
    "unknown_unit": _("没有这个单位，请先导入单位信息表，再核对信用代码"),
    "unknown_person": _("党员名册里没有这个人，请先导入党员名册"),
    "name_differs": _("姓名和这个身份号码登记的姓名不一样"),
    "in_the_future": _("日期在今天之后"),
    "too_young": _("入党时还没到年龄"),
    "full_before_joined": _("转正日期早于入党日期"),
    "full_on_missing": _("正式党员要填转正日期"),
    "full_on_early": _("预备党员还没有转正日期"),
    "joined_on_missing": _("党员要填入党日期"),
    "ends_before_begin": _("结束日期早于起始日期"),
    "twice": _("和前面的一行是同一个，一张表里只留一行"),
    "person_deleted": _("这个人的资料已按规定删除，不能再导入"),
    "code_taken": _("这个编码已是另一个单位的"),
    "refused": _("没有办成"),
    "kept_elsewhere": _("这个人不在您管理的范围内，不能改；请走组织关系转接"),
}
add_problems(PROBLEMS)
