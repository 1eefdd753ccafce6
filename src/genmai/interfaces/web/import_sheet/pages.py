"""An upload as the templates draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from genmai.interfaces.sheet_import import fields_for
from genmai.interfaces.web.shell import sheet_words
from genmai.interfaces.web.shell.view_models import Progress
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.models import SheetImport

State = SheetImport.State
ENDED = (State.DONE, State.CANCELLED, State.FAILED)
BADGES = {
    State.CHECKED: "new",
    State.QUEUED: "in-hand",
    State.RUNNING: "in-hand",
    State.DONE: "done",
    State.CANCELLED: "done",
    State.FAILED: "late",
}


@dataclass(frozen=True)
class Share:
    """One of the three shares of the result, with the way to its matters."""

    label: str
    count: int
    of: int
    url: str
    note: str = ""


def badge(upload: SheetImport) -> tuple[str, str]:
    """Shape and word of where it stands."""
    return BADGES[State(upload.state)], gettext(State(upload.state).label)


def choices(upload: SheetImport) -> list[sheet_words.Choice]:
    """Every field of the sheet with the column suggested or chosen."""
    return [sheet_words.choice(one.key, one.label, one.required, upload.mapping) for one in fields_for(upload.round)]


def unknown(upload: SheetImport) -> list[str]:
    """Columns nobody takes over."""
    return sheet_words.left_over(upload.mapping, upload.mapping.get("columns", {}).values())


def problems(upload: SheetImport) -> list[sheet_words.Problem]:
    """The first hundred, translated."""
    return [sheet_words.problem(kept, kept["column_name"]) for kept in upload.problems]


def good_rows(upload: SheetImport) -> int:
    """Rows that can be taken in."""
    return upload.rows - upload.failed


def progress(upload: SheetImport) -> Progress:
    """How far it is. Refused rows of the run itself count as gone through."""
    done = upload.state == State.DONE
    titles = {State.QUEUED: gettext("排队中，马上开始"), State.RUNNING: gettext("正在导入")}
    return Progress(
        title=titles.get(State(upload.state), gettext("导入完成")),
        finished=upload.done,
        total=max(upload.done, good_rows(upload), 1),
        poll_url=reverse("import_progress", args=[upload.public_id]),
        done=done,
        failed="" if upload.state != State.FAILED else gettext("没能完成，已经导入的都还在。"),
        detail=gettext("新增 %(created)s，已有 %(repeated)s")
        % {"created": upload.created, "repeated": upload.repeated},
        result_url=reverse("import_one", args=[upload.public_id]) if done else "",
        result_label=gettext("看结果"),
    )


def shares(upload: SheetImport) -> list[Share]:
    """Subject found, body by a duty row (labelled where the rows are examples), undecided: of all rows that are in."""
    of = upload.created + upload.repeated
    if upload.round is not None:
        return [Share(gettext("登记在这一批里"), of, of, reverse("inspection_findings", args=[upload.round.public_id]))]
    example = any(row.status == "example" for row in mechanisms.duties().rows)
    note = gettext("现在用的职责清单是示例，要按本地文件核定") if example else ""
    return [
        Share(gettext("认出了分类"), upload.categorised, of, _cases(channel="import")),
        Share(
            gettext("按职责清单定了承办单位"), upload.decided, of, _cases(channel="import", state="dispatched"), note
        ),
        Share(gettext("留给分派台判定"), upload.undecided, of, _desk()),
    ]


def _cases(**filters: str) -> str:
    return _address("cases", filters)


def _desk() -> str:
    return _address("cases", {"channel": "import", "undecided": "1"}) or _address("dispatch_desk", {})


def _address(name: str, filters: Mapping[str, str]) -> str:
    try:
        return f"{reverse(name)}?{urlencode(filters)}" if filters else reverse(name)
    except NoReverseMatch:
        return ""
