"""What each deed of a volunteer task holds; source = the task, organisation = its organiser.

task.opened         reason = its kind, quantity = how many are wanted, due_at = when it begins
task.signed_up, withdrawn, confirmed, turned_down   person = who, subject = the place taken
task.attended       person = who came, quantity = hours; one each, when the organiser records it
task.finished       quantity = how many came
task.cancelled      quantity = how many had signed up
"""

from __future__ import annotations

from genmai.records.deeds.kinds import Nothing, register

for _kind, _title in {
    "task.opened": "发布志愿任务",
    "task.signed_up": "报名志愿任务",
    "task.withdrawn": "取消报名",
    "task.confirmed": "确认报名",
    "task.turned_down": "请这位这次不用来",
    "task.attended": "参加志愿任务",
    "task.finished": "志愿任务结束",
    "task.cancelled": "取消志愿任务",
}.items():
    register(_kind, Nothing, _title)
