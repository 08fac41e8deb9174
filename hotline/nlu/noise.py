"""Noise for the exams, made in other ways than the training's augmentation (``augment.py``).

*typed*: the input method offers another word of the same sound, marks vanish or multiply, a character is
skipped. *spoken*: words of like sound, other fillers, a false start, figures read out, no marks.
"""

from __future__ import annotations

import random
from functools import lru_cache

from hotline.nlu.words import blurred, syllable, tokenizer

_HEADS = ("哎 ", "喂 ", "这个嘛", "哎呀", "你看啊", "我跟你讲", "打扰一下 ", "是这样的 ", "对 ", "不好意思 ")
_TAILS = ("对吧", "你说", "哎", "来着", "的说", "好伐", "我就问问", " 你看看", "啦")
_READ = str.maketrans("0123456789", "零一二三四五六七八九")
_COMMON_FREQUENCY = 60


@lru_cache(maxsize=2)
def _words_by_sound(blur: bool) -> dict[str, list[str]]:
    sound = blurred if blur else syllable
    found: dict[str, list[str]] = {}
    for word, frequency in tokenizer().FREQ.items():
        if frequency and frequency >= _COMMON_FREQUENCY and len(word) <= 3:
            found.setdefault(" ".join(sound(char) for char in word), []).append(word)
    return {key: words for key, words in found.items() if len(words) > 1}


def _misheard(text: str, chance: random.Random, number: int, blur: bool) -> str:
    """``number`` words become other words of the same (or a like) sound."""
    sound, table = (blurred if blur else syllable), _words_by_sound(blur)
    words = list(tokenizer().cut(text, HMM=False))
    order = list(range(len(words)))
    chance.shuffle(order)
    for place in order:
        others = [w for w in table.get(" ".join(sound(c) for c in words[place]), ()) if w != words[place]]
        if others and number > 0 and "\u4e00" <= words[place][0] <= "\u9fff":
            words[place] = chance.choices(others, [tokenizer().FREQ[other] for other in others])[0]
            number -= 1
    return "".join(words)


def typed(text: str, seed: int) -> str:
    """What haste makes of ``text``; the same seed gives the same noise."""
    chance = random.Random(f"typed\0{seed}\0{text}")
    if chance.random() < 0.6:
        text = _misheard(text, chance, 1, blur=False)
    if chance.random() < 0.4 and len(text) > 5:
        place = chance.randrange(1, len(text) - 1)
        if not text[place].isascii():
            text = text[:place] + text[place + 1 :]
    if chance.random() < 0.5:
        text = text.rstrip("？?。！!").replace("，", chance.choice([" ", ",", "", "。"]))
    return text + chance.choice(["", "", "", "？？", "。。。", "~", "!"])


def spoken(text: str, seed: int) -> str:
    """What a recogniser writes when ``text`` is said on the phone."""
    chance = random.Random(f"spoken\0{seed}\0{text}")
    text = "".join(char for char in text if char.isalnum())
    text = text.replace("400", chance.choice(["四百", "四零零", "400", "四零零"]))
    if chance.random() < 0.5:
        text = text.translate(_READ)
    text = _misheard(text, chance, max(1, len(text) // 12), blur=chance.random() < 0.5)
    if chance.random() < 0.3 and len(text) > 6:
        text = text[: chance.randrange(2, 5)] + text
    head = chance.choice(_HEADS) if chance.random() < 0.5 else ""
    tail = chance.choice(_TAILS) if chance.random() < 0.3 else ""
    return head + text + tail
