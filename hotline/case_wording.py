"""Papers, findings, statuses and dates as words. The phrases are data (labels.yml, materials.yml, channels.yml)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hotline import datafile
from hotline.business.cases import Application, StatusView
from hotline.business.channels import ChannelAdvice
from hotline.business.materials import Check
from hotline.business.materials_file import Mend
from hotline.business.references import spoken_form
from hotline.business.stages import Place
from hotline.wording import Wording

UPLOADED = frozenset({"business_license"})  # what may be sent as a photo in the conversation


class CaseWording:
    """Writes what concerns an application. Raises DataError when labels.yml lacks case_words."""

    def __init__(self, wording: Wording, folder: Path = datafile.DATA / "lexicon") -> None:
        data = datafile.load(folder / "labels.yml")
        if "case_words" not in data:
            raise data.error("缺少 case_words 一节")
        self._words, self._say = data["case_words"], wording

    def status(self, name: str) -> str:
        """What a status is called."""
        return str(self._words["statuses"].get(name, name))

    def expected(self, view: StatusView) -> str:
        """ "11月24日提交，预计11月27日至12月3日出结果", and that a year's holidays are not published yet."""
        if view.status not in ("submitted", "reviewing"):  # supplemented papers start the count anew
            return ""
        say = self._say
        line = str(
            self._words["expected"].format(
                submitted=say.day(view.submitted_on),
                first=say.day(view.expected_from),
                last=say.day(view.expected_to),
            )
        )
        return line if view.expected_certain else line + str(self._words["uncertain"])

    def reason(self, view: StatusView, mends: Mapping[str, Mend]) -> str:
        """Why it was sent back or refused, as what to do about it: each reason that the reviewer gave (R01–R18)."""
        if view.status not in ("supplement_needed", "rejected"):
            return ""
        codes = dict.fromkeys(re.findall(r"R\d{2}", view.history[-1].reason))
        known = [mends[code].text for code in codes if code in mends]
        if not known:
            return str(self._words["reason_unknown"])
        return str(self._words["reason"][view.status].format(text="".join(known)))

    def briefly(self, applications: Iterable[Application]) -> str:
        """Applications as lines: reference and status."""
        return "\n".join(
            self._words["brief"].format(
                reference=spoken_form(each.reference), status=self.status(each.status)
            )
            for each in applications
        )

    def place(self, place: Place) -> str:
        """Where he stands among the eight stages: behind, now, ahead."""
        names, listed = self._words["stages"], self._say.listing
        parts = [self._words["stages_done"].format(names=listed(names[each] for each in place.done))]
        parts = parts if place.done else []
        parts.append(self._words["stage_now"].format(name=names[place.now]))
        if place.ahead:
            parts.append(
                self._words["stages_ahead"].format(names=listed(names[each] for each in place.ahead))
            )
        return str(self._words["all_stages"].format(parts="，".join(parts)))

    def status_buttons(self, applications: Iterable[Application]) -> list[dict[str, str]]:
        """A button for each application whose status may be wanted."""
        return [
            {
                "title": str(self._words["status_one"].format(reference=spoken_form(each.reference))),
                "payload": "/check_application_status" + json.dumps({"application_id": each.reference}),
            }
            for each in applications
        ]

    def cancel_buttons(self, applications: Iterable[Application]) -> list[dict[str, str]]:
        """A button for each application that may be meant."""
        return [
            {
                "title": str(self._words["cancel_one"].format(reference=spoken_form(each.reference))),
                "payload": "/cancel_task" + json.dumps({"application_id": each.reference}),
            }
            for each in applications
        ]

    @staticmethod
    def spell(reference: str) -> str:
        """Character by character, as it is read aloud."""
        return " ".join(reference)

    def papers(self, check: Check) -> str:
        """The checklist as lines: paper and what it must be."""
        return "\n".join(
            self._words["paper"].format(name=each.name, need=each.need, level=self._level(each.level))
            for each in check.needed
        )

    def _level(self, level: str) -> str:
        return str(self._words["levels"].get(level, ""))

    def findings(self, check: Check) -> str:
        """What is there, then each finding with how to mend it."""
        names = {each.material: each.name for each in check.needed}
        present = [names.get(name, self._say.value("material", name)) for name in check.present]
        lines = [self._words["present"].format(names=self._say.listing(present))] if present else []
        missing = [names.get(name, self._say.value("material", name)) for name in check.missing]
        if missing:
            lines.append(self._words["missing"].format(names=self._say.listing(missing)))
        for finding in check.findings:
            if finding.material not in check.missing:
                lines.append(self._words["finding"].format(text=finding.mend.text))
        if check.good and not missing:
            lines.append(self._words["complete"])
        return "\n".join(dict.fromkeys(str(line) for line in lines))

    def checklist(self, check: Check) -> list[dict[str, Any]]:
        """The checklist for a channel that draws."""
        return [
            {
                "name": each.name,
                "need": each.need,
                "level": each.level,
                "done": each.material in check.present,
                "material": each.material,
                "upload": each.material in UPLOADED,
            }
            for each in check.needed
        ]

    def advice(self, advice: ChannelAdvice) -> str:
        """Which way suits him, and why."""
        reasons = [str(self._words["channel_reasons"][reason.code]) for reason in advice.reasons]
        channel = self._say.value("channel", advice.channel)
        return str(self._words["advice"].format(channel=channel, why=self._say["listing"].join(reasons)))
