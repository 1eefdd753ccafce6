"""Roles as one table: what each may do. Where and until when stands in the grant, never here.

A permission is `<resource>:<action>`. Whoever keeps accounts sees no cases, and nobody reads their own security log
(GB/T 22239-2019: system, security and audit administrators are three different persons, see THREE_PERSONS).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

PERMISSIONS: dict[str, str] = {
    "cases:report": _("登记事项"),
    "cases:view": _("查看事项"),
    "cases:search": _("搜索事项"),
    "cases:handle": _("办理事项"),
    "cases:dispatch": _("分派事项"),
    "cases:review": _("审核异议"),
    "cases:approve": _("批准延期和挂起"),
    "cases:verify": _("核实和回访"),
    "cases:judge": _("代反映人登记评价"),
    "cases:reopen": _("重新办理"),
    "cases:merge": _("合并同类事项"),
    "cases:import": _("导入工单表"),
    "cases:export": _("导出事项"),
    "rounds:inspect": _("组织暗访督查"),
    "emergency:declare": _("宣布和结束应急状态"),
    "emergency:inform": _("发布应急说明"),
    "tasks:organise": _("发布志愿任务、登记到场"),
    "cases:party": _("办理请本方一起办的小区事项（看不到反映人）"),
    "estates:view": _("查看小区"),
    "estates:manage": _("登记小区情况、清零进展"),
    "estates:submit": _("提交前置审核、登记业主表决结果"),
    "estates:review": _("前置审核"),
    "meetings:view": _("查看联席会议"),
    "meetings:hold": _("召集联席会议、登记出席和决定"),
    "figures:view": _("查看统计"),
    "board:view": _("看全区、全镇的总览"),
    "people:reveal": _("查看联系方式（须写明用途，会留下记录）"),
    "people:looks": _("查看谁看过个人信息"),
    "people:export": _("导出人员名册（号码遮挡，须写明用途）"),
    "teams:manage": _("安排值班和代班"),
    "members:view": _("查看党员"),
    "members:keep": _("登记党员、组织关系、奖惩、党费、换届"),
    "members:decide": _("研究处理对党员的提请"),
    "members:discipline": _("登记和查看党员处分"),
    "procedures:review": _("答复请本部门参加的联审"),
    "registry:import": _("导入党组织和党员名册"),
    "members:export": _("导出党员名册和统计表（须写明用途）"),
    "dues:export": _("导出支部的党费登记（须写明用途）"),
    "people:merge": _("核对重复的人：合并、不合并、撤销合并"),
    "flowing:view": _("查看流动党员"),
    "flowing:contact": _("联系流动党员、登记本人说了什么"),
    "flowing:keep": _("登记外出、确认是不是本支部的人、办结"),
    "flowing:export": _("导出流动党员（须写明用途）"),
    "standards:view": _("查看亮显清单和行业专项"),
    "standards:mark": _("登记本单位亮出了什么"),
    "standards:review": _("看下级亮出的，通过或退回；把单位列进专项"),
    "residents:screen": _("用居民名单找流动党员，到期销毁"),
    "directory:view": _("查看组织和人员"),
    "directory:manage": _("维护组织和人员"),
    "accounts:manage": _("维护账号和授权"),
    "mechanisms:view": _("查看机制"),
    "mechanisms:manage": _("安装和更新机制"),
    "security:view": _("查看安全日志"),
    "system:operate": _("查看系统运行情况"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """`title` and `about` are msgids of the catalogue."""

    key: str
    title: str
    about: str
    permissions: frozenset[str]


_LOOK = frozenset({"cases:view", "cases:search", "figures:view", "directory:view", "mechanisms:view"})
_AT_WORK = _LOOK | {"cases:report", "cases:handle"}
_VERIFYING = frozenset({"cases:verify", "cases:judge", "cases:reopen", "people:reveal"})
_FRONT = frozenset({"emergency:inform", "tasks:organise"})
_MEETS = frozenset({"estates:view", "meetings:view"})
_ESTATES = _MEETS | {"estates:manage", "estates:submit"}
_OFFICE = _ESTATES | {"estates:review", "meetings:hold"}  # 微治办 of community, town and district
_MEETS_FLOWING = frozenset({"flowing:view", "flowing:contact"})
_KEEPS_FLOWING = _MEETS_FLOWING | {"flowing:keep"}
_SHOWS = frozenset({"standards:view", "standards:mark"})
_PARTY = _KEEPS_FLOWING | _SHOWS | {"people:reveal", "members:view", "members:keep", "members:decide"}
_OVER_MEMBERS = _PARTY | {
    "standards:review",
    "members:discipline",
    "members:export",
    "dues:export",
    "flowing:export",
    "people:merge",
    "residents:screen",
}
_DESK = frozenset({"board:view", "cases:dispatch", "cases:review", "cases:merge", "cases:import", "cases:export"})

_TABLE = (
    Role("grid_worker", _("网格员"), _("在自己的网格里登记和办理"), _AT_WORK | _MEETS_FLOWING),
    Role(
        "village_cadre",
        _("村社干部"),
        _("在本村（社区）登记、办理，联系反映人"),
        _AT_WORK | _ESTATES | _KEEPS_FLOWING | {"people:reveal"},
    ),
    Role(
        "village_secretary",
        _("村社书记"),
        _("本村（社区）的事项：登记、分给网格、办理、核实，批准网格的延期和挂起，安排值班"),
        _AT_WORK
        | _VERIFYING
        | _OFFICE
        | _KEEPS_FLOWING
        | {"cases:dispatch", "cases:approve", "teams:manage", "tasks:organise"},
    ),
    Role(
        "town_desk",
        _("镇街指挥室"),
        _("本镇街的分派台：受理、分派、审核、核实、回访"),
        # what a village secretary may, the desk may in their stead while they are away
        _AT_WORK
        | _VERIFYING
        | _DESK
        | _FRONT
        | _OFFICE
        | _KEEPS_FLOWING
        | {"cases:approve", "teams:manage", "flowing:export"},
    ),
    Role(
        "town_leader",
        _("镇街领导"),
        _("看本镇街的事项和统计，批准延期和挂起，督办"),
        _LOOK
        | _FRONT
        | _MEETS
        | {
            "board:view",
            "emergency:declare",
            "cases:handle",
            "cases:approve",
            "cases:review",
            "cases:reopen",
            "cases:export",
        },
    ),
    Role(
        "department",
        _("区级部门"),
        _("办理交给本部门的事项，响应呼叫"),
        _AT_WORK | {"people:reveal", "teams:manage", "cases:export", "meetings:view", "procedures:review"},
    ),
    Role(
        "district_office",
        _("区社会治理中心"),
        _("全区的分派台：受理、分派、审核、核实、回访、导入工单"),
        _AT_WORK | _VERIFYING | _DESK | _FRONT | _OFFICE | {"cases:approve", "teams:manage", "rounds:inspect"},
    ),
    Role(
        "district_leader",
        _("区领导"),
        _("看全区的事项和统计，批准延期和挂起，督办"),
        _LOOK
        | _FRONT
        | _MEETS
        | {"board:view", "emergency:declare", "cases:approve", "cases:review", "cases:reopen", "cases:export"},
    ),
    Role(
        "estate_party",
        _("业委会、物业"),
        _("只看本小区和请本方一起办的事：到场、办完、说明，提交前置审核；看不到反映人"),
        _MEETS | {"cases:party", "cases:handle", "estates:submit"},
    ),
    Role(
        "branch_secretary",
        _("党支部书记"),
        _("在党组织树上授权：本支部（含下级）的党员、组织关系、党费"),
        _PARTY | {"dues:export"},
    ),
    Role(
        "party_office",
        _("镇街党建办"),
        _("在党组织树上授权：本党委的党员名册、转接、统计和换届"),
        _OVER_MEMBERS | {"directory:view", "registry:import"},
    ),
    Role(
        "party_organiser",
        _("组织部"),
        _("在党组织树上授权：全区的党员名册、转接、统计和换届"),
        _OVER_MEMBERS | {"directory:view", "directory:manage", "mechanisms:view", "registry:import"},
    ),
    Role(
        "administrator",
        _("系统管理员"),
        _("维护组织、人员和机制，导入数据；看不到事项内容，也不管账号"),
        frozenset(
            {
                "directory:view",
                "directory:manage",
                "mechanisms:view",
                "mechanisms:manage",
                "system:operate",
            }
        ),
    ),
    Role(
        "security_administrator",
        _("安全管理员"),
        _("开账号、给授权、解开停用；看不到事项内容，也看不到日志"),
        frozenset({"directory:view", "accounts:manage", "people:export"}),
    ),
    Role(
        "security_auditor",
        _("安全审计员"),
        _("看安全日志和个人信息查看记录；不能改任何东西"),
        frozenset({"security:view", "people:looks", "directory:view"}),
    ),
)
# 三员分立: nobody holds two of these, not even at different units.
THREE_PERSONS = ("administrator", "security_administrator", "security_auditor")
ROLES: dict[str, Role] = {role.key: role for role in _TABLE}


def permissions_of(role: str) -> frozenset[str]:
    """What a role may do; an unknown role (of a newer or older version) may do nothing."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()


def roles_with(permission: str) -> tuple[Role, ...]:
    """The roles that carry a permission, in table order."""
    return tuple(role for role in _TABLE if permission in role.permissions)
