"""The language is the reader's own switch, kept in a cookie; the browser's wish is not asked."""

from __future__ import annotations

import pytest


@pytest.fixture
def site(settings, client):
    settings.GENMAI_DESIGN_GALLERY = True
    return client


def test_chinese_without_a_choice_whatever_the_browser_asks(site):
    page = site.get("/design/states/", headers={"accept-language": "en-US,en"})
    assert page.headers["Content-Language"] == "zh-Hans"
    assert '<html lang="zh-Hans"' in page.content.decode()


def test_the_switch_lasts_and_leads_back(site):
    answer = site.post("/switch/language", {"language": "en", "next": "/design/states/?a=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/design/states/?a=1")
    page = site.get("/design/states/")
    assert page.headers["Content-Language"] == "en"
    assert "Skip to content" in page.content.decode()
    # and the next reader is not touched
    assert "跳到正文" in type(site)().get("/design/states/").content.decode()


def test_an_unknown_language_changes_nothing(site):
    site.post("/switch/language", {"language": "<script>", "next": "/"})
    assert site.get("/design/states/").headers["Content-Language"] == "zh-Hans"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_never_leads_off_this_site(site, target):
    assert site.post("/switch/language", {"language": "en", "next": target}).headers["Location"] == "/"


def test_looking_does_not_switch(site):
    assert site.get("/switch/language").status_code == 405
