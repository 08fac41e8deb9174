"""A conversation in the terminal, through the same turns as every channel. Buttons are chosen by ``#number``."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

from hotline import serve, starting
from hotline.settings import Settings

if TYPE_CHECKING:
    from hotline.brain import Brain

CHANNEL = "terminal"


def chat(settings: Settings) -> None:
    """Talk until the end of input or Ctrl-C, also beside a running server: the conversation is one of its own, kept
    between runs, and takes over nobody's messages. Raises NotReady."""
    starting.ask_redis(settings)
    settings.make_var()
    with starting.one_terminal(settings):
        _chat(settings)


def _chat(settings: Settings) -> None:
    sv = serve.prepare(settings)
    from hotline.runtime import logs, no_tensorflow

    logs.configure()
    no_tensorflow.step_in()
    from hotline import brain

    print("正在载入模型 …", flush=True)
    try:
        loaded = brain.load(sv)
    except Exception as error:
        raise starting.not_loaded(error, settings) from error
    name = settings.var / "terminal.id"
    if not name.exists():
        name.write_text(uuid.uuid4().hex)
    loop = asyncio.new_event_loop()
    try:
        _talk(loop, loaded, f"terminal-{name.read_text().strip()}")
    except KeyboardInterrupt:
        print("\n再见。")
    finally:
        loop.run_until_complete(loaded.runner.drain())
        loop.close()
        sv.close()


def _talk(loop: asyncio.AbstractEventLoop, loaded: Brain, conversation: str) -> None:
    """Reply by reply. The line is read between them and not in a thread, which no Ctrl-C could end."""
    print("（直接打字；选按钮打 #1、#2；Ctrl-D 结束）\n")
    buttons: list[dict[str, str]] = []
    text = "您好"
    while True:
        replies = loop.run_until_complete(loaded.runner.handle(conversation, uuid.uuid4().hex, text, CHANNEL))
        buttons = []
        for reply in replies:
            print(f"助手：{reply.payload.get('text', '')}")
            for button in reply.payload.get("buttons", []):
                buttons.append(button)
                print(f"      #{len(buttons)} {button['title']}")
        try:
            text = input("\n您：").strip()
        except EOFError:
            print("\n再见。")
            return
        chosen = text[1:] if text.startswith("#") else ""  # a bare number may be an answer
        if chosen.isdigit() and 1 <= int(chosen) <= len(buttons):
            text = buttons[int(chosen) - 1]["payload"]
