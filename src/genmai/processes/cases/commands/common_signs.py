"""How common each sign and pair is in this deployment's own matters: what everybody writes tells no two apart."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism
from genmai.processes.cases.likeness.grams import RARE, Reader
from genmai.processes.cases.models import Case, CommonSigns

FEWEST = 200  # fewer texts say nothing about what is common
MOST = 20_000  # the newest; more would not change what is common
KEPT = 3


def count_signs(*, actor: Actor, at: datetime, key: UUID, most: int = MOST) -> CommonSigns | None:
    """Count anew over the newest matters. None while there are too few; the same moment again gives the first count."""
    known = CommonSigns.objects.filter(counted_at=at).first()
    if known is not None:
        return known
    rules = mechanism.definition_of(mechanism.loop()).likeness
    reader = Reader(stop=rules.stop, same_words=rules.same_words)
    texts, counted = 0, Counter[str]()
    newest = Case.objects.order_by("-received_at", "-id").values_list("title", "text")[:most]
    for title, text in newest.iterator(chunk_size=2000):
        counted.update(reader.counts(f"{title} {text}").keys())
        texts += 1
    if texts < FEWEST:
        return None
    usual = sorted((gram, n) for gram, n in counted.items() if n >= RARE * texts and len(gram) <= 24)
    with transaction.atomic():
        made = CommonSigns.objects.create(
            counted_at=at, texts=texts, grams=[gram for gram, _ in usual], counts=[n for _, n in usual]
        )
        kept = CommonSigns.objects.order_by("-counted_at").values_list("pk", flat=True)[:KEPT]
        CommonSigns.objects.exclude(pk__in=list(kept)).delete()
    return made
