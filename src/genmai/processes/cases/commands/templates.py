"""Ready answers of an organisation: kept, changed, removed and brought back. Sent answers keep their own words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism, policies
from genmai.processes.cases.models import ReplyTemplate
from genmai.processes.cases.wording import check_places

LONGEST_TITLE, LONGEST_TEXT = 20, 1000


def add_template(*, actor: Actor, at: datetime, key: UUID, title: str, text: str, category: str = "") -> ReplyTemplate:
    """A new answer for the actor's organisation and those below it. Raises BadInput naming a place nothing fills."""
    organisation_id = _whose(actor)
    with transaction.atomic():
        done = ReplyTemplate.objects.filter(public_id=ids.subkey(key, "template")).first()
        if done is not None:
            return done
        given = _given(organisation_id, title, text, category, None)
        return ReplyTemplate.objects.create(
            public_id=ids.subkey(key, "template"), organisation_id=organisation_id, made_by_id=actor.person_id,
            made_at=at, changed_at=at, **given,
        )  # fmt: skip


def change_template(
    *, actor: Actor, at: datetime, key: UUID, template: UUID, title: str, text: str, category: str = "", seen: int = 0
) -> ReplyTemplate:
    """New words from now on. Raises Changed when a colleague has changed it since it was looked at."""
    with transaction.atomic():
        kept = _locked(actor, template)
        given = _given(kept.organisation_id, title, text, category, kept)
        if all(getattr(kept, name) == value for name, value in given.items()):
            return kept
        if seen and seen != kept.version:
            raise Changed("changed", "刚才有同事改了这份模板，请看最新的再改；您填的内容还在")
        for name, value in given.items():
            setattr(kept, name, value)
        kept.version, kept.changed_at = kept.version + 1, at
        kept.save()
    return kept


def remove_template(*, actor: Actor, at: datetime, key: UUID, template: UUID) -> ReplyTemplate:
    """No longer offered; `restore_template` brings it back."""
    with transaction.atomic():
        kept = _locked(actor, template)
        if kept.removed_at is None:
            kept.removed_at = at
            kept.save(update_fields=["removed_at"])
    return kept


def restore_template(*, actor: Actor, at: datetime, key: UUID, template: UUID) -> ReplyTemplate:
    """Offered again. Raises BadInput where another has taken its name meanwhile."""
    with transaction.atomic():
        kept = _locked(actor, template)
        if kept.removed_at is not None:
            _check_title(kept.organisation_id, kept.title, kept)
            kept.removed_at = None
            kept.save(update_fields=["removed_at"])
    return kept


def _whose(actor: Actor) -> int:
    policies.check_may("cases:handle", actor, actor.viewer.path)
    if actor.organisation_id is None:
        raise NotFound()
    return actor.organisation_id


def _locked(actor: Actor, template: UUID) -> ReplyTemplate:
    organisation_id = _whose(actor)
    rows = ReplyTemplate.objects.select_for_update().filter(organisation_id=organisation_id)
    found = rows.filter(public_id=template).first()
    if found is None:
        raise NotFound()
    return found


def _given(organisation_id: int, title: str, text: str, category: str, kept: ReplyTemplate | None) -> dict[str, str]:
    title = clean(title, max_length=LONGEST_TITLE, multiline=False, field="title")
    text = clean(text, max_length=LONGEST_TEXT, multiline=True, field="text")
    if not title:
        raise BadInput("empty", "请起个名字", field="title", allowed="1–20 字")
    if not text:
        raise BadInput("empty", "请写上答复的话", field="text", allowed="1–1000 字")
    if category:
        mechanism.taxonomy().lookup(category)
    check_places(text)
    _check_title(organisation_id, title, kept)
    return {"title": title, "text": text, "category": category}


def _check_title(organisation_id: int, title: str, kept: ReplyTemplate | None) -> None:
    same = ReplyTemplate.objects.filter(organisation_id=organisation_id, title=title, removed_at=None)
    if same.exclude(pk=kept.pk if kept else 0).exists():
        raise BadInput("known", "已经有一份模板叫“{name}”", field="title", name=title)
