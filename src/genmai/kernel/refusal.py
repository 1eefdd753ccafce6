"""What a person is told when something can't be done.

A refusal is an answer, not a crash: it says what happened, what is safe and what to do, in plain words, and leaves
everything as it was. Pages, the API and the command line all show the same one.
"""

from __future__ import annotations

from collections.abc import Callable


class Refused(Exception):
    """A command or query that is not carried out; nothing was written.

    `code` is stable and for machines (tests, API); `message` is for people: Chinese, a msgid of the catalogue, with
    `{name}` places filled from `params`. `field` names the input at fault; `allowed` says what would be accepted.
    """

    def __init__(self, code: str, message: str, *, field: str = "", allowed: str = "", **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.allowed = allowed
        self.params = params

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence to show; `translate` looks up the catalogue for the message and for each filled-in word."""
        filled = {
            name: _each(value, translate) if isinstance(value, str) else value for name, value in self.params.items()
        }
        return translate(self.message).format(**filled)

    def accepts(self, translate: Callable[[str], str] = str) -> str:
        """What would be accepted, in the reader's language."""
        return _each(self.allowed, translate)

    def __str__(self) -> str:
        return f"{self.text()}（{self.allowed}）" if self.allowed else self.text()


def _each(words: str, translate: Callable[[str], str]) -> str:
    """A word, or the members of a list one by one; nothing stays nothing (gettext answers "" with its header)."""
    return translate("、").join(translate(one) if one else one for one in words.split("、")) if words else ""


class NotPermitted(Refused):
    """The actor may not do this here; says which permission or scope is missing, never what lies behind it."""


class NotFound(Refused):
    """No such thing within the viewer's scope. Existence outside the scope is not told apart from absence."""

    def __init__(self, message: str = "没有找到，或者不在您能看的范围内") -> None:
        super().__init__("not_found", message)


class Changed(Refused):
    """Somebody acted first: the row has moved on since the actor saw it. Nothing of either is lost."""


class BadInput(Refused):
    """A value that can't be taken; `field` and `allowed` are set."""


def check_seen(seen: int | None, version: int) -> None:
    """Raises Changed when somebody acted since the person looked."""
    if seen is not None and seen != version:
        raise Changed("changed", "刚才有别人先改了，请看最新情况再办；您填的内容还在")
