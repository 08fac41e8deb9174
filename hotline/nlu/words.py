"""Words and sounds: jieba with the product's dictionary, and pinyin syllables.

The dictionary is a jieba instance of its own; Rasa's and other people's global one is not touched.
"""

from __future__ import annotations

import logging
import tempfile
from functools import lru_cache
from pathlib import Path

import jieba
from pypinyin import Style, lazy_pinyin

from hotline.datafile import DATA

DICTIONARY = DATA / "lexicon" / "jieba.txt"

jieba.setLogLevel(logging.WARNING)


@lru_cache(maxsize=1)
def tokenizer() -> jieba.Tokenizer:
    """jieba with ``data/lexicon/jieba.txt`` (one word per line, optional frequency and tag)."""
    found = jieba.Tokenizer()
    found.tmp_dir = tempfile.gettempdir()
    found.initialize()
    if DICTIONARY.exists():
        for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
            word, _, rest = line.partition(" ")
            if word and not word.startswith("#"):
                frequency = rest.split(" ")[0]
                found.add_word(word, int(frequency) if frequency.isdigit() else None)
    return found


def words(text: str) -> list[str]:
    """The words of ``text``, without blanks and marks."""
    return [word for word in tokenizer().cut(text, HMM=False) if not word.isspace() and word not in _MARKS]


_MARKS = set(",，.。!！?？、;；:：\"'“”‘’()（）[]【】…~-—《》<>/|")


@lru_cache(maxsize=20_000)
def syllable(char: str) -> str:
    """The usual sound of one character without tone; what is no Chinese character stands for itself."""
    if not "\u4e00" <= char <= "\u9fff":
        return char
    return lazy_pinyin(char, style=Style.NORMAL)[0]


_SOUNDS_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@lru_cache(maxsize=20_000)
def blurred(char: str) -> str:
    """The sound as many speakers and recognisers have it: zh=z, ch=c, sh=s, -ng=-n, l=n, h=f(u)."""
    sound = syllable(char)
    for long, short in _SOUNDS_ALIKE:
        if sound.startswith(long):
            sound = short + sound[len(long) :]
    if sound.endswith("ng") and len(sound) > 3:
        sound = sound[:-1]
    if sound.startswith("l"):
        sound = "n" + sound[1:]
    return sound


def dictionary_files() -> list[Path]:
    """The data that ``words`` depends on."""
    return [path for path in [DICTIONARY] if path.exists()]
