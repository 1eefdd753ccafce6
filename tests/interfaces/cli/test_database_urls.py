"""Connection URLs: every part comes through, whatever signs a password holds."""

from __future__ import annotations

import pytest

from genmai.interfaces.cli import database
from genmai.kernel.refusal import Refused


def test_all_parts_of_a_url_come_through() -> None:
    settings = database.settings_of("postgresql://o%40wner:p%2Fw@db.example:6543/名?sslmode=require")
    assert settings["USER"] == "o@wner"
    assert settings["PASSWORD"] == "p/w"
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "6543", "名")
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_socket_url_keeps_its_folder_when_parts_are_exchanged() -> None:
    url = database.with_parts("postgresql://a@/x?host=/run/pg", user="b", password="p@:/", name="y")
    settings = database.settings_of(url)
    assert settings == {"NAME": "y", "USER": "b", "PASSWORD": "p@:/", "HOST": "/run/pg", "PORT": "", "OPTIONS": {}}


def test_changing_only_the_database_keeps_the_password() -> None:
    url = database.with_parts("postgresql://a:s%40cret@h:1/x", name="y")
    assert database.settings_of(url)["PASSWORD"] == "s@cret"


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(Refused, match="postgresql://"):
        database.settings_of("mysql://a@b/c")
