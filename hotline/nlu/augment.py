"""More voices from one sentence: what hasty fingers and speech recognisers make of it.

Seeded, so that the same data gives the same model; each kind can be switched in ``config.yml``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache

from pypinyin.constants import PINYIN_DICT

from hotline.nlu.words import blurred, syllable

FILLERS = (
    "嗯",
    "那个",
    "就是",
    "呃",
    "我想问一下",
    "请问",
    "你好",
    "麻烦问下",
    "就是说",
    "然后",
    "啊",
    "喂你好",
)
TAILS = ("啊", "呀", "呢", "吧", "哈", "哦", "谢谢", "可以吗", "行不行", "嘛", "这样", "一下")
KINDS = ("homophone", "drop", "double", "filler", "merge")
#: characters common enough that a recogniser would put them
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平"
    "形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党"
    "程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干"
    "做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单"
    "风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界"
    "拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构"
    "府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价"
    "严龙飞费费税章寄套餐导航录绑订购购营厅审核执照材料"
)


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for char in dict.fromkeys(COMMON):
        found.setdefault(blurred(char), []).append(char)
    return {sound: "".join(chars) for sound, chars in found.items()}


@lru_cache(maxsize=1)
def _rare_by_sound() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for code in PINYIN_DICT:
        if 0x4E00 <= code <= 0x9FA5 and _in_gb2312(chr(code)):
            found.setdefault(syllable(chr(code)), []).append(chr(code))
    return {sound: "".join(chars) for sound, chars in found.items()}


def _in_gb2312(char: str) -> bool:
    """Level 1 of GB 2312: the 3,755 characters that input methods offer first."""
    try:
        return 0xB0 <= char.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _homophones(char: str) -> str:
    return _by_sound().get(blurred(char), "") + _rare_by_sound().get(syllable(char), "")


def homophone(text: str, chance: random.Random, share: float = 0.15) -> str:
    """Some characters become others of the same or a like sound."""
    chars = list(text)
    for place in _some_places(chars, chance, share):
        others = [other for other in _homophones(chars[place]) if other != chars[place]]
        if others:
            chars[place] = chance.choice(others)
    return "".join(chars)


def _some_places(chars: Sequence[str], chance: random.Random, share: float) -> list[int]:
    places = [i for i, char in enumerate(chars) if "\u4e00" <= char <= "\u9fff"]
    return chance.sample(places, min(len(places), max(1, round(len(places) * share)))) if places else []


def drop(text: str, chance: random.Random) -> str:
    """One character (or one in twelve) is lost."""
    places = set(_some_places(text, chance, 0.08)) if len(text) > 4 else set()
    return "".join(char for i, char in enumerate(text) if i not in places)


def double(text: str, chance: random.Random) -> str:
    """One character is typed twice, or two neighbours change places."""
    places = _some_places(text, chance, 0.05)
    if not places or len(text) < 4:
        return text
    place = places[0]
    if chance.random() < 0.5 or place + 1 >= len(text):
        return text[:place] + text[place] + text[place:]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def filler(text: str, chance: random.Random) -> str:
    """Someone thinks while speaking."""
    head = chance.choice(FILLERS) if chance.random() < 0.7 else ""
    tail = chance.choice(TAILS) if chance.random() < 0.4 or not head else ""
    if chance.random() < 0.3 and len(text) > 6:
        middle = chance.randrange(2, len(text) - 2)
        text = text[:middle] + chance.choice(FILLERS[:5]) + text[middle:]
    return head + text + tail


def merge(text: str, chance: random.Random) -> str:
    """A recogniser's line: no marks, no blanks."""
    return "".join(char for char in text if char.isalnum())


_ACTS = {"homophone": homophone, "drop": drop, "double": double, "filler": filler, "merge": merge}


def copies(text: str, kinds: Sequence[str], number: int, seed: int) -> list[str]:
    """``number`` changed copies of ``text``, each by one or two of ``kinds``; unchanged ones are left out."""
    chance = random.Random(f"{seed}\0{text}")
    made = []
    for turn in range(number):
        first = kinds[turn % len(kinds)]
        changed = _ACTS[first](text, chance)
        if chance.random() < 0.35:
            changed = _ACTS[chance.choice(list(kinds))](changed, chance)
        if changed and changed != text:
            made.append(changed)
    return made
