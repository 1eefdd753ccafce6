"""Two callers with one number at the same moment are one person, and none is lost."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection
from tests.factories.organisations import AT

from genmai.directory.roster.commands import find_or_add_resident
from genmai.directory.roster.models import Person, PersonKey
from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor


@pytest.mark.django_db(transaction=True)
def test_eight_posts_at_once_with_one_number_make_one_person() -> None:
    gate, found, failed = Barrier(8), [], []

    def call(number: int) -> None:
        try:
            gate.wait()
            person = find_or_add_resident(
                actor=Actor.reporter(), at=AT, key=key_of("at once", number), phone="13805741234", name=f"第{number}位"
            )
            found.append(person.pk if person else None)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(found) == 8
    assert len(set(found)) == Person.objects.count() == PersonKey.objects.count() == 1
