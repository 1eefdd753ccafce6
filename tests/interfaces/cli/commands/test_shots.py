"""The list of pictures is read strictly, and pictures are small."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from genmai.interfaces.cli.commands import shots
from genmai.kernel.refusal import Refused


def test_the_list_in_the_repository_is_sound():
    journeys = shots.read_journeys(shots.JOURNEYS)
    assert journeys
    assert len({journey.name for journey in journeys}) == len(journeys)


@pytest.mark.parametrize(
    "line",
    ['colour = "red"', 'views = ["4096"]', 'name = "Zwei Wörter"'],
    ids=["unknown key", "unknown view", "bad name"],
)
def test_a_fault_in_the_list_is_named(tmp_path, line):
    rows = {"name": 'name = "one"', "path": 'path = "/"', line.split()[0]: line}
    file = tmp_path / "journeys.toml"
    file.write_text("[[journey]]\n" + "\n".join(rows.values()), encoding="utf-8")
    with pytest.raises(Refused, match=r"journeys\.toml"):
        shots.read_journeys(file)


def test_an_unknown_name_is_refused_before_anything_starts():
    with pytest.raises(Refused, match="nowhere"):
        shots.chosen([shots.Journey("one", "/")], ["nowhere"])


def test_pictures_keep_their_size_and_lose_their_weight():
    picture = Image.effect_noise((400, 300), 40).convert("RGB")
    raw = io.BytesIO()
    picture.save(raw, "PNG")
    kept = shots.small(raw.getvalue())
    assert Image.open(io.BytesIO(kept)).size == (400, 300)
    assert len(kept) < len(raw.getvalue()) / 2


def test_the_font_file_names_the_chinese_face(tmp_path):
    assert "Noto Sans CJK SC" in shots.write_fonts(tmp_path).read_text(encoding="utf-8")
