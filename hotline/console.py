"""A conversation in the terminal, through the same turns as every channel. Buttons are chosen by ``#number``."""

from __future__ import annotations

import asyncio
import uuid

from hotline import serve
from hotline.settings import Settings

CHANNEL = "terminal"


def chat(settings: Settings) -> None:
    """Talk until the end of input or Ctrl-C. Keeps the conversation between runs."""
    sv = serve.prepare(settings)
    from hotline.runtime import logs, no_tensorflow

    logs.configure()
    no_tensorflow.step_in()
    from hotline import brain

    loaded = brain.load(sv)
    name = settings.var / "terminal.id"
    if not name.exists():
        name.write_text(uuid.uuid4().hex)
    try:
        asyncio.run(_talk(loaded, f"terminal-{name.read_text().strip()}"))
    finally:
        sv.close()


async def _talk(loaded: object, conversation: str) -> None:
    from hotline.brain import Brain

    assert isinstance(loaded, Brain)
    print("（直接打字；选按钮打 #1、#2；Ctrl-D 结束）\n")
    buttons: list[dict[str, str]] = []
    text = "您好"
    while True:
        replies = await loaded.runner.handle(conversation, uuid.uuid4().hex, text, CHANNEL)
        buttons = []
        for reply in replies:
            print(f"助手：{reply.payload.get('text', '')}")
            for button in reply.payload.get("buttons", []):
                buttons.append(button)
                print(f"      #{len(buttons)} {button['title']}")
        try:
            text = (await asyncio.to_thread(input, "\n您：")).strip()
        except (EOFError, KeyboardInterrupt):
            print("\n再见。")
            return
        chosen = text[1:] if text.startswith("#") else ""  # a bare number may be an answer
        if chosen.isdigit() and 1 <= int(chosen) <= len(buttons):
            text = buttons[int(chosen) - 1]["payload"]
