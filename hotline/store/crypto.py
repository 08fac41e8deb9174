"""Encryption at rest and keyed hashes to search by.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the place of the value is authenticated with it.
Two keys are derived from the one in the settings (HKDF, RFC 5869), so that hashes say nothing about texts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE = 12
_ID = 4


class VaultError(Exception):
    """A value that does not open: other key, other place, or changed bytes. Never carries the value."""


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"hotline-400/" + purpose).derive(key)


class Vault:
    """Encrypts, decrypts and fingerprints with one key of 32 bytes.

    `previous` keys only decrypt: after a key change, old rows stay readable until they are rewritten.
    """

    def __init__(self, key: bytes, previous: tuple[bytes, ...] = ()) -> None:
        if any(len(each) != KEY_BYTES for each in (key, *previous)):
            raise VaultError(f"a key has {KEY_BYTES} bytes")
        self._id = _key_id(key)
        self._ciphers = {_key_id(each): AESGCM(_derive(each, b"encrypt")) for each in (*previous, key)}
        self._mac = _derive(key, b"fingerprint")

    def encrypt_bytes(self, plain: bytes, context: str) -> bytes:
        """key id (4) + nonce (12) + ciphertext and tag."""
        nonce = os.urandom(_NONCE)
        return self._id + nonce + self._ciphers[self._id].encrypt(nonce, plain, context.encode())

    def decrypt_bytes(self, sealed: bytes, context: str) -> bytes:
        """Raises VaultError when key, context or bytes are not those of the encryption."""
        key_id, nonce, body = sealed[:_ID], sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        cipher = self._ciphers.get(key_id)
        if cipher is None or len(nonce) < _NONCE:
            raise VaultError(
                f"{context}: encrypted with another key (HOTLINE_DATA_KEY or var/data.key changed?)"
            )
        try:
            return cipher.decrypt(nonce, body, context.encode())
        except InvalidTag:
            raise VaultError(f"{context}: the stored value was changed or moved") from None

    def encrypt(self, text: str, context: str) -> str:
        """Like `encrypt_bytes`, for text in and text out (URL-safe base64)."""
        return base64.urlsafe_b64encode(self.encrypt_bytes(text.encode(), context)).decode()

    def decrypt(self, sealed: str, context: str) -> str:
        """Opens what `encrypt` made for the same context. Raises VaultError."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
        except (binascii.Error, ValueError):
            raise VaultError(f"{context}: not an encrypted value") from None
        return self.decrypt_bytes(raw, context).decode()

    def fingerprint(self, value: str, purpose: str) -> str:
        """A keyed hash (HMAC-SHA-256, 64 hex digits) to find equal values by; differs by purpose."""
        return hmac.new(self._mac, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"hotline-400/key-id" + key).digest()[:_ID]


def parse_key(text: str) -> bytes:
    """A key as it stands in the environment or a key file: base64 (either alphabet) or hex of 32 bytes.

    Raises VaultError with what is expected, not with the text.
    """
    text = text.strip()
    try:
        if len(text) == 2 * KEY_BYTES:
            return bytes.fromhex(text)
        key = base64.b64decode(
            text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True
        )
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError(f"密钥应为 {KEY_BYTES} 字节的 base64 或十六进制")
    return key


def _key_at(place: object, text: str) -> bytes:
    try:
        return parse_key(text)
    except VaultError as error:
        raise VaultError(f"{place}：{error}") from None


def key_from(text: str, file: Path, setting: str) -> tuple[bytes, bool]:
    """The key that `setting` gave as `text`, else of `file`, else a new one written there (mode 0600).

    Returns the key and whether it was made just now: the caller then says what losing the file means
    (everything personal in the database becomes unreadable). Raises VaultError, with the place of what is no key.
    """
    if text:
        return _key_at(setting, text), False
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _key_at(file, file.read_text(encoding="utf-8", errors="replace")), False
    with os.fdopen(handle, "wb") as out:
        out.write(base64.urlsafe_b64encode(key := os.urandom(KEY_BYTES)) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return key, True
