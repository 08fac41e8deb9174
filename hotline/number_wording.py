"""Number cards as words and as a typed payload. The phrases are data (labels.yml)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotline import datafile
from hotline.business.catalog import Range
from hotline.business.number_search import Card, SearchResult
from hotline.business.reason import plain
from hotline.wording import Wording


class NumberWording:
    """Writes search results. Raises DataError when labels.yml lacks number_words."""

    def __init__(self, wording: Wording, folder: Path = datafile.DATA / "lexicon") -> None:
        data = datafile.load(folder / "labels.yml")
        if "number_words" not in data:
            raise data.error("缺少 number_words 一节")
        self._words, self._say = data["number_words"], wording

    def rows(self, cards: Sequence[Card]) -> str:
        """One line a number: number, what makes it good, what it costs."""
        return "\n".join(
            self._words["row"].format(
                place=place, number=card.shown, good=self.good(card), price=self.price(card)
            )
            for place, card in enumerate(cards, start=1)
        )

    def details(self, cards: Sequence[Card]) -> str:
        """One line a number: number, what makes it good, price and shortest term."""
        return "\n".join(
            self._words["detail"].format(
                number=card.shown,
                good=self.good(card),
                price=self.price(card),
                months=self._months(card.months),
            )
            for card in cards
        )

    def _months(self, span: Range) -> str:
        if span.low == span.high or span.high is None:
            return self._say.number(span.low or 0)
        return self._say["from_to"].format(
            low=self._say.number(span.low or 0), high=self._say.number(span.high)
        )

    def by_budget(self, cards: Sequence[Card], budget: Decimal | None) -> str:
        """What a budget did to the order, or that nothing is within it; empty without a budget."""
        floors = [card.minimum_spend.low for card in cards if card.minimum_spend and card.minimum_spend.low]
        if budget is None or not floors:
            return ""
        within = "within_budget" if any(floor <= budget for floor in floors) else "above_budget"
        return str(self._words["notes"][within]).format(budget=self._say.number(budget))

    def good(self, card: Card) -> str:
        """Why it is a good number, the two best reasons."""
        words = [reading.reads for reading in card.readings[:1]]
        words += [str(self._words["patterns"].get(r.code, "")) for r in card.reasons]
        kept = [word for word in dict.fromkeys(words) if word][:2]
        return self._say.listing(kept) if kept else str(self._words["plain"])

    def price(self, card: Card) -> str:
        """The monthly floor or the fee of its grade."""
        if card.minimum_spend is not None:
            return str(self._words["minimum_spend"].format(range=self._range(card.minimum_spend)))
        if card.fee is not None and card.fee.high == 0:
            return str(self._words["free"])
        return str(self._words["fee"].format(range=self._range(card.fee))) if card.fee else ""

    def _range(self, span: Range) -> str:
        if span.low is None:
            return str(self._words["negotiable"])
        if span.high is None:
            return str(self._words["at_least"].format(low=self._say.number(span.low)))
        if span.low == span.high:
            amount = self._say.number(span.low)
        else:
            low, high = self._say.number(span.low), self._say.number(span.high)
            amount = self._say["from_to"].format(low=low, high=high)
        return str(self._words["yuan"].format(value=amount))

    def wishes(self, names: Iterable[str]) -> str:
        """The wishes that were relaxed."""
        return self._say.listing(self._say.wish(name) for name in names)

    def wish(self, parts: Mapping[str, Any]) -> str:
        """The kept parts of a wish in one line; empty when there is none."""
        words = []
        for name, value in parts.items():
            if name == "patterns":
                kinds = [self._say.value("number_pattern", each) for each in value]
                words.append(self._say.listing(kinds))
            elif name == "price_ceiling":
                words.append(f"{self._say.wish(name)} {self._say.money(value)}")
            elif name == "cheap":
                words.append(self._words["cheap"])
            elif name in ("suffix", "prefix", "contains", "excluded", "name"):
                plain = self._say.listing(value) if isinstance(value, (list, tuple)) else value
                words.append(f"{self._say.wish(name)} {plain}")
        return self._say.listing(words)

    def notes(self, found: SearchResult) -> str:
        """What cannot be had at all (another operator's segment, a contradiction)."""
        lines = [self._words["notes"][note.code] for note in found.notes if note.code in self._words["notes"]]
        values = {key: value for note in found.notes for key, value in note.values.items()}
        values["operator"] = self._words["operators"].get(values.get("operator"), "")
        return "".join(str(line).format(**values) for line in lines)

    def buttons(self, cards: Sequence[Card], shown: int = 6) -> list[dict[str, str]]:
        """A button to reserve each of the first numbers."""
        return [
            {
                "title": self._words["reserve"].format(number=card.shown),
                "payload": "/reserve_number" + json.dumps({"hotline_number": card.number}),
            }
            for card in cards[:shown]
        ]

    def card(self, found: SearchResult) -> dict[str, Any]:
        """The typed payload: each number with its words and its reserve button."""
        buttons = self.buttons(found.cards, len(found.cards))
        return {
            "type": "number_cards",
            "version": 1,
            "covers": self.rows(found.cards),
            "numbers": [
                {
                    "number": card.number,
                    "shown": card.shown,
                    "good": self.good(card),
                    "price": self.price(card),
                    "tier": card.tier_name,
                    **button,
                }
                for card, button in zip(found.cards, buttons, strict=False)
            ],
            "relaxed": plain(found.relaxed),
        }
