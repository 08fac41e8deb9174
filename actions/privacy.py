"""Withdrawing consent and deleting what we know of somebody, after a confirmation, with a receipt."""

from __future__ import annotations

from typing import Any

from actions import meta
from actions.base import HotlineAction, Turn
from hotline.business.references import spoken_form


class Withdraw(HotlineAction):
    """ "删除我的信息" is confirmed first: it cannot be undone."""

    action_name = "action_withdraw"

    def perform(self, turn: Turn) -> None:
        if meta.in_doubt(
            turn, "删|信息|资料|数据|隐私|记录|联系|打给|打电话|来电|骚扰|同意|授权|撤|收集|保存|注销"
        ):
            return
        turn.propose("withdraw", form=turn.form)
        turn.leave_form()
        turn.say("utter_withdraw_confirm")


def erase(turn: Turn, _: dict[str, Any]) -> None:
    """Everything about this person goes; the receipt says that it did."""
    receipt = turn.sv.retention.erase(turn.cid, turn.channel)
    for name, value in turn.tracker.slots.items():
        if value not in (None, [], "") and name not in ("requested_slot", "session_started_metadata"):
            turn.set(name, None)
    number = spoken_form(receipt.receipt)
    if receipt.kept:
        kept = turn.sv.wording.listing(map(spoken_form, receipt.kept))
        turn.say("utter_withdrawn_but_contracts", receipt=number, kept=kept)
    else:
        turn.say("utter_withdrawn", receipt=number)
