"""Plays a conversation written as data against the real model and actions, and says in plain words what differed.

A conversation is a YAML file: `title` (what must not break), optional `channel`, optional `start` (a point of the journey that was
reached before, see `starts.py`), and `steps`. A step has one of
`user` (typed text), `press` (a button by its title, or the start of it), `later` (hours that pass: after 45 minutes the next message
begins a new session), `restart` (the process forgets all but its database), `again` (the last message is delivered once more), `staff`
(the newest application is moved on: a status, and a reason if there is one), `elsewhere` (typed by somebody on another device, who
goes on from there; {reference} is the newest application of before, {code} the continue code that was shown), or `desk` (a person at
the desk: take, release, or the words said); with `user` or `press`, `back: true` says it on the device that was used before the last `elsewhere` or `back`;
and what must be true afterwards, never the wording:

- asks: the field being asked now (null: nothing is)       - form: the form that is open (null: none)
- answers: knowledge topics that were answered             - says: responses of the domain that were spoken
- not_says: responses that were not                        - fields: what the draft holds (null: nothing)
- slots: what the tracker holds                            - facts: pieces of text that must be heard (prices, dates, numbers)
- hides: pieces of text that must not be heard             - records: how many of each record this conversation has
- status: the newest application's status                  - bubbles: at most so many replies (default 3)
- offers: titles (or how they begin) of buttons on show    - consent: none, granted, refused, withdrawn
- silent: nothing was said (else something must be)        - unchanged: the draft is as it was before the step
- anew: the first reply has words that were not heard before

After each step, whatever it checks, no raw name and no unfilled value may be heard.
"""

from __future__ import annotations

import copy
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from rasa.core import processor

from hotline.brain import Brain
from hotline.business import process
from hotline.business.cases import NotDone
from hotline.business.references import spoken_form
from hotline.clock import FrozenClock
from hotline.runtime.attending import Attending
from hotline.store.journal import Outgoing
from tests.dialogues.starts import begin_at

HERE = Path(__file__).parent
_ACTIONS = ("user", "press", "later", "restart", "again", "staff", "elsewhere", "back", "desk")
_CHECKS = (
    "asks", "form", "answers", "says", "not_says", "fields", "slots", "facts", "hides", "records", "status", "bubbles",
    "offers", "consent", "silent", "unchanged", "anew",
)  # fmt: skip
#: names of ours that a customer must never read, and values that were not filled in
_RAW = re.compile(
    r"\b(?:utter|action|faq|validate)_\w+|\b[a-z]+_(?:form|calls|minutes|name|type|numbers?|rate|id|time)\b|\{\w*\}|(?<![A-Za-z])None(?![A-Za-z])"
)


class _Later:
    """The module `time` some seconds later: Rasa compares it with the last message to see if a session is over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def time(self) -> float:
        return time.time() + self.seconds


@contextmanager
def remembered_readings(brain: Brain) -> Iterator[None]:
    """The recogniser reads each sentence once (it always reads it the same): for tests that say few things often."""
    agent_processor = brain.agent.processor
    assert agent_processor is not None
    read, known = agent_processor._parse_message_with_graph, {}

    def remember(message: Any, *arguments: Any) -> Any:
        if message.text not in known:
            known[message.text] = read(message, *arguments)
        return {
            **copy.deepcopy(known[message.text]),
            "message_id": message.message_id,
            "metadata": message.metadata,
        }

    with mock.patch.object(agent_processor, "_parse_message_with_graph", remember):
        yield


def conversations() -> list[Path]:
    """All conversation files."""
    return sorted(HERE.glob("*/*.yml"))


@dataclass
class Player:
    """One conversation in progress."""

    brain: Brain
    channel: str = "web"
    cid: str = field(default_factory=lambda: f"dialogue-{uuid.uuid4().hex}")
    replies: list[Outgoing] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    last: tuple[str, str] = ("", "")
    away: float = 0.0  # seconds since the last message, beyond what the clock on the wall says
    other: tuple[str, dict[str, str]] = ("", {})  # the device used before, and the buttons on show there
    reference: str = ""
    code_shown: str = ""  # the words that a continue code was in
    complaints: list[str] = field(default_factory=list)
    before: set[str] = field(default_factory=set)  # what we said in earlier steps

    async def play(self, conversation: dict[str, Any]) -> list[str]:
        """Run all steps; what differed, in plain words (empty: nothing)."""
        self.channel = conversation.get("channel", self.channel)
        clock = self.brain.services.clock
        assert isinstance(clock, FrozenClock)
        clock.reset()  # whoever played before may have let days pass
        if "start" in conversation:
            begin_at(self.brain.services, self.cid, conversation["start"])
        for number, step in enumerate(conversation["steps"], start=1):
            unknown = set(step) - set(_ACTIONS) - set(_CHECKS)
            if unknown:
                raise ValueError(f"step {number}: unknown keys {sorted(unknown)}")
            before, held = len(self.complaints), self.draft_fields()
            said = await self.act(step)
            if step.get("unchanged"):
                self._equal("草稿", self.draft_fields(), held)
            await self.check(step)
            self.before |= {str(reply.payload.get("text", "")) for reply in self.replies}
            for index in range(before, len(self.complaints)):
                self.complaints[index] = f"第 {number} 步 “{said}”：{self.complaints[index]}\n{self.heard()}"
        return self.complaints

    async def act(self, step: dict[str, Any]) -> str:
        """Say, press, wait or repeat."""
        if "later" in step:
            clock = self.brain.services.clock
            assert isinstance(clock, FrozenClock)
            clock.advance(hours=step["later"])
            self.away += step["later"] * 3600
            return f"{step['later']} 小时以后"
        if "restart" in step:
            self.brain.agent.tracker_store.drop(self.cid)  # type: ignore[attr-defined]
            return "服务重启以后"
        if "staff" in step:
            return self.staff(*step["staff"].split())
        if step.get("back"):
            (self.cid, self.buttons), self.other = self.other, (self.cid, self.buttons)
        if "elsewhere" in step:
            own = self.brain.services.applications.own(self.cid)
            self.reference = own[0].reference if own else self.reference
            known = {"reference": spoken_form(self.reference), "code": self.code()}
            self.other = (self.cid, self.buttons)
            self.cid, self.buttons = f"dialogue-{uuid.uuid4().hex}", {}
            step = {"user": step["elsewhere"].format(**known)}
        if "desk" in step:
            return await self.at_the_desk(step["desk"])
        if "again" in step:
            text, client_id = self.last
        else:
            text = step["user"] if "user" in step else self.button(step["press"])
            client_id = uuid.uuid4().hex
        self.last = (text, client_id)
        await self.send(text, client_id)
        return str(step.get("user") or step.get("press") or "（重发）")

    def staff(self, status: str, reason: str = "desk") -> str:
        """A reviewer moves the newest application on; nobody is told by itself."""
        applications = self.brain.services.applications
        reference = applications.own(self.cid)[0].reference
        moved = applications.advance(reference, status, actor=process.OPERATOR, reason=reason)
        assert not isinstance(moved, NotDone), moved
        self.replies = []
        return f"审核：{status} {reason}"

    async def at_the_desk(self, what: str) -> str:
        """A person takes the conversation, says something, or gives it back; his words are the replies."""
        sv, runner = self.brain.services, self.brain.runner
        handoff, before = sv.handoffs.current(self.cid), self.brain.journal.last(self.cid)
        assert handoff is not None, "nobody was called"
        attending = Attending(sv.handoffs, self.brain.journal, runner.tokens, runner.phrases)
        if what == "take":
            done: object = attending.take(handoff.handoff_id, "客服甲")
        elif what == "release":
            done = attending.release(handoff.handoff_id, "客服甲", "已解释")
        else:
            done = attending.say(handoff.handoff_id, "客服甲", what)
        assert not isinstance(done, NotDone), done
        self.replies = await runner.since(self.cid, before)
        shown = {b["title"]: b["payload"] for r in self.replies for b in r.payload.get("buttons", [])}
        self.buttons = shown or self.buttons
        return f"客服：{what}"

    def code(self) -> str:
        """The continue code that was shown last."""
        found = [re.search(r"(?<!\d)\d{6}(?!\d)", text) for text in (self.heard(), self.code_shown)]
        return next((each.group() for each in found if each), "")

    async def send(self, text: str, client_id: str | None = None) -> None:
        """One message, as long after the last one as `away` says."""
        with mock.patch.object(processor, "time", _Later(self.away)):
            self.replies = await self.brain.runner.handle(
                self.cid, client_id or uuid.uuid4().hex, text, self.channel
            )
        self.away = 0.0
        shown = {b["title"]: b["payload"] for r in self.replies for b in r.payload.get("buttons", [])}
        self.buttons = shown or self.buttons
        self.code_shown = next((text for text in [self.heard()] if "继续码" in text), self.code_shown)

    async def tap(self, payload: str) -> None:
        """Press a button with this meaning, whether or not it is on show."""
        await self.send(self.brain.runner.tokens.issue(self.cid, payload, issued=None))

    def draft_fields(self) -> dict[str, Any]:
        """What the draft holds."""
        return dict(self.brain.services.applications.draft(self.cid).fields)

    def button(self, title: str) -> str:
        """What the button with this title (or the first that begins so) sends."""
        if title in self.buttons:
            return self.buttons[title]
        for shown, payload in self.buttons.items():
            if shown.startswith(title):
                return payload
        raise AssertionError(f"没有按钮“{title}”，只有：{list(self.buttons)}")

    def heard(self) -> str:
        """All replies of this step as text."""
        return "\n".join(f"    助手：{reply.payload.get('text', '')}" for reply in self.replies)

    async def check(self, step: dict[str, Any]) -> None:
        """Compare; complaints are collected."""
        tracker = await self.brain.agent.tracker_store.retrieve(self.cid)
        spoken, topics = self._spoken(tracker), self._topics()
        draft = self.brain.services.applications.draft(self.cid)
        text = "\n".join(str(reply.payload.get("text", "")) for reply in self.replies)
        form = tracker.active_loop_name if tracker else None
        moved = "later" in step or "restart" in step or "staff" in step
        if step.get("silent"):
            self._true(not self.replies, "应当不说话")
        elif not self.replies and not moved:
            self._complain("没有任何回复")
        for raw in self.raw_names():
            self._complain(f"说出了内部名字 “{raw}”")
        if len(self.replies) > step.get("bubbles", 3):
            self._complain(f"一轮说了 {len(self.replies)} 段话")
        if "asks" in step:
            asked = tracker.get_slot("requested_slot") if tracker and form else None
            self._equal("在问的字段", asked, step["asks"])
        if "form" in step:
            self._equal("打开的表单", form, step["form"])
        if step.get("anew"):
            first = self.replies[0].payload.get("text", "") if self.replies else ""
            self._true(first not in self.before, "和前面说过的一字不差")
        for topic in _listed(step.get("answers")):
            self._true(topic in topics, f"没有回答 {topic}，回答了 {topics}")
        for name in _listed(step.get("says")):
            self._true(name in spoken, f"没有说 {name}，说了 {spoken}")
        for name in _listed(step.get("not_says")):
            self._true(name not in spoken, f"不该说 {name}")
        for title in _listed(step.get("offers")):
            shown = [b["title"] for r in self.replies for b in r.payload.get("buttons", [])]
            self._true(any(each.startswith(title) for each in shown), f"没有按钮“{title}”，只有 {shown}")
        if "consent" in step:
            self._equal("同意", draft.consent, step["consent"])
        for name, value in (step.get("fields") or {}).items():
            self._equal(f"草稿里的 {name}", draft.get(name), value)
        for name, value in (step.get("slots") or {}).items():
            self._equal(f"槽 {name}", tracker.get_slot(name) if tracker else None, value)
        for fact in _listed(step.get("facts")):
            self._true(str(fact) in text, f"没有听到 “{fact}”")
        for hidden in _listed(step.get("hides")):
            self._true(str(hidden) not in text, f"不该听到 “{hidden}”")
        for kind, count in (step.get("records") or {}).items():
            self._equal(f"{kind} 的条数", self._records(kind), count)
        if "status" in step:
            own = self.brain.services.applications.own(self.cid)
            self._equal("申请状态", own[0].status if own else None, step["status"])

    def raw_names(self) -> list[str]:
        """Names of ours in what was said or shown."""
        heard = [str(reply.payload.get("text", "")) for reply in self.replies]
        heard += [b["title"] for reply in self.replies for b in reply.payload.get("buttons", [])]
        return [found.group() for text in heard for found in _RAW.finditer(text)]

    def _spoken(self, tracker: Any) -> list[str]:
        names: list[str] = []
        for event in reversed(list(tracker.events) if tracker else []):
            if event.type_name == "user":
                break
            if event.type_name == "bot":
                names.insert(0, str(event.metadata.get("utter_action")))
        return names

    def _topics(self) -> list[str]:
        cards = [reply.payload.get("custom") or {} for reply in self.replies]
        return [str(card["topic"]) for card in cards if card.get("type") == "answer"]

    def _records(self, kind: str) -> int:
        sv = self.brain.services
        counters = {
            "applications": lambda: len(sv.applications.own(self.cid)),
            "handoffs": lambda: 1 if sv.handoffs.current(self.cid) else 0,
            "callbacks": lambda: len(sv.callbacks.of(self.cid)),
        }
        return int(counters[kind]())

    def _equal(self, what: str, found: Any, wanted: Any) -> None:
        same = (
            sorted(found) == sorted(wanted)
            if isinstance(found, list) and isinstance(wanted, list)
            else found == wanted
        )
        self._true(same, f"{what}应是 {wanted!r}，实际是 {found!r}")

    def _true(self, condition: bool, otherwise: str) -> None:
        if not condition:
            self._complain(otherwise)

    def _complain(self, text: str) -> None:
        self.complaints.append(text)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def read(path: Path) -> dict[str, Any]:
    """One conversation file."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(data, dict) and data.get("title") and data.get("steps"), (
        f"{path}: title 和 steps 缺一不可"
    )
    return data
