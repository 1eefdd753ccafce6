"""Every component in every state draws, within the security policy and the weight limit; strangers don't find it."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from genmai.interfaces.web.shell.gallery import TITLES

ASSET = re.compile(r'(?:href|src)="/static/([^"]+)"')
LIGHT = 150 * 1024


@pytest.fixture
def opened(settings, client):
    settings.GENMAI_DESIGN_GALLERY = True
    return client


@pytest.mark.parametrize("sheet", TITLES)
def test_a_sheet_holds_nothing_the_policy_refuses(opened, sheet):
    page = opened.get(f"/design/{sheet}/").content.decode()
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son[a-z]+=", page)
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("sheet", TITLES)
def test_a_page_with_all_it_loads_weighs_at_most_150_kb(opened, sheet):
    page = opened.get(f"/design/{sheet}/").content
    weight = len(gzip.compress(page))
    for path in set(ASSET.findall(page.decode())):
        found = finders.find(path)
        assert found, path
        weight += len(gzip.compress(Path(found).read_bytes()))
    assert weight <= LIGHT


def test_a_residents_page_does_without_htmx(opened):
    assert b"htmx" not in opened.get("/design/report/").content.replace(b"hx-", b"")


def test_the_pager_keeps_filters_and_reaches_the_last_of_twenty_thousand(opened):
    page = opened.get("/design/many/?kind=road&page=400").content.decode()
    assert "第 19,951–20,000 条，共 20,000 条" in page
    assert 'href="?kind=road&amp;page=399"' in page


def test_strangers_do_not_find_the_gallery(client):
    assert client.get("/design/").status_code == 404


def test_faults_are_listed_and_lead_to_their_fields(opened):
    page = opened.get("/design/components/").content.decode()
    assert '<a href="#id_words">一行字：这里还没有填</a>' in page
    assert "还没有交上去，您填的内容都在。" in page
    assert 'aria-invalid="true"' in page
