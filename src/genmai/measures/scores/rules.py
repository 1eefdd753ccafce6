"""What each figure counts: numerator, denominator, formula, version and basis, in the words people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genmai.mechanisms.library import Mechanism


@dataclass(frozen=True, slots=True)
class Rule:
    """One figure. Words are msgids of the catalogue; `version` changes whenever what is counted changes."""

    key: str
    title: str
    numerator: str
    denominator: str
    formula: str = "share@1"
    version: int = 1
    basis: str = ""

    @property
    def name(self) -> str:
        """How a figure cites its rule."""
        return f"{self.key}@{self.version}"


THREE_RATES = ("response", "solution", "satisfaction")
LEVELS = {1: "楼栋", 2: "网格", 3: "村社", 4: "镇街", 5: "区", 6: "市"}
LEVEL_KEYS = tuple(f"solved_at_{level}" for level in LEVELS)
_SOLVED_AT = (
    ("在楼栋解决的占比", "在楼栋解决的件"),
    ("在网格解决的占比", "在网格解决的件"),
    ("在村社解决的占比", "在村社解决的件"),
    ("在镇街解决的占比", "在镇街解决的件"),
    ("在区解决的占比", "在区解决的件"),
    ("在市解决的占比", "在市解决的件"),
)

_TABLE = (
    Rule("response", "响应率", "在时限内联系上的诉求人", "联系时限已到或已联系的诉求人", basis="接诉即办“三率”"),
    Rule(
        "solution",
        "解决率",
        "回访时说已解决的人",
        "有效回访的人（说了解决没解决），加上挂账事项的反映人（按没解决计）",
        version=2,
        basis="接诉即办“三率”",
    ),
    Rule(
        "satisfaction", "满意率", "回访时说满意或基本满意的人", "有效回访中说了满意不满意的人", basis="接诉即办“三率”"
    ),
    Rule("overdue", "超期率", "超过办理时限的件", "办理时限已到或已答复的件"),
    *(
        Rule(f"solved_at_{n}", title, solved, "办结且已解决的件")
        for n, (title, solved) in enumerate(_SOLVED_AT, start=min(LEVELS))
    ),
)
RULES: Mapping[str, Rule] = {rule.key: rule for rule in _TABLE}
# Of calls (网格呼叫、镇街响应、部门报到): shown to both sides, never part of a score. "Neither too low nor too high."
_CALLS = (
    Rule("call_came", "来的单位评“好”的占比", "镇街评为“好”的项", "镇街评了的项", basis="呼叫互评"),
    Rule("call_made", "呼叫评“好”的占比", "来的单位评为“好”的项", "来的单位评了的项", basis="呼叫互评"),
    Rule("calls_wrong", "误呼叫占比", "镇街收回和区里认定不该叫的呼叫", "发出的呼叫", basis="呼叫"),
    Rule("flags_upheld", "“不该叫”成立占比", "镇街收回和区里认定不该叫的", "提了“不该叫”并有结果的", basis="呼叫"),
)
CALL_RULES: Mapping[str, Rule] = {rule.key: rule for rule in _CALLS}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mechanism sets: below `small_sample` a figure is not shown alone; satisfied means this grade or better.

    Grades are 1 (worst) upward, as in the deeds of judgement.
    """

    small_sample: int = 5
    satisfied_from: int = 2


def terms_of(mechanism: Mechanism) -> Terms:
    """The terms a mechanism's case section sets; the defaults where it has none."""
    section = mechanism.sections.get("cases")
    if section is None:
        return Terms()
    questions = getattr(section, "return_visit").questions.values()  # noqa: B009  the type belongs to a room beside
    grades = [
        len(question.answers) - list(question.answers).index(good)  # answers stand best first
        for question in questions
        if question.measures == "satisfaction"
        for good in question.good
    ]
    return Terms(getattr(section, "small_sample"), min(grades, default=Terms().satisfied_from))  # noqa: B009
