"""A licence from the widget: judged and kept, and the conversation goes on as if the visitor had told so."""

from __future__ import annotations

from hotline.business.cases import NotDone
from hotline.business.consent import load_terms
from hotline.business.uploads import Uploads
from hotline.channels import web_frames as frames
from hotline.channels.web_frames import Frame
from hotline.channels.web_talk import CHANNEL, Talk
from hotline.runtime.limits import Buckets, Rate
from hotline.store.journal import SYSTEM
from hotline.store.papers import SqlUploads
from hotline.threads import CHANNELS

LICENCE = "business_license"
LIMIT = 6 * 1024 * 1024  # bytes of a request; the business takes 5 MB and says so in words
UPLOADS = Rate(burst=6, per_minute=6)


class Licences:
    """Takes licences in over the web channel."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._sv, self._runner = talk, talk.sv, talk.runner
        self._uploads = Uploads(SqlUploads(self._sv.database), load_terms(), self._sv.clock)
        self._rate = Buckets(UPLOADS)

    async def take(self, cid: str, material: str, data: bytes) -> Frame:
        """``{"ok": true}``, or a line that says why not. What follows from it reaches the visitor by the feed."""
        if not self._rate.take(cid):
            return self._refused(cid, "utter_slow_down")
        draft = await CHANNELS.run(self._sv.applications.draft, cid, CHANNEL)
        done = await CHANNELS.run(self._uploads.accept, draft, material, data)
        if isinstance(done, NotDone):
            return self._refused(cid, f"utter_upload_{done.code}", **done.values)
        phrases = self._runner.phrases
        if done.findings:
            faults = self._sv.wording.upload_faults(done.findings)
            told = phrases.render("utter_upload_unclear", CHANNEL, faults=faults)
        else:
            told = phrases.render("utter_upload_received", CHANNEL)
        await self._runner.say(cid, [told], SYSTEM)
        title = self._sv.wording["uploaded"].format(name=self._sv.wording.value("material", material))
        meaning = f'/inform{{"material": "{LICENCE}"}}'
        await self._talk.own_turn(cid, f"upload-{done.upload_id}", meaning, title)
        return {"t": "uploaded", "ok": True}

    def _refused(self, cid: str, name: str, **values: object) -> Frame:
        notice = self._runner.notice(cid, name, CHANNEL, **values)
        return {"t": "uploaded", "ok": False, "line": frames.out(notice)}
