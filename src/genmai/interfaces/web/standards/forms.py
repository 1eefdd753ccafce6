"""What is filled in: a tick with its proof, why something is sent back, a body named into a programme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.estates.forms import Chosen, day, number, short
from genmai.interfaces.web.handle_case.fields import listed, said
from genmai.processes.registers.standards.definition import Item


class ShowForm(Chosen):
    on = day(_("哪一天"))
    quantity = number(_("几次"), least=1, required=False)
    text = said(_("凭什么看得出做到了"), rows=2, most=300)
    document = short(_("依据的文件、台账"), 120, required=False)

    def __init__(self, *args: Any, item: Item, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = hint
        if item.target == 1:
            del self.fields["quantity"]


class ReturnForm(Chosen):
    why = said(_("哪里不对"), rows=2, most=200)


class UnitForm(Chosen):
    unit_class = listed(_("列进哪一类"))
    code = short(_("党组织的编码"), 40, help_text=_("在“组织”里查得到"))
    on = day(_("从哪天起"))
    document = short(_("依据的文件、名单"), 120)

    def __init__(self, *args: Any, classes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("unit_class", classes, empty=len(classes) > 1)


class LeaveForm(Chosen):
    on = day(_("从哪天起退出"))
    document = short(_("依据的文件、名单"), 120)
