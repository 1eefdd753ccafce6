"""Invented data for the gallery: no person, place or matter here exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django import forms

from genmai.interfaces.web.shell import charts as draw
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.time_words import SHANGHAI
from genmai.interfaces.web.shell.view_models import (
    Chart,
    ChosenFilter,
    Crumb,
    Event,
    Figure,
    Identity,
    Key,
    MatterRow,
    Progress,
    Step,
    Tab,
    Undo,
)
from genmai.kernel.worktime import ClockKind, Explanation, built_in_calendar, clock, explain

NOW = datetime(2026, 11, 22, 10, 5, tzinfo=SHANGHAI)
RULE = "三率 1.0"

IDENTITIES = {
    "desk": Identity("周敏", "镇街工作台", "云溪镇", "town_desk"),
    "unit": Identity("王秀兰", "村书记", "青石村", "village_secretary"),
    "many": Identity("周敏", "镇街工作台", "云溪镇", "town_desk"),
    "components": Identity("周敏", "管理员", "云溪镇", "administrator"),
    "states": Identity("李工", "网格员", "青石村第二网格", "grid_worker"),
}
KEYS = [
    Key("a", "接下这件事", "[data-do=accept]"),
    Key("r", "写答复", "[data-do=reply]"),
    Key("t", "交给别的单位", "[data-do=pass]"),
]
CRUMBS = [Crumb("宁远区", "#"), Crumb("云溪镇", "#"), Crumb("青石村", "#"), Crumb("第二网格")]
TABS = [
    Tab("等我办", "?view=mine", True, 12),
    Tab("等分派", "?view=new", False, 5),
    Tab("已超时", "?view=late", False, 2),
    Tab("等核实", "?view=check", False, 9),
    Tab("办结", "?view=done"),
]
STEPS = [Step("已收到", "past"), Step("已交办", "past"), Step("正在办", "current"), Step("等您确认"), Step("办结")]
UNDO = Undo("#", "撤回")
CHOSEN = [ChosenFilter("道路设施", "?"), ChosenFilter("云溪镇", "?")]


MATTERS = [
    MatterRow(
        "?matter=1",
        "261122-017",
        "青石路口井盖松动，电瓶车压上去会翘起来",
        "late",
        "已超时",
        "青石村",
        "城管中队",
        NOW - timedelta(hours=3),
    ),
    MatterRow(
        "?matter=2",
        "261122-014",
        "三号楼楼道灯坏了四天，老人晚上摔过一跤",
        "new",
        "还没人接",
        "桥西社区",
        "",
        NOW + timedelta(hours=4, minutes=25),
        callers=3,
        current=True,
    ),
    MatterRow(
        "?matter=3",
        "261121-093",
        "菜场后门垃圾三天没人清运",
        "in-hand",
        "正在办",
        "云溪村",
        "环卫所",
        NOW + timedelta(hours=7),
    ),
    MatterRow(
        "?matter=4",
        "261121-081",
        "工地夜里十一点以后还在打桩",
        "in-hand",
        "已到现场",
        "桥西社区",
        "综合执法队",
        NOW + timedelta(days=1),
    ),
    MatterRow(
        "?matter=5",
        "261120-047",
        "自来水发黄，放了半小时还是黄的",
        "in-hand",
        "正在办",
        "北塘村",
        "水务公司",
        NOW + timedelta(days=4),
        3,
    ),
    MatterRow(
        "?matter=6",
        "261119-022",
        "医保报销的材料跑了两趟还没说清要哪些",
        "done",
        "等您核实",
        "青石村",
        "便民服务中心",
        NOW + timedelta(days=6),
        5,
    ),
    MatterRow(
        "?matter=7",
        "261118-009",
        "公交站台挪位置以后老人过马路不安全",
        "in-hand",
        "已挂起",
        "云溪村",
        "交通所",
        NOW + timedelta(days=9),
        suspended=True,
    ),
    MatterRow(
        "?matter=8",
        "261117-031",
        "小广场的健身器材螺丝松了",
        "in-hand",
        "正在办",
        "云溪村",
        "文化站",
        NOW + timedelta(days=9),
        7,
    ),
    MatterRow(
        "?matter=9",
        "261116-005",
        "河边护栏断了一截，孩子在那里玩",
        "done",
        "办结",
        "北塘村",
        "河道所",
        NOW - timedelta(days=2),
        met_at=NOW - timedelta(days=3),
    ),
]
OTHERS = [replace(matter, current=False) for matter in MATTERS]
EVENTS = [
    Event(NOW + timedelta(hours=4, minutes=25), "要在这之前有人接下", state="ahead"),
    Event(
        NOW - timedelta(minutes=22),
        "陈师傅到现场",
        "桥西社区 陈建国",
        "两盏灯的镇流器烧了，先装了临时灯。配件下午到。",
        "in-hand",
    ),
    Event(NOW - timedelta(hours=2), "又有两位邻居反映同一件事，已并到这里", "系统", state="noted"),
    Event(
        NOW - timedelta(hours=16),
        "交给桥西社区",
        "云溪镇工作台 周敏",
        "依据：责任清单第 31 条，楼道照明由社区负责。",
        "new",
    ),
    Event(
        NOW - timedelta(hours=17),
        "收到",
        "居民 手机上报",
        "三号楼从二楼到五楼的灯全坏了，晚上什么都看不见，我妈前天摔了一跤。",
        "noted",
    ),
]
DUES = [
    ("今天到期", {"due_at": NOW + timedelta(hours=4, minutes=25)}),
    ("明天到期", {"due_at": NOW + timedelta(days=1)}),
    ("按工作日", {"due_at": NOW + timedelta(days=4), "working_days": 2}),
    ("超时", {"due_at": NOW - timedelta(hours=3)}),
    ("已办", {"due_at": NOW, "met_at": NOW - timedelta(hours=1)}),
    ("办晚了", {"due_at": NOW - timedelta(hours=5), "met_at": NOW - timedelta(hours=1)}),
    ("暂停", {"due_at": NOW, "suspended": True}),
    ("日历未定", {"due_at": NOW + timedelta(days=60), "working_days": 40, "provisional": True}),
]
JOBS = [
    Progress("正在导入 工单 2026 年 10 月.xlsx", 832, 1756, poll_url="", detail="大约还要 20 秒"),
    Progress("导入完成", 1756, 1756, done=True, detail="37 行有错", result_url="#", result_label="下载有错的 37 行"),
    Progress(
        "导入停下了",
        400,
        1756,
        failed="第 401 行的身份证号被表格存成了数字，末几位已经丢失。前面 400 行都已收好。请把那一列改成文本再传一次。",
    ),
]


@dataclass(frozen=True)
class UnitRow:
    name: str
    received: int
    on_time: tuple[int, int]
    solved: tuple[int, int]
    satisfied: tuple[int, int]
    late: int


UNITS = [
    UnitRow("青石村", 128, (117, 124), (109, 124), (101, 108), 1),
    UnitRow("桥西社区", 342, (298, 331), (280, 331), (251, 290), 7),
    UnitRow("云溪村", 87, (85, 87), (80, 87), (71, 78), 0),
    UnitRow("北塘村", 6, (5, 6), (5, 6), (4, 4), 0),
    UnitRow("南山新村", 0, (0, 0), (0, 0), (0, 0), 0),
]


def explained() -> Explanation:
    """Five working days over a holiday with a make-up workday."""
    calendar = built_in_calendar()
    limit = clock(ClockKind.WORKING_DAYS, 5, datetime(2026, 9, 29, 15, 20, tzinfo=SHANGHAI))
    return explain(limit, calendar)


def figures() -> list[Figure]:
    """A good one, one that fell, a small sample and an empty one."""
    return [
        Figure("按时办结率", 298, 331, NOW, RULE, "#", "按时 298 件", previous=(281, 322)),
        Figure("群众满意率", 251, 290, NOW, RULE, "#", "说满意的", previous=(262, 288)),
        Figure("回访核实率", 5, 6, NOW, RULE, "#", previous=(3, 4)),
        Figure("重复反映率", 0, 0, NOW, RULE, "#"),
    ]


def charts() -> list[Chart]:
    """One of each drawing."""
    levels = [("网格", 139), ("村社", 118), ("镇街", 52), ("区", 19), ("市", 3)]
    whole = sum(amount for _, amount in levels)
    share = [draw.Segment(label, amount, f"{amount * 100 / whole:.0f}%") for label, amount in levels]
    past = [
        (12, 84),
        (1, 86),
        (2, None),
        (3, 81),
        (4, 83),
        (5, 88),
        (6, 87),
        (7, 85),
        (8, 89),
        (9, 86),
        (10, 87),
        (11, 90),
    ]
    months = [
        draw.Column(f"{month}", value, "" if value is None else str(value), small=month == 1) for month, value in past
    ]
    kinds = [("楼道照明", 64), ("垃圾清运", 51), ("噪声扰民", 33), ("路面井盖", 21), ("供水水质", 4)]
    rows = [draw.Bar(label, count, f"{count} 件", small=count < 10, mark=count * 0.8) for label, count in kinds]
    return [
        Chart(
            "事情在哪一级解决？",
            "十件里有近八件在村社以下就解决了。",
            draw.share_bar("各级解决的份额", share),
            ["级别", "件数", "份额"],
            [[s.label, str(s.amount), s.shown] for s in share],
        ),
        Chart(
            "按时办结，比自己以前怎样？",
            "这个月 90%，比前十一个月平均高约 4 个百分点。",
            draw.columns("按月的按时办结率", months, full=100),
            ["月份", "按时办结率"],
            [[f"{m.label} 月", m.shown or "—"] for m in months],
            note="单位：%。斜线：样本不足 10 件；虚线：前几个月的平均。",
        ),
        Chart(
            "哪几类事最多？",
            "楼道照明和垃圾清运占了三分之二。",
            draw.bars("各类事项件数", rows),
            ["类别", "件数"],
            [[row.label, row.shown] for row in rows],
            note="竖线：去年同月。斜线：不足 10 件。",
        ),
    ]


class ManyRows(Sequence[MatterRow]):
    """Twenty thousand rows that exist only when looked at."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.length))]
        return OTHERS[index % len(OTHERS)]


class ReportSample(PlainForm):
    """What a resident is asked for: as little as will do."""

    text = forms.CharField(
        label="出了什么事", help_text="几句话就行：什么东西、怎么了、多久了。", widget=forms.Textarea(attrs={"rows": 4})
    )
    place = forms.CharField(label="在哪里", help_text="写小区、楼号，或者路口和旁边的店名。")
    photos = forms.FileField(label="拍几张照片", help_text="照片里的定位信息会先去掉。", required=False)
    phone = forms.CharField(
        label="手机号",
        help_text="只用来告诉您办得怎样，不公开。",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        required=False,
    )


class JudgeSample(PlainForm):
    """The resident's own judgement."""

    fixed = forms.ChoiceField(
        label="这件事办好了吗？",
        choices=[("yes", "办好了"), ("partly", "办了一部分"), ("no", "没有办好")],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label="想说的话", widget=forms.Textarea(attrs={"rows": 3}), required=False)


class EveryField(PlainForm):
    """One of each control."""

    words = forms.CharField(label="一行字", help_text="写给居民看的，不要用内部说法。")
    number = forms.IntegerField(label="数量", widget=forms.NumberInput(attrs={"inputmode": "numeric"}))
    long = forms.CharField(label="几行字", widget=forms.Textarea(attrs={"rows": 3}))
    one_of = forms.ChoiceField(label="从几个里选", choices=[("", "请选择"), ("a", "城管中队"), ("b", "环卫所")])
    urgency = forms.ChoiceField(
        label="有多急",
        choices=[("now", "有危险，马上去"), ("today", "今天要办"), ("usual", "按平常时限")],
        widget=forms.RadioSelect,
    )
    several = forms.MultipleChoiceField(
        label="请谁一起办",
        choices=[("1", "派出所"), ("2", "供电所"), ("3", "物业")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label="替别人反映的", help_text="进度会告诉您，不会告诉第三个人。", required=False)
    photos = forms.FileField(label="照片", required=False)


def filled_form() -> EveryField:
    """As first seen, with something chosen."""
    return EveryField(initial={"words": "三号楼楼道灯坏了", "number": 4, "urgency": "today"})


def faulty_form() -> EveryField:
    """As it comes back with faults."""
    form = EveryField({"words": "", "number": "四", "long": "写了的还在", "one_of": ""})
    form.is_valid()
    return form
