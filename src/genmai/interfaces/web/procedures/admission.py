"""May this enter? One question to a list, the answer with its row, and the whole list below."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import signed_in
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import NotFound, Refused
from genmai.processes.registers.admission import check_admitted, gates

STATES = {"admitted": "done", "refused": "late", "blank": "new"}
WORDS = {"admitted": gettext_lazy("准入"), "refused": gettext_lazy("不得进"), "blank": gettext_lazy("由本地填写")}


@signed_in
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The lists of admission are everybody's to read; the question stands in the address."""
    known = gates()
    if not known:
        raise NotFound("这里没有安装准入清单")
    key = request.GET.get("list", "")
    gate = known[key] if key in known else next(iter(known.values()))
    asked, answer = request.GET.get("q", "").replace("\x00", "").strip()[:60], ("", "")
    if asked and gate.decides:
        try:
            row = check_admitted(gate.key, asked)
        except Refused as refused:
            answer = ("late", sentence_of(refused))
        else:
            answer = ("done", _("可以进，清单第 {no} 行").format(no=row.no))
    context = {
        "nav_key": "procedures", "gate": gate, "title": say(gate.title), "q": asked, "answer": answer,
        "rows": [(row, STATES[row.status], WORDS[row.status]) for row in gate.rows],
        "tabs": [Tab(say(one.title), f"?list={one.key}", one is gate, len(one.rows)) for one in known.values()],
    }  # fmt: skip
    return render(request, "procedures/admission.html", context)
