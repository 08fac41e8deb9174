"""A hundred ways to smuggle markup or script, and a message of every kind with one of them in each of its fields."""

from __future__ import annotations

from itertools import product
from typing import Any

_CALL = "window.__xss=1"
_TAGS = (
    "<script>{0}</script>",
    "<img src=x onerror={0}>",
    "<svg onload={0}>",
    "<svg><script>{0}</script></svg>",
    "<iframe srcdoc='<script>parent.{0}</script>'></iframe>",
    "<body onload={0}>",
    "<input autofocus onfocus={0}>",
    "<details open ontoggle={0}>",
    "<math><mtext><img src onerror={0}></mtext></math>",
    "<a href='javascript:{0}'>点</a>",
    "<form action='javascript:{0}'><button>x</button></form>",
    "<style>@import 'javascript:{0}';</style>",
    "<link rel=stylesheet href='javascript:{0}'>",
    "<object data='javascript:{0}'></object>",
    "<embed src='javascript:{0}'>",
    "<template><script>{0}</script></template>",
    "<video><source onerror={0}></video>",
    "<marquee onstart={0}>",
    "<meta http-equiv=refresh content='0;url=javascript:{0}'>",
    "<base href='javascript:{0}//'>",
)
_WRAPS = ("{}", '">{}', "'>{}", "</textarea></title>{}", "--><![CDATA[{}]]>")
_LINKS = (
    "javascript:{0}",
    "JaVaScRiPt:{0}",
    "java\tscript:{0}",
    "data:text/html,<script>{0}</script>",
    "vbscript:{0}",
    "blob:https://x/{0}",
    "//evil.example/{0}",
    'https://evil.example/"onmouseover={0}',
)
PAYLOADS: tuple[str, ...] = tuple(wrap.format(tag.format(_CALL)) for tag, wrap in product(_TAGS, _WRAPS))
LINKS: tuple[str, ...] = tuple(link.format(_CALL) for link in _LINKS)
assert len(PAYLOADS) == 100


def lines(evil: str) -> list[dict[str, Any]]:
    """One line of every kind, with `evil` wherever a text may stand."""
    button = {"title": evil, "payload": evil}
    custom: list[dict[str, Any]] = [
        {
            "type": "answer",
            "ask": evil,
            "blocks": [
                {"type": "text", "text": evil, "title": evil},
                {"type": "note", "text": evil},
                {"type": "list", "items": [evil], "title": evil},
                {"type": "steps", "items": [evil]},
                {"type": "table", "head": [evil, evil], "rows": [[evil, evil]]},
                {"type": evil, "text": evil},
            ],
        },
        {"type": "comparison", "head": [evil, evil], "rows": [[evil, evil]]},
        {
            "type": "plan_card",
            "title": evil,
            "hint": evil,
            "cost": evil,
            "rows": [[evil, evil]],
            "notes": [evil],
            "ask": evil,
            "curve": {
                "far": 100,
                "high": 100,
                "planned": {"low": 1, "high": evil},
                "lines": [{"name": evil, "cost": evil, "chosen": True, "points": [[0, evil], [evil, 5]]}],
            },
        },
        {"type": "number_cards", "numbers": [{"shown": evil, "good": evil, "price": evil, **button}]},
        {"type": "checklist", "items": [{"name": evil, "need": evil, "done": False, "upload": True}]},
        {"type": "summary", "rows": [["联系人", evil], [evil, evil]]},
        {"type": "submitted", "reference": evil},
        {"type": "consent"},
        {"type": "field", "field": evil, "label": evil, "input": evil, "autocomplete": evil, "example": evil},
        {"type": "when", "days": [{"value": evil, "title": evil}], "parts": [{"value": evil, "title": evil}]},
        {"type": evil, "text": evil},
        {"type": "__proto__", "text": evil},
        {"type": "constructor"},
    ]
    said = [{"text": evil, "buttons": [button], "image": evil, "custom": each} for each in custom]
    return [
        *({**each, "from": "bot"} for each in said),
        {"from": "desk", "text": evil},
        {"from": "system", "text": evil},
    ]
