"""The ways to apply: what each asks of the customer at every status, and which suits him.

Words and days stand in ``data/catalog/channels.yml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hotline.business.cases import NextStep
from hotline.business.drafts import Draft
from hotline.business.fields import CHANNELS
from hotline.business.process import DRAFT, STATUSES
from hotline.business.reason import Reason
from hotline.business.yaml_fields import Fields
from hotline.datafile import DATA, DataError, Located, load

COMMON = "common"
#: wishes about the way itself that the dialogue may have heard
WISHES = ("no_trip", "face_to_face", "any_time", "unpractised")
_MANY_NUMBERS = 20  # more bound numbers than usual (F042)


@dataclass(frozen=True)
class ChannelGuide:
    """Next steps by (channel, status); review time in working days; days a submitted number is kept."""

    review_least: int
    review_most: int
    hold_days: int
    steps: dict[tuple[str, str], NextStep]

    def next_step(self, channel: str, status: str) -> NextStep:
        """What the customer does next. Raises KeyError for an unknown channel or status."""
        return self.steps[channel, status]


def load_channels(file: Path = DATA / "catalog" / "channels.yml") -> ChannelGuide:
    """Read the guide; every channel has words for every status. Raises DataError."""
    data = load(file)
    if not isinstance(data, Located):
        raise DataError(file, 1, "应为 review 和 steps 两个键")
    top = Fields(data, "办理渠道", data, None)
    review = top.fields("review", "审核时限")
    least, most = review.count("least", 1), review.count("most", 1)
    hold_days = review.count("hold_days", 1)
    if most < least:
        raise review.raw.error("most 不能小于 least", "most")
    review.done()
    steps = top.fields("steps", "下一步")
    common = _steps(steps, COMMON)
    found: dict[tuple[str, str], NextStep] = {}
    for channel in CHANNELS:
        own = {**common, **_steps(steps, channel)}
        for status in STATUSES:
            if status == DRAFT:
                continue
            if status not in own:
                raise steps.raw.error(f"{channel} 没有写 {status} 时该做什么", channel)
            text, sources = own[status]
            found[channel, status] = NextStep(channel, status, text, sources)
    steps.done()
    top.done()
    return ChannelGuide(least, most, hold_days, found)


def _steps(steps: Fields, channel: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    own = steps.fields(channel, f"{channel} 的下一步")
    found = {}
    for status in own.raw:
        if status not in STATUSES or status == DRAFT:
            raise own.raw.error(f"没有 {status} 这个状态", status)
        step = own.fields(status, f"{status} 的说法")
        found[str(status)] = (step.text("text"), step.words("sources"))
        step.done()
    return found


@dataclass(frozen=True)
class ChannelAdvice:
    """The way that suits best, why, and what else is possible, best first."""

    channel: str
    reasons: tuple[Reason, ...]
    others: tuple[str, ...]


def advise_channel(draft: Draft, wishes: frozenset[str] = frozenset()) -> ChannelAdvice:
    """Which way suits him (F094, F100): the hall is immediate and exact for what is complicated, at the price
    of a trip; 10086 needs no trip and no practice, but is limited for what is complicated; online is open at
    any time and shows progress, but wants practice and clear scans.

    Every reason adds a point to its way (wanting to meet somebody two: only the hall offers that); ties go
    to online, 10086, hall in that order. Nothing known: a simple case, online.
    """
    reasons: dict[str, list[Reason]] = {"online": [], "10086": [], "hall": []}
    fields = draft.fields
    if (numbers := fields.get("bound_numbers")) and numbers > _MANY_NUMBERS:
        reasons["hall"].append(Reason("many_bound_numbers", {"bound_numbers": numbers}))
    if "trunk" in (fields.get("feature") or ()):
        reasons["hall"].append(Reason("needs_trunk", {}))
    if (kind := fields.get("applicant_type")) in ("institution", "social_group", "branch"):
        reasons["hall"].append(Reason("special_applicant", {"applicant_type": kind}))
    for wish in sorted(wishes & set(WISHES)):
        for way in {
            "no_trip": ("10086", "online"),
            "face_to_face": ("hall", "hall"),
            "any_time": ("online",),
            "unpractised": ("10086",),
        }[wish]:
            reasons[way].append(Reason(wish, {}))
    if not any(reasons.values()):
        reasons["online"].append(Reason("simple_case", {}))
    ranked = sorted(reasons, key=lambda way: -len(reasons[way]))
    best = ranked[0]
    return ChannelAdvice(best, tuple(_distinct(reasons[best])), tuple(ranked[1:]))


def _distinct(reasons: list[Reason]) -> list[Reason]:
    return list({reason.code: reason for reason in reasons}.values())
