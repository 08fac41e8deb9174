"""Rasa's message processor without what costs time and gives nothing: the same steps, the same events.

- the graph runs along a plan made once, not through a scheduler that plans each run anew;
- nothing is deep-copied for debug lines that are not written;
- a message is heard as `hotline.runtime.listening` says: typed choices, fixed phrases, clauses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core import agent as rasa_agent
from rasa.core.actions.action import action_for_name_or_text
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS
from rasa.shared.core.events import ActionExecutionRejected, Event
from rasa.shared.core.trackers import DialogueStateTracker

from hotline.runtime import context, forms, listening, number_scene, ready
from hotline.runtime.policies import quicken
from hotline.runtime.reading import Readings
from hotline.runtime.stages import stage


class PlannedRunner(DaskGraphRunner):
    """Runs the nodes that a target needs, in an order found once per target."""

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets (see GraphRunner)."""
        goals = tuple(targets or self._graph_schema.target_names)
        plans: dict[tuple[str, ...], list[tuple[str, GraphNode, tuple[str, ...]]]]
        plans = self.__dict__.setdefault("_plans", {})
        plan = plans.get(goals)
        if plan is None:
            plan = plans[goals] = self._plan(goals)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in plan:
            done[name] = node(*[done.get(need, need) for need in needs])
        return {goal: done[goal][1] for goal in goals}

    def _plan(self, goals: tuple[str, ...]) -> list[tuple[str, GraphNode, tuple[str, ...]]]:
        nodes = self._graph_schema.nodes
        order: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in nodes and name not in order:
                for need in nodes[name].needs.values():
                    visit(need)
                order[name] = None

        for goal in goals:
            visit(goal)
        return [(n, self._instantiated_nodes[n], tuple(nodes[n].needs.values())) for n in order]


class QuickProcessor(MessageProcessor):
    """See the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        forms.install()
        ready.install(self.nlg)
        for node in self.graph_runner._instantiated_nodes.values():
            quicken(node._component)
        self.acts = listening.load_acts()
        self.sentences = context.load_readings()
        self.readings = Readings(self._read)
        self._nobody = DialogueStateTracker.from_events("", [])

    @staticmethod
    def _load_model(model_path: str | Path) -> Any:
        import rasa.core.processor as stock

        original = stock.DaskGraphRunner
        stock.DaskGraphRunner = PlannedRunner
        try:
            return MessageProcessor._load_model(model_path)
        finally:
            stock.DaskGraphRunner = original

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """What a message means; a typed choice becomes the button's meaning, clauses are added as ``parts``."""
        text, talk = message.text or "", None
        if (message.metadata or {}).get("command"):
            return context.no_command(text)
        channel = message.input_channel or ""
        if not text.startswith("/"):
            talk = number_scene.heard(text, tracker, channel)
        if not text.startswith("/") and talk is None:
            numbered = listening.numbers_shown(tracker, channel)
            message.text = listening.chosen(text, listening.offered(tracker), numbered) or text
        typed = not (message.text or "").startswith("/")
        acted = listening.act_of(message.text, self.acts) if typed else None
        clauses = listening.clauses(message.text) if typed and not acted else []
        with stage("parse"):
            read = await self.readings.of([message.text, *clauses])
        parsed = read[message.text]
        self._update_full_retrieval_intent(parsed)
        if acted:
            parsed["act"], parsed["about"] = acted.act.name, acted.about
            parsed["intent"] = {"name": acted.act.intent, "confidence": 1.0}
        elif (
            typed
            and talk is None
            and context.put_right(message.text, parsed, context.Here.of(tracker), self.sentences)
        ):
            return parsed
        if parts := listening.parts_of(clauses, read):
            parsed["parts"] = parts
        if typed:
            number_scene.settle(parsed, talk, tracker, channel)
        return parsed

    def _read(self, text: str) -> dict[str, Any]:
        """What a text means, by itself."""
        parsed: dict[str, Any] = self._parse_message_with_graph(UserMessage(text), self._nobody)
        return parsed

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Fill slots from the message."""
        action = action_for_name_or_text(ACTION_EXTRACT_SLOTS, self.domain, self.action_endpoint)
        events = await action.run(output_channel, self.nlg, tracker, self.domain)
        await self._send_bot_messages(events, tracker, output_channel)
        tracker.update_with_events(events, self.domain)
        return tracker

    def _log_action_on_tracker(
        self, tracker: DialogueStateTracker, action: Any, events: list[Event] | None, prediction: Any
    ) -> None:
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> Any:
        with stage("predict"):
            return super()._predict_next_with_tracker(tracker)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """A debug line with every slot's value: personal data, and built for each action."""


class QuickAgent(Agent):
    """An agent whose processor is ours."""

    @classmethod
    def load(cls, model_path: str | Path, **kwargs: Any) -> QuickAgent:
        """Build an agent and load its model. Arguments as for Agent."""
        agent = cls(**kwargs)
        agent.load_model(model_path)
        return agent

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model (see Agent)."""
        original = rasa_agent.MessageProcessor
        rasa_agent.MessageProcessor = QuickProcessor
        try:
            super().load_model(model_path, fingerprint)
        finally:
            rasa_agent.MessageProcessor = original
