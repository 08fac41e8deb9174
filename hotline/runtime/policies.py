"""Rasa's RulePolicy, predicting the same in a fraction of the time.

Rasa rebuilds the state before every action of the conversation and compares all of them with all rules, twice (once
for rules on the literal text, of which there are none). Here only as many states are built as the longest rule has,
without replaying trackers, and only rules that fit the last state's action and intent are compared at all.
"""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import (
    ACTIVE_LOOP,
    LOOP_NAME,
    PREVIOUS_ACTION,
    SHOULD_NOT_BE_SET,
    SLOTS,
    USER,
)
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActiveLoop, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT

from hotline.runtime import applied

Lookup = dict[str, str]
Index = dict[tuple[str | None, str | None], list[str]]
_ANY = None


class QuickRulePolicy(RulePolicy):
    """What `quicken` makes of a loaded RulePolicy. ``config.yml`` names Rasa's own, and training is Rasa's own."""

    _quick = False
    _depth = 1
    _indexes: dict[int, Index]

    def prepare(self) -> None:
        """Make the index. Rules on literal text or on a slot's value are left to Rasa's way."""
        lookups = [self.lookup.get(RULES, {}), self.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {})]
        rules = [(key, self._rule_key_to_state(key)) for lookup in lookups for key in lookup]
        self._depth = max((len(states) for _, states in rules), default=1) + 1
        states = [state for _, rule in rules for state in rule]
        self._quick = not any(TEXT in state.get(USER, {}) or state.get(SLOTS) for state in states)
        self._indexes = {id(lookup): self._index(lookup) for lookup in lookups}

    def _index(self, lookup: Lookup) -> Index:
        """Keys of rules by what their last state asks for: the action before, and the intent."""
        index: Index = defaultdict(list)
        for key in lookup:
            last = self._rule_key_to_state(key)[-1]
            index[_asked(last, PREVIOUS_ACTION), _asked(last, USER)].append(key)
        return index

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if self._quick and use_text_for_last_user_input:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input
        )
        return found

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if not self._quick:
            rasa_states: list[State] = super()._prediction_states(
                tracker, domain, use_text_for_last_user_input, rule_only_data
            )
            return rasa_states
        states = last_states(tracker, domain, self._depth)
        self.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        return states

    def _get_possible_keys(self, lookup: Lookup, states: list[State]) -> set[str]:
        index = self._indexes.get(id(lookup)) if self._quick else None
        if index is None:
            keys: set[str] = super()._get_possible_keys(lookup, states)
            return keys
        last = states[-1]
        action, intent = _asked(last, PREVIOUS_ACTION), _asked(last, USER)
        candidates = [key for a in {action, _ANY} for i in {intent, _ANY} for key in index.get((a, i), ())]
        return {
            key
            for key in candidates
            if all(self._is_rule_applicable(key, i, state) for i, state in enumerate(reversed(states)))
        }

    @staticmethod
    def format_tracker_states(states: list[dict[str, Any]]) -> str:
        """Only for a debug line that Rasa formats and copies whether it is written or not."""
        return ""


def quicken(policy: Any) -> None:
    """Turn a loaded RulePolicy (that very class) into a QuickRulePolicy; leave everything else alone."""
    if type(policy) is RulePolicy:
        policy.__class__ = QuickRulePolicy
        policy.prepare()


def _asked(state: State, kind: str) -> str | None:
    """The action name or intent that a state tells, if it tells one plain name."""
    part = state.get(kind) or {}
    value = part.get("action_name" if kind == PREVIOUS_ACTION else INTENT)
    return value if isinstance(value, str) and value != SHOULD_NOT_BE_SET else _ANY


def last_states(tracker: DialogueStateTracker, domain: Domain, depth: int) -> list[State]:
    """The last `depth` of ``domain.states_for_tracker_history(tracker)``, for a domain whose slots do not count.

    A state is made of the latest user message, action and active loop; so one walk over the events is enough.
    """
    events = tracker.applied_events()
    actions = [n for n, event in enumerate(events) if applied.kind_of(event) == applied.ACTION]
    wanted = {*actions[1 - depth if depth > 1 else len(actions) :], len(events)}
    states: list[State] = []
    message: UserUttered | None = None
    action: dict[str, Any] = {}
    loop: str | None = None
    for n, event in enumerate(events):
        if n in wanted:
            states.append(_state(domain, message, action, loop))
        kind = applied.kind_of(event)
        if kind == applied.USER:
            message = event
        elif kind == applied.ACTION:
            action = event.as_sub_state()
        elif kind == applied.LOOP:
            loop = event.name
            action = _restored(event, action)
    return [*states, _state(domain, message, action, loop)]


def _restored(event: ActiveLoop, action: dict[str, Any]) -> dict[str, Any]:
    """The event that stands before a trimmed tail restores the latest action, too."""
    state = getattr(event, "state", None)
    return dict(state["latest_action"]) if state is not None else action


def _state(domain: Domain, message: UserUttered | None, action: dict[str, Any], loop: str | None) -> State:
    state: State = {}
    user = domain._get_user_sub_state(SimpleNamespace(latest_message=message)) if message else None
    if user:
        state[USER] = user
    if action:
        state[PREVIOUS_ACTION] = action
    if loop:
        state[ACTIVE_LOOP] = {LOOP_NAME: loop}
    return state
