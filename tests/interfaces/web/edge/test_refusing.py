"""What a refusal says of a mechanism is said in the reader's language."""

from __future__ import annotations

from django.utils import translation

from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.kernel.refusal import Refused
from genmai.mechanisms.schema import Text


def test_a_mechanisms_own_words_come_in_both_languages() -> None:
    refused = Refused("only", "目前只是答应了、还没办好，不能按“{title}”办结", title=Text(zh="已解决", en="solved"))
    with translation.override("zh-hans"):
        assert "“已解决”" in sentence_of(refused)
    with translation.override("en"):
        assert "“solved”" in sentence_of(refused)
    assert "“已解决”" in str(refused)
