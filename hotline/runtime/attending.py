"""A person takes a conversation, speaks in it and gives it back. Meanwhile the assistant is silent (`turns`).

For whoever works at the desk, by whatever he works with; `ring` wakes the customer's window after each step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hotline.business.cases import NotDone
from hotline.business.handoff import WITH_PERSON, Handoff, Handoffs
from hotline.runtime.output import for_people
from hotline.runtime.phrases import Phrases
from hotline.runtime.tokens import Tokens
from hotline.store.journal import DESK, SYSTEM, Journal, Outgoing

JOINED, LEFT = "utter_person_joined", "utter_person_left"


class Attending:
    """Synchronous: each call commits before it returns."""

    def __init__(
        self,
        handoffs: Handoffs,
        journal: Journal,
        tokens: Tokens,
        phrases: Phrases,
        ring: Callable[[str], Any] = lambda _: None,
    ) -> None:
        self._handoffs, self._journal = handoffs, journal
        self._tokens, self._phrases, self._ring = tokens, phrases, ring

    def take(self, handoff_id: str, person: str) -> Handoff | NotDone:
        """From now on the assistant is silent, and the customer is told that somebody is there.

        NotDone: ``no_match``, ``not_possible`` (status, taken_by).
        """
        taken = self._handoffs.take(handoff_id, person)
        if isinstance(taken, Handoff):
            self._speak(taken, [self._phrases.render(JOINED, taken.via)], SYSTEM)
        return taken

    def say(self, handoff_id: str, person: str, text: str) -> list[Outgoing] | NotDone:
        """A person's words; ID-card and bank-card numbers in them are dropped.

        NotDone: ``no_match``, ``not_possible`` (nobody has it), ``not_allowed`` (another person has it).
        """
        handoff = self._handoffs.handoff(handoff_id)
        if handoff is None:
            return NotDone("no_match", {})
        if handoff.status != WITH_PERSON or handoff.taken_by != person:
            code = "not_allowed" if handoff.status == WITH_PERSON else "not_possible"
            return NotDone(code, {"status": handoff.status, "taken_by": handoff.taken_by})
        return self._speak(handoff, [{"text": text}], DESK)

    def release(self, handoff_id: str, person: str, outcome: str) -> Handoff | NotDone:
        """The assistant goes on from here, and says so. NotDone: as for `Handoffs.close`."""
        closed = self._handoffs.close(handoff_id, person, outcome)
        if isinstance(closed, Handoff):
            self._speak(closed, [self._phrases.render(LEFT, closed.via)], SYSTEM)
        return closed

    def _speak(self, handoff: Handoff, payloads: list[dict[str, Any]], author: str) -> list[Outgoing]:
        clean, issued = for_people(self._tokens, handoff.conversation_id, payloads)
        said = self._journal.say(handoff.conversation_id, clean, author, issued.long)
        self._ring(handoff.conversation_id)
        return said
