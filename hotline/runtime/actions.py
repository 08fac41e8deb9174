"""Rasa's custom actions in Rasa's own process: no HTTP, no second process, a time limit, never silence."""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import time
from collections.abc import Awaitable, Iterable, MutableSequence
from typing import TYPE_CHECKING, Any

import structlog
from rasa.core.actions.action import ActionExecutionRejection as RasaRejection
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hotline.runtime import metrics
from hotline.runtime.events import decode
from hotline.runtime.stages import stage
from hotline.runtime.unit import GivenUp
from hotline.store.permits import Permit, TooLate, permit

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.domain import Domain

log = structlog.get_logger(__name__)

Dicts = list[dict[str, Any]]
APOLOGY = "utter_system_busy"
ACTION_SECONDS = 5.0
#: what fails because something that the action needs is away, and may be there the next time
PASSING = (OperationalError, InterfaceError, InternalError, PoolTimeout, TooLate, OSError)


class InProcessActions(EndpointConfig):
    """The action "server" as an object: give it to ``Agent`` as ``action_endpoint``, or ``install`` it.

    An action with a method ``run_in_time`` (as ``run``, and then how many seconds, and what to ask when they are over,
    see ``hotline.threads.Pool.run``) keeps its time itself, which costs less.

    An action that takes longer than ``seconds``, or whose database, disk or network fails it, ends its turn: nothing
    of the turn is kept, the customer is told, and the same message may come again. After that the action can commit
    nothing any more; one that has committed already is given ``seconds`` more to say so. An action with a fault of
    its own, which would fail each time, is answered with an apology and the turn goes on; a validator then refuses
    what it should have checked, so that nothing unchecked becomes a slot.
    """

    def __init__(
        self,
        package: str | None = "actions",
        seconds: float = ACTION_SECONDS,
        executor: ActionExecutor | None = None,
    ) -> None:
        # the domain is put in here, once for all calls, instead of being serialised for each
        super().__init__(url="in-process", selective_domain=True)
        self.seconds = seconds
        self.executor = executor or ActionExecutor()
        if package and executor is None:
            self.executor.register_package(package)
        self._domain: Domain | None = None
        self._domain_dict: dict[str, Any] = {}

    def use_domain(self, domain: Domain | None) -> None:
        """Take the domain that actions are given (validators read their slots from it)."""
        if domain is not self._domain:
            self._domain, self._domain_dict = domain, domain.as_dict() if domain else {}

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run one action. Raises ClientResponseError(400) for a rejection, as an action server would."""
        return await self.call(kwargs["json"])

    async def call(self, call: dict[str, Any]) -> dict[str, Any]:
        """Run the action that ``call`` names; its events and responses, or an apology. Raises GivenUp."""
        name = call["next_action"]
        tracker = Tracker.from_dict(call["tracker"])
        try:
            events, responses = await self.act(name, tracker, call.get("domain"))
        except ActionExecutionRejection as rejection:
            body = json.dumps({"action_name": rejection.action_name, "error": rejection.message})
            raise ClientResponseError(400, rejection.message, body) from rejection
        return {"events": events, "responses": responses}

    async def act(
        self, name: str, tracker: Tracker, domain: dict[str, Any] | None = None
    ) -> tuple[Dicts, Dicts]:
        """Run the action called `name`: its events and responses, or an apology.

        Raises rasa_sdk's ActionExecutionRejection, which is an answer and no failure, and GivenUp.
        """
        started = time.perf_counter()
        dispatcher = CollectingDispatcher()
        try:
            action = self.executor.actions.get(name)
            if action is None:
                raise ActionNotFoundException(name)
            given = self._domain_dict if domain is None else domain
            with permit(name) as allowed:
                in_time = getattr(getattr(action, "__self__", None), "run_in_time", None)
                if in_time is not None:
                    longer = functools.partial(self._longer, allowed)
                    made = await in_time(dispatcher, tracker, given, self.seconds, longer)
                else:
                    made = action(dispatcher, tracker, given)
                    if inspect.isawaitable(made):
                        made = await self._in_time(made, allowed)
            return self.executor.validate_events(made or [], name), dispatcher.messages
        except ActionExecutionRejection:
            raise
        except asyncio.TimeoutError:
            log.error("action.timeout", action=name, seconds=self.seconds)
            metrics.ACTION_FAILURES.labels(name, "timeout").inc()
            raise GivenUp(f"{name}: timeout") from None
        except PASSING as error:
            log.exception("action.failed", action=name)
            metrics.ACTION_FAILURES.labels(name, "unavailable").inc()
            raise GivenUp(f"{name}: {type(error).__name__}") from error
        except Exception:
            log.exception("action.failed", action=name)
            metrics.ACTION_FAILURES.labels(name, "error").inc()
            return self._apology(name, tracker)
        finally:
            metrics.of(metrics.ACTION_SECONDS, name).observe(time.perf_counter() - started)

    async def _in_time(self, made: Awaitable[Any], allowed: Permit) -> Any:
        """The result. Raises TimeoutError when it takes too long; from then on no commit is allowed."""
        task = asyncio.ensure_future(made)
        try:
            await asyncio.wait({task}, timeout=self.seconds)
            if not task.done() and self._longer(allowed):
                await asyncio.wait({task}, timeout=self.seconds)
            if not task.done():
                raise asyncio.TimeoutError
            return task.result()
        finally:
            task.cancel()

    def _longer(self, allowed: Permit) -> bool:
        """Whether an action that takes too long has committed already, and is waited for. If not, it cannot any more."""
        if allowed.withdraw_unused():
            return False
        log.warning("action.late", action=allowed.name, seconds=self.seconds)
        return True

    @staticmethod
    def _apology(name: str, tracker: Tracker) -> tuple[Dicts, Dicts]:
        events: Dicts = []
        if name.startswith("validate_") or name == "action_validate_slot_mappings":
            candidates = tracker.slots_to_validate()
            events = [{"event": "slot", "name": slot, "value": None} for slot in candidates]
        return events, [{"response": APOLOGY}]


class EventDicts(MutableSequence[dict[str, Any]]):
    """The tracker's events as actions read them, each made when it is looked at: most actions look at none."""

    def __init__(self, events: Iterable[Event | dict[str, Any]]) -> None:
        self._events = list(events)

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return EventDicts(self._events[at])
        event = self._events[at]
        return event if isinstance(event, dict) else event.as_dict()

    def __setitem__(self, at: Any, value: Any) -> None:
        self._events[at] = value

    def __delitem__(self, at: Any) -> None:
        del self._events[at]

    def insert(self, index: int, value: dict[str, Any]) -> None:
        self._events.insert(index, value)


def sdk_tracker(tracker: DialogueStateTracker) -> Tracker:
    """The tracker as rasa_sdk has it, made without serialising."""
    return Tracker(
        tracker.sender_id,
        tracker.current_slot_values(),
        tracker._latest_message_data(),
        EventDicts(tracker.events),
        tracker.is_paused(),
        tracker.followup_action,
        dict(vars(tracker.active_loop)) if tracker.active_loop else {},
        tracker.latest_action_name,
    )


_over_http = RemoteAction.run


async def _run(
    self: RemoteAction,
    output_channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
    domain: Domain,
) -> list[Event]:
    """``RemoteAction.run`` for actions in this process.

    Rasa's own one serialises tracker and domain, and checks the answer against a JSON schema that it checks itself
    first: 60 of a turn's 75 ms. ``ActionExecutor`` has looked at the events already.
    """
    endpoint = self.action_endpoint
    if not isinstance(endpoint, InProcessActions):
        events: list[Event] = await _over_http(self, output_channel, nlg, tracker, domain)
        return events
    try:
        with stage("action"):
            made, responses = await endpoint.act(self.name(), sdk_tracker(tracker))
    except ActionExecutionRejection as rejection:
        raise RasaRejection(rejection.action_name, rejection.message) from rejection
    messages: list[Event] = await self._utter_responses(responses, output_channel, nlg, tracker)
    return [*messages, *(decode(event) for event in made)]


RemoteAction.run = _run


def install(agent: Agent, endpoint: InProcessActions) -> None:
    """Let a loaded agent run its actions here, whatever ``endpoints.yml`` said."""
    agent.action_endpoint = endpoint
    if agent.processor:
        agent.processor.action_endpoint = endpoint
    endpoint.use_domain(agent.domain)
