"""A model learned from a few hundred sentences of our own: what it says, what it doesn't, and how it lies on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.factories.messages import LIGHTS, WAGES, labelled_messages

from genmai.processes.cases.suggestion import model_file, training
from genmai.processes.cases.suggestion.features import signs
from genmai.processes.cases.suggestion.guess import Guess, Matter
from genmai.processes.cases.suggestion.habits import Habit
from genmai.processes.cases.suggestion.model import Model
from genmai.processes.cases.suggestion.repeats import groups_of
from genmai.processes.cases.suggestion.training import Labelled, Targets, TooLittle

SMALL = Targets(least_of_class=20, least_rows=100, least_decided=20)
SEEN_IN_PARTS = "我们楼下路灯不亮，没有照明，晚上看不见路，人行道坏了，上周老人摔跤，路面有洞，请有关部门处理一下"
HABIT = Habit("010204", "330299001", "dept-roads", 19, 20)


def learn(rows: list[tuple[str, str]], targets: Targets = SMALL) -> Model:
    labelled = [Labelled(text, code) for text, code in rows]
    return training.learn(labelled, version="v1", targets=targets, habits=[HABIT], facts={"learned_at": "x"})


@pytest.fixture(scope="module")
def model() -> Model:
    return learn(labelled_messages())


def ask(model: Model, text: str, label: str = "") -> Guess:
    return model.guess([Matter(text, label=label)])[0]


def test_it_names_the_subject_with_the_words_that_counted(model: Model) -> None:
    found = ask(model, SEEN_IN_PARTS)
    assert (found.category, found.decided, found.version) == (LIGHTS, True, "v1")
    assert found.confidence is not None
    assert found.confidence > 900
    assert found.confidence < 1000
    assert len(found.words) == 3
    assert all(word in SEEN_IN_PARTS for word in found.words)
    assert not {"上周", "处理", "部门"} & set(found.words)  # said in messages of every subject
    assert found.second == WAGES


def test_of_what_it_never_saw_it_says_that_it_does_not_know(model: Model) -> None:
    for text in ("zzz qqq", "今天天气很好我们去郊游吧", "", "🙂🙂🙂"):
        found = ask(model, text)
        assert not found.decided
        assert found.doubt == "unsure"


def test_a_label_given_by_a_person_is_never_left(model: Model) -> None:
    text = "我们楼下的路灯坏了没有照明，晚上走路看不见"
    assert ask(model, text, label="15").category.startswith("15")
    assert not ask(model, text, label="02").category  # nothing was learned below that label


def test_texts_that_two_labels_share_are_not_decided() -> None:
    rows = [(text, WAGES if at % 2 else LIGHTS) for at, (text, _code) in enumerate(labelled_messages())]
    head = learn(rows).heads[0]
    assert head.threshold > 1
    assert head.decided == 0


def test_the_measured_precision_is_at_least_the_one_asked_for(model: Model) -> None:
    head = model.heads[0]
    assert head.precision >= SMALL.precision
    assert head.decided <= head.held_out == len(labelled_messages())
    assert 0.9 <= head.macro_f1 <= 1


def test_the_same_texts_make_the_same_model(model: Model) -> None:
    again = learn(labelled_messages())
    assert all(np.array_equal(a.coef, b.coef) for a, b in zip(model.heads, again.heads, strict=True))
    assert [head.threshold for head in model.heads] == [head.threshold for head in again.heads]


def test_deeper_labels_are_learned_where_there_are_enough(model: Model) -> None:
    assert [head.level for head in model.heads] == [1, 2, 3]
    assert model.heads[2].classes == (LIGHTS, WAGES)  # the school's label ends on the second level


def test_too_little_to_learn_from_is_said() -> None:
    with pytest.raises(TooLittle):
        learn(labelled_messages()[:30])
    with pytest.raises(TooLittle):
        learn([row for row in labelled_messages() if row[1] == LIGHTS], replace(SMALL, least_rows=10))


def test_a_small_budget_keeps_the_weightiest_pieces_and_the_answer(model: Model) -> None:
    slim = learn(labelled_messages(), replace(SMALL, most_weights=8 * 500))
    assert slim.heads[0].coef.shape[0] == 500 < model.heads[0].coef.shape[0]
    assert ask(slim, SEEN_IN_PARTS).category == LIGHTS


def test_few_words_are_answered_less_surely(model: Model) -> None:
    long, short = ask(model, labelled_messages()[0][0]), ask(model, "路灯")
    assert short.confidence is not None
    assert long.confidence is not None
    assert short.confidence < long.confidence


def test_repeats_of_a_text_are_one_group() -> None:
    text = labelled_messages()[0][0]
    found = groups_of([text, "另外，" + text, labelled_messages()[100][0], "短短短", "短短短", ""])
    assert found[0] == found[1] != found[2]
    assert found[3] == found[4]
    assert found[3] not in {found[0], found[2]}


def test_neighbouring_signs_are_told_apart_whatever_their_number() -> None:
    keys = signs("路灯坏")
    assert len(set(keys.tolist())) == 6
    assert not set(signs("灯路").tolist()) & set(signs("路灯").tolist()[2:])


# -- on disk ----------------------------------------------------------------------------------------------------------


def test_what_is_read_is_what_was_written(model: Model, tmp_path: Path) -> None:
    path = model_file.save(tmp_path, model)
    assert model_file.current_version(tmp_path) == "v1"
    read = model_file.load(path)
    assert (read.habits, read.facts, read.version) == (model.habits, dict(model.facts), "v1")
    for text, _code in labelled_messages()[::20]:
        assert ask(read, text) == ask(model, text)


@pytest.mark.parametrize("harm", ["flip", "cut", "head", "format", "empty"])
def test_a_damaged_file_is_found_out(model: Model, tmp_path: Path, harm: str) -> None:
    path = model_file.save(tmp_path, model)
    data = bytearray(path.read_bytes())
    if harm == "flip":
        data[-100] ^= 1
    elif harm == "cut":
        data = data[: len(data) // 2]
    elif harm == "head":
        data[0] = ord("?")
    elif harm == "format":
        head, _, body = bytes(data).partition(b"\n")
        data = bytearray(json.dumps(json.loads(head) | {"format": 99}).encode() + b"\n" + body)
    else:
        data = bytearray()
    path.write_bytes(bytes(data))
    with pytest.raises(model_file.Damaged):
        model_file.load(path)


def test_nothing_in_the_file_can_be_run(model: Model, tmp_path: Path) -> None:
    """An object array would need pickle: it is refused even with the right digest."""
    import hashlib
    import io

    path = model_file.save(tmp_path, model)
    head = json.loads(path.read_bytes().partition(b"\n")[0])
    body = io.BytesIO()
    np.savez(body, **{f"keys_{name}": np.array([{"a": 1}], dtype=object) for name in head["blocks"]})
    head["sha256"] = hashlib.sha256(body.getvalue()).hexdigest()
    path.write_bytes(json.dumps(head).encode() + b"\n" + body.getvalue())
    with pytest.raises(model_file.Damaged):
        model_file.load(path)


def test_no_text_is_kept_in_the_file(model: Model, tmp_path: Path) -> None:
    data = model_file.save(tmp_path, model).read_bytes()
    assert "路灯".encode() not in data
    assert "路灯".encode("utf-32-le") not in data


def test_only_the_last_few_models_are_kept(model: Model, tmp_path: Path) -> None:
    for number in range(5):
        model_file.save(tmp_path, replace(model, version=f"v{number}"))
    assert {path.stem for path in tmp_path.glob("*.model")} == {"v2", "v3", "v4"}
