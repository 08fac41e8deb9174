"""Withdrawing consent and deleting what we know of somebody, after a confirmation, with a receipt."""

from __future__ import annotations

import re
from typing import Any

from actions import meta, review
from actions.base import HotlineAction, Turn
from hotline.business.consent import GRANTED, REFUSED, WITHDRAWN
from hotline.business.fields import PERSONAL
from hotline.business.references import spoken_form

#: words of somebody who wants everything gone; without them only the consent is meant
_EVERYTHING = re.compile(r"信息|资料|数据|记录|隐私|全部|所有|一切|注销|清空|痕迹|账号|档案|别留|不留|抹")
_CONTACT = re.compile(r"电话|手机|号码|邮箱|姓名|名字|联系")


class Withdraw(HotlineAction):
    """ "删除我的信息" is confirmed first, as it cannot be undone; "撤回同意", "不想留电话" takes back the consent only."""

    action_name = "action_withdraw"

    def perform(self, turn: Turn) -> None:
        if meta.in_doubt(
            turn, "删|信息|资料|数据|隐私|记录|联系|打给|打电话|来电|骚扰|同意|授权|撤|收集|保存|注销"
        ):
            return
        only_contact = not _EVERYTHING.search(turn.text) or ("删" in turn.text and _CONTACT.search(turn.text))
        if not turn.pressed and only_contact and not re.search(r"全部|所有|一切|信息", turn.text):
            withdraw_consent(turn)
            return
        turn.propose("withdraw", form=turn.form)
        turn.leave_form()
        turn.say("utter_withdraw_confirm")


def withdraw_consent(turn: Turn) -> None:
    """The contact details go, everything else stays; before the consent it is a refusal."""
    given = turn.sv.applications.draft(turn.cid).consent == GRANTED
    turn.sv.applications.consent(turn.cid, WITHDRAWN if given else REFUSED, turn.turn_id, turn.channel)
    review.his_own(turn, set(PERSONAL))
    turn.propose(None)
    turn.leave_form()
    turn.mirror()
    turn.say("utter_consent_withdrawn" if given else "utter_consent_refused")


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
