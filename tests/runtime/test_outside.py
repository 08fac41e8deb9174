"""What comes from outside is made fit to be kept."""

from __future__ import annotations

from hotline.channels.outside import whole


def test_half_characters_are_replaced_wherever_they_stand() -> None:
    sent = {"text": "好\ud83d", "list": ["\udc00", 1, None], "k\ud800": {"deep": "😀"}}
    clean = whole(sent)
    assert clean == {"text": "好\ufffd", "list": ["\ufffd", 1, None], "k\ufffd": {"deep": "😀"}}
    str(clean).encode()
