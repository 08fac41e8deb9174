"""The reservation of an application's number, over the inventory's store: the `NumberHold` in service."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hotline.business.stock import Hold
from hotline.clock import Clock


class Inventory(Protocol):
    """What of the number store is needed here."""

    def extend(self, number: str, holder: str, now: float, until: float) -> Hold | None: ...

    def release(self, number: str, holder: str) -> bool: ...

    def assign(self, number: str, holder: str) -> bool: ...


class InventoryHold:
    """Fulfils `ports.NumberHold`. Inside a store's transaction it takes part in it."""

    def __init__(self, inventory: Inventory, clock: Clock) -> None:
        self._inventory, self._clock = inventory, clock

    def extend(self, number: str, holder: str, until: datetime) -> bool:
        """See `NumberHold`; a hold that lapsed and that nobody took is taken again."""
        now = self._clock.now().timestamp()
        hold = self._inventory.extend(number, holder, now, until.timestamp())
        return hold is not None and hold.holder == holder and hold.until > now

    def release(self, number: str, holder: str) -> bool:
        """See `NumberHold`."""
        return self._inventory.release(number, holder)

    def assign(self, number: str, holder: str) -> bool:
        """See `NumberHold`."""
        return self._inventory.assign(number, holder)
