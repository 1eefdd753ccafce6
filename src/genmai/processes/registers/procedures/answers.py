"""What a step asks and what was answered: typed on the way in, and what is missing told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from genmai.kernel.refusal import BadInput
from genmai.kernel.text import clean
from genmai.processes.registers.procedures.rules import Ask, Step

LONGEST = 2000
Gap = tuple[str, str, Mapping[str, object], str]  # code, message, its params, field


def typed(step: Step, given: Mapping[str, object]) -> dict[str, str]:
    """The answers as they are kept, empty ones left out. Raises BadInput naming the field."""
    for name in given:
        if name not in step.asks:
            raise BadInput("unknown_answer", "这一步不问“{name}”", field=name, name=name)
    kept = {key: _typed(key, ask, given.get(key)) for key, ask in step.asks.items()}
    return {key: value for key, value in kept.items() if value}


def _typed(key: str, ask: Ask, value: object) -> str:
    if value is None or value == "":
        return ""
    if ask.kind == "date":
        if isinstance(value, date):
            return value.isoformat()
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError as wrong:
            raise BadInput("bad_day", "请填日期，例如 2026-11-22", field=key) from wrong
    if ask.kind == "count":
        text = str(value)
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise BadInput("bad_number", "请填整数，例如 4", field=key)
        return str(int(text))
    if ask.kind == "choice":
        if value not in ask.choices:
            raise BadInput("bad_choice", "请选一项", field=key, allowed="、".join(str(t) for t in ask.choices.values()))
        return str(value)
    return clean(str(value), LONGEST, multiline=True, field=key)


def gaps(step: Step, answers: Mapping[str, str]) -> Iterator[Gap]:
    """Why these answers don't let the step be closed."""
    grouped = {key for group in step.any_of for key in group.asks}
    for key, ask in step.asks.items():
        value = answers.get(key, "")
        if ask.required and not value and key not in grouped:
            yield "answer_missing", "还没有填“{title}”", {"title": ask.title}, key
        elif value and ask.must and value != ask.must:
            yield "answer_against", "“{title}”是“{value}”，不能往下办", {
                "title": ask.title, "value": ask.choices[value],
            }, key  # fmt: skip
        elif value and ask.least is not None and key not in grouped and int(value) < ask.least:
            yield "too_few", "“{title}”至少 {least}", {"title": ask.title, "least": ask.least}, key
    for group in step.any_of:
        if not any(int(answers.get(key) or 0) >= (step.asks[key].least or 0) for key in group.asks):
            words = "、".join(f"{step.asks[key].title} {step.asks[key].least}" for key in group.asks)
            yield "any_of", "下面至少有一项要达到：{words}", {"words": words}, group.asks[0]


def passing(step: Step, on: date) -> dict[str, str]:
    """Answers that let the step be closed: for examples, which name only what they are about."""
    return {key: _passing(ask, on) for key, ask in step.asks.items() if ask.required or ask.least is not None}


def _passing(ask: Ask, on: date) -> str:
    if ask.kind == "date":
        return on.isoformat()
    if ask.kind == "count":
        return str(ask.least or 1)
    if ask.kind == "choice":
        return ask.must or next(iter(ask.choices))
    return "例"
