"""Particulars that were wrong or are new are put right; what stood before is kept, sealed under the person's own key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_date

from genmai.directory.roster import mechanism, sealing
from genmai.directory.roster.buckets import years_before
from genmai.directory.roster.commands.joining import DAYS, Days, check_days, put_back, put_right, way_of
from genmai.directory.roster.commands.members import fact_of
from genmai.directory.roster.commands.writing import Writing, named_document, reason_given, telephone
from genmai.directory.roster.models import Correction, Person, Profile
from genmai.directory.roster.names import letters_of
from genmai.directory.territory.days import day_of
from genmai.kernel.identity_numbers import birth_in, normalise_identity, sex_in
from genmai.kernel.refusal import BadInput, Changed, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house

PARTICULARS = ("sex", "born_on", "ethnicity", "education", "degree", "occupation", "worked_on")
FIELDS = ("name", "identity", "phone", *PARTICULARS, *DAYS)
Values = Mapping[str, str | date | None]


def purpose_of(field: str) -> str:
    """What an old value is sealed for."""
    return f"correction/{field}"


@transaction.atomic
def correct(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, given: Mapping[str, str | date | None], reason: str,
    document: str = "",
) -> list[Correction]:  # fmt: skip
    """Put particulars right; what is not `given` is left. The deed says which were put right, not how.

    Raises NotFound, BadInput, Refused('nothing_changed' | 'known_member').
    """
    writing = Writing(actor, at, key)
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    writing.check_other(person_id)
    if known := writing.all_made(Correction):
        return known
    why, document = reason_given(reason), clean(document, 120, field="document")
    person = Person.objects.select_for_update(of=("self",)).select_related("sealing_key").get(pk=person_id)
    profile, _new = Profile.objects.select_for_update().get_or_create(person=person)
    before = {**values_of(person, profile), "joined_on": row.joined_on, "full_on": row.full_on}
    new = {name: value for name, value in _checked(given, before).items() if value != before[name]}
    if not new:
        raise Refused("nothing_changed", "和现在登记的一样，没有变动")
    after = {**before, **new}
    days = Days(_day(after["joined_on"]), _day(after["full_on"]))
    if new.keys() & set(DAYS):
        document = named_document(document)
        stood = Days(row.joined_on, row.full_on)
        check_days(days, before=stood, way=way_of(person_id), born_on=_day(after["born_on"]), today=writing.today)
    _check_birth(after, days.joined_on or writing.today)
    made = _made(writing, person, before, new, why, document)
    _put_right(person, profile, new)
    if new.keys() & set(DAYS):
        put_right(person_id, days, at)
    writing.take(fact_of("member.corrected", row, path, reason="、".join(new)[:40]))
    return made


@transaction.atomic
def undo_correction(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, correction: UUID, reason: str
) -> list[Correction]:
    """A correction was the mistake: what stood before it stands again, to the letter; both stay in the history.

    `correction`: the key of the correction. Raises NotFound, BadInput, Changed('built_on') where a later one followed.
    """
    writing = Writing(actor, at, key)
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    writing.check_other(person_id)
    if known := writing.all_made(Correction):
        return known
    why = reason_given(reason)
    undone = list(Correction.objects.filter(person_id=person_id, key=correction).order_by("id"))
    if not undone:
        raise NotFound("没有找到这一条")
    fields = [one.field for one in undone]
    since = Correction.objects.filter(person_id=person_id, field__in=fields, pk__gt=undone[-1].pk)
    later = since.exclude(key=correction).order_by("-pk").first()
    if later is not None:
        raise Changed("built_on", "后来又有变动以它为基础，请先撤回：{later}", later=f"{day_of(later.recorded_at)}")
    person = Person.objects.select_for_update(of=("self",)).select_related("sealing_key").get(pk=person_id)
    profile = Profile.objects.select_for_update().get(person=person)
    now = {**values_of(person, profile), "joined_on": row.joined_on, "full_on": row.full_on}
    old = {one.field: _old(person, one) for one in undone}
    made = _made(writing, person, now, old, why, undone[0].document)
    _put_right(person, profile, old)
    if set(fields) & set(DAYS):
        then = {**now, **old}
        put_back(person_id, Days(_day(then["joined_on"]), _day(then["full_on"])), undone[0].recorded_at, at)
    writing.take(fact_of("member.correction_undone", row, path, reason="、".join(fields)[:40]))
    return made


def _old(person: Person, one: Correction) -> str | date | None:
    """What stood before, as it was typed into its column."""
    said = sealing.open_words(person, purpose=purpose_of(one.field), sealed=one.old_sealed)
    return parse_date(said) if one.field.endswith("_on") and said else (None if one.field.endswith("_on") else said)


def _made(
    writing: Writing, person: Person, before: Values, new: Values, why: str, document: str
) -> list[Correction]:  # fmt: skip
    return Correction.objects.bulk_create(
        Correction(
            key=writing.key, person=person, field=name, reason=why, document=document, recorded_at=writing.at,
            recorded_by_id=writing.actor.person_id,
            old_sealed=sealing.seal_words(person, purpose=purpose_of(name), text=str(before[name] or "")),
        )
        for name in new
    )  # fmt: skip


def _day(value: str | date | None) -> date | None:
    return value if isinstance(value, date) else None


def values_of(person: Person, profile: Profile | None) -> dict[str, str | date | None]:
    """Every particular in clear. Raises KeyDestroyed after deletion."""
    clear = sealing.open_person(person)
    found: dict[str, str | date | None] = {
        "name": person.display_name, "identity": sealing.open_identity(person), "phone": clear.phone,
    }  # fmt: skip
    for name in PARTICULARS:
        found[name] = getattr(profile, name) if profile is not None else ""
    return found


def _checked(
    given: Mapping[str, str | date | None], before: Mapping[str, str | date | None]
) -> dict[str, str | date | None]:
    """In their normal form; birth and sex follow a new number unless they are given, too. Raises BadInput."""
    unknown = set(given) - set(FIELDS)
    if unknown:
        raise BadInput("unknown_field", "没有这一项", field=min(unknown), allowed="、".join(FIELDS))
    found = {name: clean(value, 40, field=name) if isinstance(value, str) else value for name, value in given.items()}
    if "phone" in found:
        found["phone"] = telephone(str(found["phone"] or ""))
    if "name" in found and not found["name"]:
        raise BadInput("name_missing", "请填写姓名", field="name")
    if not found.get("identity"):
        found.pop("identity", None)  # a number can be put right, not taken away
        return found
    number = normalise_identity(str(found["identity"]))
    if number is None:
        raise BadInput(
            "bad_identity", "身份证号不对：位数、地区、出生日期或最后一位校验码有误", field="identity", allowed="18 位"
        )
    follows: dict[str, str | date | None] = {"born_on": birth_in(number), "sex": sex_in(number)}
    for name, value in follows.items():
        if found.get(name, before[name]) not in (value, before[name], "", None):
            raise BadInput("identity_disagrees", "出生日期或性别和身份证号不一致，请核对", field="identity")
    return {**found, **follows, "identity": number}


def _check_birth(now: Mapping[str, str | date | None], joined_on: date) -> None:
    rules, born = mechanism.members(), now["born_on"]
    if isinstance(born, date) and born > years_before(joined_on, rules.age_least):
        raise BadInput("too_young", "申请入党要年满 {years} 岁", field="born_on", years=rules.age_least)
    number = str(now["identity"] or "")
    if number and isinstance(born, date) and f"{born:%Y%m%d}" != number[6:14]:
        raise BadInput("identity_disagrees", "出生日期或性别和身份证号不一致，请核对", field="born_on")
    if number and now["sex"] and (now["sex"] == "1") != (sex_in(number) == "1"):
        raise BadInput("identity_disagrees", "出生日期或性别和身份证号不一致，请核对", field="sex")


def _put_right(person: Person, profile: Profile, new: Mapping[str, str | date | None]) -> None:
    for name in PARTICULARS:
        if name in new:
            setattr(profile, name, new[name] or (None if name in ("born_on", "worked_on") else ""))
    if "name" in new:
        person.display_name = str(new["name"])
        profile.letters, profile.initials = letters_of(person.display_name)
    identity, phone = str(new.get("identity") or ""), str(new.get("phone") or "")
    sealed_identity, sealed_phone = sealing.seal_numbers(person, identity=identity, phone=phone)
    if identity:
        index = sealing.index_of_identity(identity)
        with house("one number is one person, wherever they are enrolled"):
            if Person.objects.filter(identity_index=index).exclude(pk=person.pk).exists():
                raise Refused("known_member", "这个身份证号已经登记过；人在别处的，请用组织关系转接", field="identity")
        person.identity_sealed, person.identity_index = sealed_identity, index
    elif "identity" in new:  # none was known before the correction that is undone
        person.identity_sealed = person.identity_index = None
    if "phone" in new:
        person.phone_sealed = sealed_phone
        person.phone_index = sealing.index_of_phone(phone) if phone else None
        profile.tail_index = sealing.index_of_tail(phone[-4:]) if phone else None
    person.save()
    profile.save()
