"""The inventory of 400 numbers. One row per number, whether free, held or assigned for good."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, SmallInteger, String

from hotline.store.models.base import Base

FOREVER = 32_503_651_200.0  # the year 3000 in China: `held_until` of an assigned number


class Number(Base):
    """`held_until` (epoch seconds) says all about its state: 0 never held, past: free again, future: held.

    The pieces of the number are stored so that every search has an index: `six` begins at the fifth digit,
    `from2` and `from3` one and two digits later, `reverse` is the six backwards. `mask` has bit d set for
    each digit d among the six. The wide indexes answer a search without the table.
    """

    __tablename__ = "numbers"
    __table_args__ = (
        Index("ix_numbers_tier_scan", "tier", "score", "number", "mask", "held_until", "pattern"),
        Index("ix_numbers_pattern_scan", "pattern", "score", "number", "mask", "held_until", "tier"),
        Index("ix_numbers_six", "six", "score", "number", "mask", "held_until", "tier", "pattern"),
        Index("ix_numbers_reverse", "reverse", "score", "number", "mask", "held_until", "tier", "pattern"),
        Index("ix_numbers_mask_scan", "mask", "score", "number", "held_until", "pattern", "tier"),
    )

    number = Column(String(10), primary_key=True)
    six = Column(String(6), nullable=False)
    from2 = Column(String(5), nullable=False, index=True)
    from3 = Column(String(4), nullable=False, index=True)
    reverse = Column(String(6), nullable=False)
    pattern = Column(String(20), nullable=False)
    tier = Column(String(8), nullable=False)
    score = Column(SmallInteger, nullable=False)
    mask = Column(SmallInteger, nullable=False)
    holder = Column(String(80), nullable=True, index=True)
    held_until = Column(Float, nullable=False, default=0.0, server_default="0")
