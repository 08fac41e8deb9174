"""Rasa's custom actions in Rasa's own process: no HTTP, no second process, a time limit, never silence."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import structlog
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from hotline.runtime import metrics

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.domain import Domain

log = structlog.get_logger(__name__)

APOLOGY = "utter_system_busy"
ACTION_SECONDS = 5.0


class InProcessActions(EndpointConfig):
    """The action "server" as an object: give it to ``Agent`` as ``action_endpoint``, or ``install`` it.

    An action that fails or takes longer than ``seconds`` is answered with an apology and logged; a validator
    that fails refuses what it should have checked, so that nothing unchecked becomes a slot.
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
        """Run the action that ``call`` names; its events and responses, or an apology."""
        name = call["next_action"]
        call.setdefault("domain", self._domain_dict)
        started = time.perf_counter()
        try:
            result = await asyncio.wait_for(self.executor.run(call), self.seconds)
            return result or {"events": [], "responses": []}
        except ActionExecutionRejection as rejection:
            body = json.dumps({"action_name": rejection.action_name, "error": rejection.message})
            raise ClientResponseError(400, rejection.message, body) from rejection
        except asyncio.TimeoutError:
            log.error("action.timeout", action=name, seconds=self.seconds)
            return self._apology(name, call, "timeout")
        except Exception:
            log.exception("action.failed", action=name)
            return self._apology(name, call, "error")
        finally:
            metrics.ACTION_SECONDS.labels(name).observe(time.perf_counter() - started)

    @staticmethod
    def _apology(name: str, call: dict[str, Any], reason: str) -> dict[str, Any]:
        metrics.ACTION_FAILURES.labels(name, reason).inc()
        events: list[dict[str, Any]] = []
        if name.startswith("validate_") or name == "action_validate_slot_mappings":
            candidates = Tracker.from_dict(call["tracker"]).slots_to_validate()
            events = [{"event": "slot", "name": slot, "value": None} for slot in candidates]
        return {"events": events, "responses": [{"response": APOLOGY}]}


def install(agent: Agent, endpoint: InProcessActions) -> None:
    """Let a loaded agent run its actions here, whatever ``endpoints.yml`` said."""
    agent.action_endpoint = endpoint
    if agent.processor:
        agent.processor.action_endpoint = endpoint
    endpoint.use_domain(agent.domain)
