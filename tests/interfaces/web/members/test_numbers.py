"""A member's whole numbers: a reason first, a look that the person reads, shown once; not to another town, not without a reason."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from tests.factories.branches import PartyTree, identity, member, party_tree
from tests.factories.organisations import AT
from tests.interfaces.web.pages import browser

from genmai.directory.access.models import Look
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db
PHONE = "13800005678"


@pytest.fixture
def tree() -> Iterator[PartyTree]:
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: AT):
        yield party_tree()


def test_the_branch_sees_the_numbers_for_a_reason_that_the_member_can_read(tree: PartyTree) -> None:
    row = member("张示例", tree.n1, 1, phone=PHONE)
    branch, address = browser("bei", "branch_secretary", tree.n1), f"/members/{row.person.public_id}/"
    masked = branch.get(address).content.decode()
    assert "看完整的号码" in masked
    assert PHONE not in masked
    assert identity(1) not in masked
    empty = branch.post(f"{address}numbers", {"key": str(key_of("e")), "purpose": " "})
    assert (empty.status_code, PHONE in empty.content.decode(), Look.objects.count()) == (422, False, 0)
    clear = branch.post(f"{address}numbers", {"key": str(key_of("k")), "purpose": "核对转接介绍信"})
    page = clear.content.decode()
    assert PHONE in page
    assert identity(1) in page
    assert "no-store" in clear.headers["Cache-Control"]
    look = Look.objects.get()
    assert (look.person_id, look.fields, look.purpose) == (row.person_id, "identity,phone", "核对转接介绍信")
    assert PHONE not in branch.get(address).content.decode()


def test_another_town_gets_nothing_and_leaves_no_look(tree: PartyTree) -> None:
    row = member("张示例", tree.n1, 1, phone=PHONE)
    refused = browser("nan", "party_office", tree.south).post(
        f"/members/{row.person.public_id}/numbers", {"key": str(key_of("k")), "purpose": "想看看"}
    )
    assert refused.status_code == 404
    assert PHONE not in refused.content.decode()
    assert Look.objects.count() == 0
