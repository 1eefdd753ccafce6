"""A new installation gets its three officers from the command line: three persons, passwords typed unseen, once."""

from __future__ import annotations

import argparse
from typing import Any

import pytest
from tests.factories.organisations import small_district

from genmai.directory.access.models import Account, Grant, SecurityEvent
from genmai.directory.access.queries import viewer_for
from genmai.interfaces.cli.commands import people
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import ADMINISTRATIVE

pytestmark = pytest.mark.django_db
GOOD = "forty-two brown herons"


def run(monkeypatch: pytest.MonkeyPatch, *typed: str, unit: str = "", **named: str) -> int:
    answers = iter(typed or [GOOD] * 6)
    monkeypatch.setattr(people.getpass, "getpass", lambda prompt: next(answers))
    given: dict[str, Any] = {
        "verb": "first-officers", "unit": unit, "administrator": "王系:wangxi", "security_administrator": "李安:lian",
        "security_auditor": "赵审:zhaoshen",
    } | named  # fmt: skip
    return people.run(argparse.Namespace(**given))


def test_three_persons_with_three_roles_over_the_whole_and_never_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    district = small_district()
    assert run(monkeypatch) == 0
    told = capsys.readouterr().out
    assert "lian" in told
    assert GOOD not in told
    grants = {one.account.login: one.role for one in Grant.objects.select_related("account")}
    assert grants == {"wangxi": "administrator", "lian": "security_administrator", "zhaoshen": "security_auditor"}
    assert set(Grant.objects.values_list("organisation_id", flat=True)) == {district.district.pk}
    account = Account.objects.get(login="lian")
    assert account.check_password(GOOD)
    grant = Grant.objects.get(account=account)
    keeper = viewer_for(account, at=SecurityEvent.objects.latest("id").at)
    assert keeper.may("accounts:manage", tree=ADMINISTRATIVE), grant.valid_from
    assert not keeper.may("security:view")
    assert SecurityEvent.objects.filter(kind="account_opened").count() == 3
    with pytest.raises(Refused, match="已经有管理员"):
        run(monkeypatch, security_administrator="另人:lingren")
    assert Account.objects.count() == 3


@pytest.mark.parametrize(
    ("typed", "named", "code"),
    [
        ((), {"security_auditor": "李安:zhaoshen"}, "same_person"),
        ((), {"security_auditor": "赵审:lian"}, "same_person"),
        ((), {"administrator": "王系"}, "officer"),
        ((GOOD, "mistyped herons"), {}, "not_the_same"),
        (("123456",) * 6, {}, "weak_password"),
        ((), {"unit": "no-such"}, "not_found"),
    ],
)
def test_a_mistake_leaves_no_account_at_all(
    monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], named: dict[str, str], code: str
) -> None:
    small_district()
    with pytest.raises((BadInput, NotFound)) as refused:
        run(monkeypatch, *typed, **named)
    assert refused.value.code == code
    assert (Account.objects.count(), Grant.objects.count()) == (0, 0)
