"""What people read for a stage, a status, a code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from genmai.directory.roster.definition import UNKNOWN, Table
from genmai.directory.roster.registry.definition import word_of
from genmai.mechanisms.schema import Text

STAGES = {
    "applicant": _("入党申请人"),
    "activist": _("入党积极分子"),
    "candidate": _("发展对象"),
    "probationary": _("预备党员"),
    "full": _("正式党员"),
}
STATUSES = {"normal": _("正常"), "suspended": _("停止党籍"), "left": _("已出党"), "deceased": _("已去世")}
STATUS_SHAPES = {"normal": "done", "suspended": "late", "left": "late", "deceased": "late"}
SEXES = {"1": _("男"), "2": _("女")}
TRANSFERS = {
    "asked": ("new", _("等接收方确认")),
    "accepted": ("done", _("已转入")),
    "refused": ("late", _("不接收")),
    "withdrawn": ("done", _("已撤回")),
    "expired": ("late", _("过期未接")),
}
DUES = {"due": ("late", _("未交")), "paid": ("done", _("已交")), "excused": ("done", _("经批准免交"))}
STANDINGS = {"honour": _("奖励"), "discipline": _("惩戒")}
PARTICULARS = {
    "name": _("姓名"),
    "identity": _("身份证号"),
    "phone": _("手机号"),
    "sex": _("性别"),
    "born_on": _("出生日期"),
    "ethnicity": _("民族"),
    "education": _("学历"),
    "degree": _("学位"),
    "occupation": _("职业"),
    "worked_on": _("参加工作时间"),
    "joined_on": _("入党日期"),
    "full_on": _("转正日期"),
}
LETTERS = {
    "issued": ("new", _("等回执")),
    "receipted": ("done", _("回执收到")),
    "withdrawn": ("done", _("已收回")),
    "lapsed": ("late", _("过了有效期")),
}
OUTCOMES = {
    "talk": _("谈话提醒"),
    "help": _("上门了解、帮助"),
    "procedure": _("按规定程序另行处理"),
    "none": _("了解了情况，不用处理"),
}


def say(text: Text | str) -> str:
    """A mechanism's words in the reader's language."""
    if isinstance(text, Text):
        return text.en if get_language() == "en" else text.zh
    return text


def chosen(words: Mapping[str, Text], key: str) -> str:
    """The words for a key; the key itself where the mechanism no longer has it."""
    return say(words[key]) if key in words else key


def code(name: str, value: str) -> str:
    """The word of a national code set; a dash for nothing."""
    return word_of(name, value) if value else "—"


def bucket(table: Table, key: str) -> str:
    """The title of a column of the statistics."""
    return gettext("没登记") if key == UNKNOWN else say(table.buckets[key].title)


def options(words: Mapping[str, object]) -> list[tuple[str, str]]:
    """For a select."""
    return [(key, str(word)) for key, word in words.items()]


def mechanism_options(words: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(key, say(text)) for key, text in words.items()]
