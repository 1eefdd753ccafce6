"""Names by their sound: the pinyin people type to find somebody (张伟: zhangwei, zw; 曾祥: zengxiang)."""

from __future__ import annotations

from functools import cache, lru_cache

from pypinyin import Style, lazy_pinyin

# Characters read otherwise when they are surnames (普通话异读词审音表; 现代汉语词典): the readers' tables give the common sound.
_SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "朴": "piao", "查": "zha", "区": "ou", "盖": "ge", "翟": "zhai",
    "乐": "yue", "缪": "miao", "种": "chong", "冼": "xian", "员": "yun", "秘": "bi", "覃": "qin", "折": "she", "逄": "pang",
    "隗": "wei", "郇": "xun", "黑": "he", "召": "shao", "繁": "po", "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun",
    "澹台": "tantai", "令狐": "linghu", "宿": "su", "洗": "xian", "瞿": "qu", "芮": "rui", "沈": "shen", "纪": "ji",
}  # fmt: skip
_LONGEST, _MOST_INITIALS = 80, 16


@lru_cache(maxsize=20_000)  # a registry asks half a million times, for names of which many have many
def letters_of(name: str) -> tuple[str, str]:
    """Full pinyin without blanks and the first letters; both without signs such as the · of 阿不都·热西提."""
    first = next((_SURNAMES[name[:length]] for length in (2, 1) if name[:length] in _SURNAMES), "")
    if first:
        long = 2 if name[:2] in _SURNAMES else 1
        rest = [_sound(one) for one in name[long:]]
        heads = "".join(_sound(one)[:1] for one in name[:long]) if long == 2 else first[0]
    else:
        rest = [_sound(one) for one in name]
        heads = ""
    letters = first + "".join(rest)
    initials = heads + "".join([sound[:1] for sound in rest])
    return letters[:_LONGEST], initials[:_MOST_INITIALS]


@cache
def _sound(character: str) -> str:
    """One character's common sound; letters stay, signs and blanks go."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    found = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    return str(found[0]).replace("ü", "v") if found else ""
