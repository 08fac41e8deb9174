"""Going on with the same application elsewhere: a code is given here and said there."""

from __future__ import annotations

from actions.base import Turn
from hotline.business.cases import NotDone
from hotline.business.continuing import LIVES, SHORT

_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "0012345678" + "91")


def leave(turn: Turn) -> None:
    """ "我换微信继续": a code for the draft; here it waits."""
    draft = turn.sv.applications.draft(turn.cid, turn.channel)
    if not draft.fields and not draft.submitted:
        turn.say("utter_move_nothing")
        return
    code = turn.sv.continuing.issue(turn.cid)
    turn.leave_form()
    turn.propose("resume")
    turn.say("utter_move_code", code=code.code, minutes=int(LIVES[SHORT].total_seconds() // 60))


def arrive(turn: Turn) -> bool:
    """ "继续办理 123456": take up the draft behind the code. False, having said why, when it is none."""
    done = turn.sv.continuing.redeem(turn.cid, turn.about.translate(_DIGITS), turn.channel)
    if isinstance(done, NotDone):
        if done.code == "locked":
            left = (done.values["until"] - turn.sv.clock.now()).total_seconds()
            turn.say("utter_move_locked", minutes=max(1, round(left / 60)))
        else:
            turn.say("utter_move_wrong", left=done.values["tries_left"])
        return False
    turn.leave_form(keep=False)
    for name in ("paused_tasks", "put_off", "asked_field", "wish", "summary_seen"):
        turn.set(name, None)
    turn.mirror()
    turn.say("utter_moved", missing=turn.sv.wording.left(len(turn.box.missing())))
    return True
