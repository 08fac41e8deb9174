"""A siege: many customers talk over HTTP to a real server that is killed again and again; then the books are checked.

A customer sends a message under an id of its own until it is answered, as the widget does. After the siege nothing
that was acknowledged may be missing, and nothing may be there twice. `python tests/runtime/siege.py` is the soak.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from sqlalchemy import select

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.processes import Process, product  # noqa: E402
from hotline import services  # noqa: E402
from hotline.services import Services  # noqa: E402
from hotline.settings import Settings  # noqa: E402
from hotline.store.journal import Journal, turn_id_of  # noqa: E402
from hotline.store.models.numbers import Number as STOCK  # noqa: E402
from hotline.store.trackers import TrackerLog  # noqa: E402

JOURNEY = ROOT / "tests" / "dialogues" / "journey" / "from_greeting_to_reference_number.yml"
PATIENCE = 900.0  # seconds that a customer goes on asking: on a busy machine twelve starts take minutes
LONGEST_PAUSE = 3.0  # seconds between two attempts
#: each who wants a number wants another one: two who are shown the same are not both to have it
TAILS = [tail for tail in (f"{n:03d}" for n in range(1000)) if len(set(tail)) == 3]
Step = dict[str, Any]
Replies = list[dict[str, Any]]


def applicant(number: int) -> list[Step]:
    """From the greeting to the reference number, with a wish of his own for the number."""
    steps = yaml.safe_load(JOURNEY.read_text(encoding="utf-8"))["steps"]
    wish = {"user": f"尾号{TAILS[2 * number]}"}
    return [wish if "尾号" in step.get("user", "") else step for step in steps]


def reserver(number: int) -> list[Step]:
    """Looks for a number and keeps it, with a question before and after."""
    ask = {"user": "审核要多久"}
    return [ask, {"user": f"找个尾号{TAILS[2 * number + 1]}的号码"}, {"press": "预占"}, ask]


def asker(number: int) -> list[Step]:
    """Asks, tells two facts, asks on."""
    facts = {"user": f"我们公司在杭州，每月大概{1000 + number}分钟"}
    return [
        {"user": "400电话是什么"},
        facts,
        {"user": "需要什么材料"},
        {"user": "怎么收费"},
        {"user": "谢谢"},
    ]


@dataclass
class Customer:
    """One conversation and what it was told."""

    name: str
    steps: list[Step]
    acknowledged: list[tuple[str, Replies]] = field(default_factory=list)
    retries: int = 0
    refusal: str = ""  # why the last attempt was none

    def buttons(self) -> dict[str, str]:
        """What can be pressed now: title → payload."""
        last = self.acknowledged[-1][1] if self.acknowledged else []
        return {b["title"]: b["payload"] for reply in last for b in reply.get("buttons", [])}

    def words(self, step: Step) -> str:
        """What a step sends. Raises AssertionError when the button it presses was not offered."""
        if "user" in step:
            return str(step["user"])
        offered = self.buttons()
        for title, payload in offered.items():
            if title.startswith(step["press"]):
                return payload
        raise AssertionError(
            f"{self.name}: no button {step['press']!r} after {len(self.acknowledged)} turns; "
            f"offered {list(offered)}; told {[r.get('text', '')[:80] for r in self.acknowledged[-1][1]]}"
        )

    def told(self, kind: str) -> list[Any]:
        """The typed cards of one kind that he was shown."""
        cards = [reply.get("custom") or {} for _, replies in self.acknowledged for reply in replies]
        return [card for card in cards if card.get("type") == kind]


@dataclass
class Siege:
    """The server, its customers, and how often it was killed."""

    server: Process
    url: str
    customers: list[Customer]
    kills: int
    dice: random.Random
    busy: str
    killed: int = 0
    starts: list[float] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        return sum(len(customer.acknowledged) for customer in self.customers)

    async def run(self) -> None:
        """Let all customers come to their end while the server is killed at random moments."""
        self.server.start()
        await asyncio.to_thread(self.server.wait_ready)
        killer = asyncio.create_task(self._kill())
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as web:
            await asyncio.gather(*(self._talk(customer, web) for customer in self.customers))
        await killer

    async def _kill(self) -> None:
        """Each kill comes after a random number of further answers and a random moment more."""
        total = sum(len(customer.steps) for customer in self.customers)
        moments = sorted(self.dice.sample(range(total // 50, total * 9 // 10), self.kills))
        for moment in moments:
            while self.acknowledged < moment:  # noqa: ASYNC110 - a count, and no event for each value of it
                await asyncio.sleep(0.005)
            await asyncio.sleep(self.dice.uniform(0, 0.05))
            self.server.kill()
            self.killed += 1
            self.server.start()
            self.starts.append(await asyncio.to_thread(self.server.wait_ready))

    async def _talk(self, customer: Customer, web: aiohttp.ClientSession) -> None:
        for place, step in enumerate(customer.steps):
            client_id = f"{customer.name}-{place}"
            replies = await self._send(customer, client_id, customer.words(step), web)
            customer.acknowledged.append((client_id, replies))

    async def _send(
        self, customer: Customer, client_id: str, text: str, web: aiohttp.ClientSession
    ) -> Replies:
        message = {"sender": customer.name, "message": text, "message_id": client_id}
        deadline, pause = time.monotonic() + PATIENCE, 0.4
        while time.monotonic() < deadline:
            try:
                async with web.post(self.url, json=message, timeout=aiohttp.ClientTimeout(40)) as answer:
                    replies = await answer.json()
                    if answer.status == 200 and not any(r.get("text") == self.busy for r in replies):
                        return [{k: v for k, v in r.items() if k != "recipient_id"} for r in replies]
                    customer.refusal = f"{answer.status}: {replies}"
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                customer.refusal = repr(error)
            customer.retries += 1
            await asyncio.sleep(pause * self.dice.uniform(0.5, 1.5))
            pause = min(pause * 2, LONGEST_PAUSE)  # hundreds who knock at once keep the server from starting
        raise AssertionError(f"{client_id}: no answer within {PATIENCE:.0f} s, last {customer.refusal}")


def complaints(siege: Siege, sv: Services) -> Iterator[str]:
    """What is wrong in the books after the siege: nothing, if all is well."""
    journal = Journal(TrackerLog(sv.database, sv.vault))
    for customer in siege.customers:
        yield from _journal(customer, journal)
    yield from _reservations(siege.customers, sv)
    yield from _applications(siege.customers, sv)
    yield from _facts(siege.customers, sv)
    if left := journal.unfinished():
        yield f"{len(left)} messages were received and never answered"


def _journal(customer: Customer, journal: Journal) -> Iterator[str]:
    name = customer.name
    expected: Replies = []
    for client_id, replies in customer.acknowledged:
        kept = [reply.payload for reply in journal.replies(turn_id_of(name, client_id))]
        if kept != replies:
            yield f"{client_id}: told {replies}, kept {kept}"
        expected += kept
    said = journal.since(name, 0, limit=10_000)
    if [reply.seq for reply in said] != list(range(1, len(expected) + 1)):
        yield f"{name}: outbox numbers {[reply.seq for reply in said]} for {len(expected)} replies"
    heard = [event.get("message_id") for event in journal.log.full(name) if event["event"] == "user"]
    if heard != [client_id for client_id, _ in customer.acknowledged]:
        yield f"{name}: the tracker has the messages {heard}"


def _reservations(customers: Sequence[Customer], sv: Services) -> Iterator[str]:
    """Who pressed "预占" and went on was told that the number is his: it is, and nobody else holds any."""
    keepers = [c for c in customers if any(step.get("press") == "预占" for step in c.steps)]
    held = {c.name: sv.applications.draft(c.name) for c in keepers}
    numbers = Counter(draft.reserved_number for draft in held.values())
    with sv.database.session(read_only=True) as session:
        holders = dict(
            session.execute(select(STOCK.number, STOCK.holder).where(STOCK.holder.is_not(None))).all()
        )
    for name, draft in held.items():
        number = draft.reserved_number
        if number is None or numbers[number] > 1:
            yield f"{name}: holds {number}, which {numbers[number]} customers hold"
            continue
        if holders.get(number) != draft.draft_id:
            yield f"{name}: {number} is held by somebody else in the inventory"
    if len(holders) != len(keepers):
        yield f"{len(holders)} numbers are held for {len(keepers)} customers"


def _applications(customers: Sequence[Customer], sv: Services) -> Iterator[str]:
    total = 0
    for customer in customers:
        references = {
            card["reference"].replace("-", "").replace(" ", "") for card in customer.told("submitted")
        }
        own = sv.applications.own(customer.name)
        total += len(own)
        if {a.reference.replace("-", "") for a in own} != references or len(own) != len(references):
            yield f"{customer.name}: told {references}, has {[a.reference for a in own]}"
        for application in own:
            if len(steps := sv.applications.history(application.reference)) != 1:
                yield f"{customer.name}: {len(steps)} steps in the history of {application.reference}"
    applicants = sum(1 for c in customers if any(step.get("press") == "确认提交" for step in c.steps))
    if total != applicants:
        yield f"{total} applications of {applicants} customers"


def _facts(customers: Sequence[Customer], sv: Services) -> Iterator[str]:
    for customer in customers:
        if customer.name.startswith("asker-"):
            minutes = sv.applications.draft(customer.name).get("monthly_minutes")
            wanted = 1000 + int(customer.name.partition("-")[2])
            if minutes != wanted:
                yield f"{customer.name}: told {wanted} minutes, the draft holds {minutes}"


def crowd(applicants: int, reservers: int, askers: int) -> list[Customer]:
    """So many customers of each kind. No two wish for the same number."""
    kinds = (
        ("applicant", applicant, applicants),
        ("reserver", reserver, reservers),
        ("asker", asker, askers),
    )
    return [Customer(f"{kind}-{n}", make(n)) for kind, make, count in kinds for n in range(count)]


async def besiege(
    folder: Path, port: int, kills: int, customers: list[Customer], seed: int, database_url: str = ""
) -> Siege:
    """Run a siege and raise AssertionError with everything that is wrong afterwards. No address: on SQLite."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    busy = domain["responses"]["utter_system_busy"][0]["text"]
    settings = {"sender_burst": "0", "sample_numbers": "20000", "action_seconds": "30"}
    server = product(folder / "var", port, database_url=database_url, **settings)
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    siege = Siege(server, url, customers, kills, random.Random(seed), busy)
    try:
        await siege.run()
    finally:
        server.stop()
    sv = services.build(Settings(var=folder / "var", database_url=database_url))
    try:
        wrong = list(complaints(siege, sv))
    finally:
        sv.close()
    assert not wrong, f"seed {seed}: {len(wrong)} faults\n" + "\n".join(wrong[:20])
    return siege


def main() -> None:
    """The soak: more customers, more kills, until done."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--port", type=int, default=5339)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for turn in range(options.rounds):
        seed = random.SystemRandom().randrange(10**6)
        with tempfile.TemporaryDirectory() as folder:
            started = time.monotonic()
            kills = options.kills // options.rounds
            crowded = crowd(90, 90, 320)
            siege = asyncio.run(besiege(Path(folder), options.port, kills, crowded, seed))
            print(
                f"round {turn + 1}: seed {seed}, {siege.killed} kills, {siege.acknowledged} turns, "
                f"{sum(c.retries for c in siege.customers)} retries, {time.monotonic() - started:.0f} s, "
                f"of which {sum(siege.starts):.0f} s without a server: all is well",
                flush=True,
            )


if __name__ == "__main__":
    main()
