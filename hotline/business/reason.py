"""What business functions say instead of sentences: codes with values, and their plain form for JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")


@dataclasses.dataclass(frozen=True)
class Reason:
    """Why something is so: a code (snake_case) that a response is written for, and the values in it."""

    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def yuan(amount: Decimal) -> Decimal:
    """An amount in yuan, rounded to the cent (half up), as it is shown."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def plain(value: Any) -> Any:
    """Dataclasses, Decimals, dates and tuples as JSON-ready values; Decimals become strings."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value
