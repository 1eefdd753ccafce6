"""Messages of our own making, labelled: three plain subjects, each said in many ways, so that a model can be learned."""

from __future__ import annotations

import random

LIGHTS, WAGES, SCHOOL = "010204", "150305", "1404"
_FILLER = (
    "您好",
    "请问",
    "半个月了",
    "没人管",
    "说过几回",
    "请处理",
    "谢谢",
    "大家着急",
    "上周起",
    "麻烦看看",
    "在村口",
    "桥头那边",
)
_SAID = {
    LIGHTS: ("路灯不亮", "没有照明", "晚上黑", "看不见路", "井盖破了", "人行道坏", "灯杆歪了", "老人摔跤", "路面有洞", "灯泡闪"),
    WAGES: ("拖欠工资", "老板不给", "干活的钱", "克扣加班", "工地欠薪", "没签合同", "社保没交", "厂里赖账", "劳动仲裁", "血汗钱"),
    SCHOOL: ("孩子上学", "报不上名", "学区划分", "幼儿园贵", "老师常换", "作业太多", "中学补课", "小学收费", "家长意见", "学位不够"),
}  # fmt: skip


def labelled_messages(each: int = 90) -> list[tuple[str, str]]:
    """Text and code, so many of each subject; always the same ones, and no two alike for long."""
    dice = random.Random(7)
    found = []
    for code, ways in _SAID.items():
        for _ in range(each):
            pieces = dice.sample(ways, 5) + dice.sample(_FILLER, 5)
            dice.shuffle(pieces)
            found.append(("，".join(pieces) + "。", code))
    return found
