"""The desk's keyboard map. What moves in the list or acts on a row is done by `desk.js`; the rest presses what it names."""

from __future__ import annotations

from django.utils.translation import gettext

from genmai.interfaces.web.shell.view_models import Key


def keys() -> list[Key]:
    """In the order they are needed."""
    return [
        Key("s", gettext("照建议办")),
        Key("d", gettext("交给选中的单位"), "[data-do=dispatch]"),
        Key("e", gettext("改分类（拼音、首字母都能找）"), "#subject_find, #find"),
        Key("o", gettext("换单位（拼音、首字母都能找）"), "#dispatch_to_find, #dispatch_to"),
        Key("u", gettext("撤回刚才这一步")),
        Key("x", gettext("选这一件，再按一次不选")),
        Key("m", gettext("看同类事项，并进去"), "[data-do=similar]"),
        Key("t", gettext("我们自己办"), "#do-take_on button, [data-do=take_on]"),
        Key("a", gettext("办下一步"), "[data-do=first]"),
        Key("r", gettext("答复，从模板开始"), "[data-ready], #do-reply > summary, #reply_text"),
        Key("c", gettext("催办"), "#do-chase > summary"),
        Key("n", gettext("记一笔"), "#do-note > summary"),
        Key("1…9", gettext("换一个视图")),
    ]
