"""Planted repeats: reports of invented troubles, each told by several people in other words, among much else nearby.

How they are made: a trouble has five ways of saying what is wrong, four of what comes of it; a spot has four names; how
long it has been and what is asked for are drawn from lists of eight. A report takes one of each (what comes of it, since
when and the request each left out two times in five), puts the clauses in a drawn order, and sometimes says the spot in
the field for it instead of the text. All sentences are ours, written before the scorer's lists of words; none comes from
the real messages. Beside every event lie the hard cases: another trouble at the very spot, the same trouble at another
spot of the same village, and the same trouble at a spot of the same name in the next village.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = 30


@dataclass(frozen=True, slots=True)
class Told:
    """One report. Two of one `event` are repeats; `line`: codes of its place from the town down."""

    event: int
    trouble: int
    text: str
    spot: str
    line: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    what: tuple[str, ...]
    so: tuple[str, ...]


TROUBLES = (
    Trouble(
        ("路灯不亮", "灯杆上的灯全灭了", "街灯坏了没有人来修", "一到天黑就没有灯", "路灯都坏掉了"),
        ("走夜路看不见脚下", "孩子放学回来一片漆黑", "老人不敢出门", "已经有人绊倒过"),
    ),
    Trouble(
        ("家里没有水", "整栋楼停水", "水龙头拧开不出水", "自来水断了", "从早上起就没水用"),
        ("饭都做不了", "厕所也冲不了", "楼上老人提不动水", "物业说不知道"),
    ),
    Trouble(
        ("垃圾堆成山没人收", "垃圾桶满出来了", "生活垃圾几天没有清运", "垃圾撒了一地", "垃圾房臭气熏天"),
        ("苍蝇到处飞", "味道传到家里来", "路过都要捂鼻子", "野狗在里面翻"),
    ),
    Trouble(
        ("夜里施工吵得睡不着", "打桩声音一直到半夜", "工地晚上还在干活", "施工噪音太大", "混凝土车整夜进出，很吵"),
        ("孩子要中考了", "窗户都在抖", "上夜班的人没法休息", "家里老人心脏不好"),
    ),
    Trouble(
        ("井盖不见了", "窨井盖破了一个洞", "有个井盖翘起来", "下水道的盖子没了", "井盖碎了一块"),
        ("骑车差点掉进去", "小孩在旁边玩很危险", "有人用树枝插着提醒", "下雨天根本看不见"),
    ),
    Trouble(
        ("电梯又停了", "电梯坏了好几回", "电梯门关不上", "升降梯停在七楼不动", "电梯困人了"),
        ("坐轮椅的老人下不了楼", "买菜回来爬十几层", "维保的人说等配件", "不敢让孩子一个人坐"),
    ),
    Trouble(
        ("电瓶车在楼道里充电", "有人拉线给电动车充电", "飞线充电从三楼挂下来", "楼道里停满了电动自行车还插着电", "充电线从窗户拖到楼下"),
        ("万一着火跑都跑不掉", "说过几次不听", "楼道本来就窄", "前几年烧过一次"),
    ),
    Trouble(
        ("烧烤店油烟直往家里灌", "楼下饭店的烟味很大", "夜宵摊的油烟没有装净化", "餐馆排烟口正对窗户", "油烟熏得不敢开窗"),
        ("衣服晾出去都是味道", "老人咳嗽", "一直闹到后半夜", "墙都熏黑了"),
    ),
    Trouble(
        ("下水道堵了，污水冒出来", "排水管不通", "污水漫到路上", "下水管堵塞，一楼返水", "阴沟堵住了"),
        ("踩过去鞋都湿了", "臭得没法待", "一楼家里进了脏水", "下雨更厉害"),
    ),
    Trouble(
        ("有人把车停在消防通道上", "消防通道被私家车占了", "救火的路给车堵死", "通道天天停满车", "小车挡着消防通道"),
        ("真出事消防车进不来", "打电话挪车没人接", "保安也不管", "救护车都绕了半天"),
    ),
    Trouble(
        ("路面有个大坑", "水泥路破损得厉害", "这段路坑坑洼洼", "路中间塌下去一块", "路烂了很久没补"),
        ("电动车过去要摔", "一下雨就积水看不清", "车子底盘都刮了", "晚上有人摔断了手"),
    ),
    Trouble(
        ("有人搭了违章房子", "顶楼在加盖", "私自搭建阳光棚", "院子外面又砌了一间", "隔壁违法搭建"),
        ("把光都挡住了", "雨水往我家流", "公共的地方成了他家的", "消防也有问题"),
    ),
)  # fmt: skip
SPOTS = (
    ("东门口", "小区东门外", "东大门那里", "靠东边的大门"),
    ("菜场后面", "菜市场背后那条路", "农贸市场后门", "菜场北边"),
    ("小学门口", "学校大门前", "小学旁边", "学校那一段"),
    ("三幢楼下", "3 幢", "三号楼前面", "3号楼"),
    ("十二幢楼下", "12 幢", "十二号楼旁", "12号楼"),
    ("村口桥头", "进村的桥边", "桥头", "村口那座桥"),
    ("老年活动室旁边", "老年活动中心门口", "活动室边上", "老年协会那里"),
    ("公交站附近", "车站旁边", "公交站台后面", "候车亭那里"),
)  # fmt: skip
SINCE = ("好几天了", "一个多星期了", "从上个月就这样", "昨天开始", "快半个月", "今天早上发现的", "三天了", "有一阵子了")
ASKED = (
    "请派人来看看",
    "希望尽快处理",
    "麻烦有关部门管一管",
    "请问什么时候能解决",
    "盼回复",
    "能不能快点修好",
    "反映过没人理",
    "谢谢领导",
)


def told(*, seed: int, villages: int = 18, events: int = 14) -> list[Told]:
    """All reports, in the order of time. Three towns; every third event is told more than once."""
    dice = random.Random(f"{seed} repeats")  # noqa: S311  seeded, so that the figures repeat
    found: list[Told] = []
    number = 0
    for village in range(villages):
        line = (f"330200{village % 3:03d}", f"330200{village % 3:03d}{200 + village // 3:03d}")
        for _ in range(events):
            number += 1
            trouble, spot = dice.choice(TROUBLES), dice.choice(SPOTS)
            at = START + timedelta(days=dice.uniform(0, DAYS - 10))
            for _ in range(dice.choice((1, 1, 1, 1, 2, 2, 3, 4))):
                found.append(_report(dice, number, trouble, spot, line, at))
                at += timedelta(days=dice.expovariate(1 / 2.5))
    return sorted(found, key=lambda one: (one.at, one.event))


def _report(
    dice: random.Random, event: int, trouble: Trouble, spot: tuple[str, ...], line: tuple[str, ...], at: datetime
) -> Told:
    in_field = dice.random() < 0.3
    where = dice.choice(spot)
    what = dice.choice(trouble.what)
    clauses = [what if in_field else dice.choice((f"{where}{what}", f"{what}，在{where}"))]
    clauses += [dice.choice(words) for words in (trouble.so, SINCE, ASKED) if dice.random() < 0.6]
    if dice.random() < 0.5:
        dice.shuffle(clauses)
    grid = (*line, f"{line[-1]}{dice.randint(1, 3):03d}") if dice.random() < 0.3 else line
    return Told(event, TROUBLES.index(trouble), "，".join(clauses) + "。", where if in_field else "", grid, at)
