"""Large type is set on the page by the server, from the reader's own switch."""

from __future__ import annotations

import pytest


@pytest.fixture
def site(settings, client):
    settings.GENMAI_DESIGN_GALLERY = True
    return client


def test_the_switch_is_on_every_page_and_lasts(site):
    assert 'data-type="normal"' in site.get("/design/report/").content.decode()
    answer = site.post("/switch/type", {"type": "large", "next": "/design/report/"})
    assert answer.headers["Location"] == "/design/report/"
    page = site.get("/design/follow/").content.decode()
    assert 'data-type="large"' in page
    assert 'value="normal" aria-pressed="true"' in page


def test_an_unknown_size_changes_nothing(site):
    site.post("/switch/type", {"type": '"><b>', "next": "/"})
    assert 'data-type="normal"' in site.get("/design/report/").content.decode()
