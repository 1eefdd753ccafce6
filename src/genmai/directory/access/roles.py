"""Roles as one table: what each may do. Where and until when stands in the grant, never here.

A permission is `<resource>:<action>`. Whoever keeps accounts sees no cases, and nobody reads their own security log
(GB/T 22239-2019: system, security and audit administrators are different persons).
"""

from __future__ import annotations

from dataclasses import dataclass

PERMISSIONS: dict[str, str] = {
    "cases:report": "登记事项",
    "cases:view": "查看事项",
    "cases:search": "搜索事项",
    "cases:handle": "办理事项",
    "cases:dispatch": "分派事项",
    "cases:review": "审核异议",
    "cases:approve": "批准延期和挂起",
    "cases:verify": "核实和回访",
    "cases:judge": "代反映人登记评价",
    "cases:reopen": "重新办理",
    "cases:merge": "合并同类事项",
    "cases:import": "导入工单表",
    "cases:export": "导出事项",
    "figures:view": "查看统计",
    "people:reveal": "查看联系方式（须写明用途，会留下记录）",
    "people:looks": "查看谁看过个人信息",
    "teams:manage": "安排值班和代班",
    "directory:view": "查看组织和人员",
    "directory:manage": "维护组织和人员",
    "accounts:manage": "维护账号和授权",
    "mechanisms:view": "查看机制",
    "mechanisms:manage": "安装和更新机制",
    "security:view": "查看安全日志",
    "system:operate": "查看系统运行情况",
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
_DESK = frozenset({"cases:dispatch", "cases:review", "cases:merge", "cases:import", "cases:export"})

_TABLE = (
    Role("grid_worker", "网格员", "在自己的网格里登记和办理", _AT_WORK),
    Role("village_cadre", "村社干部", "在本村（社区）登记、办理，联系反映人", _AT_WORK | {"people:reveal"}),
    Role(
        "village_secretary",
        "村社书记",
        "本村（社区）的事项：登记、分给网格、办理、核实，安排值班",
        _AT_WORK | _VERIFYING | {"cases:dispatch", "teams:manage"},
    ),
    Role(
        "town_desk",
        "镇街指挥室",
        "本镇街的分派台：受理、分派、审核、核实、回访",
        _AT_WORK | _VERIFYING | _DESK | {"cases:approve", "teams:manage"},
    ),
    Role(
        "town_leader",
        "镇街领导",
        "看本镇街的事项和统计，批准延期和挂起，督办",
        _LOOK | {"cases:handle", "cases:approve", "cases:review", "cases:reopen", "cases:export"},
    ),
    Role(
        "department",
        "区级部门",
        "办理交给本部门的事项，响应呼叫",
        _AT_WORK | {"people:reveal", "teams:manage", "cases:export"},
    ),
    Role(
        "district_office",
        "区社会治理中心",
        "全区的分派台：受理、分派、审核、核实、回访、导入工单",
        _AT_WORK | _VERIFYING | _DESK | {"cases:approve", "teams:manage"},
    ),
    Role(
        "district_leader",
        "区领导",
        "看全区的事项和统计，批准延期和挂起，督办",
        _LOOK | {"cases:approve", "cases:review", "cases:reopen", "cases:export"},
    ),
    Role(
        "administrator",
        "系统管理员",
        "维护组织、人员、账号和机制；看不到事项内容",
        frozenset(
            {
                "directory:view",
                "directory:manage",
                "accounts:manage",
                "mechanisms:view",
                "mechanisms:manage",
                "system:operate",
            }
        ),
    ),
    Role(
        "security_auditor",
        "安全审计员",
        "看安全日志和个人信息查看记录；不能改任何东西",
        frozenset({"security:view", "people:looks", "directory:view"}),
    ),
)
ROLES: dict[str, Role] = {role.key: role for role in _TABLE}


def permissions_of(role: str) -> frozenset[str]:
    """What a role may do; an unknown role (of a newer or older version) may do nothing."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()


def roles_with(permission: str) -> tuple[Role, ...]:
    """The roles that carry a permission, in table order."""
    return tuple(role for role in _TABLE if permission in role.permissions)
