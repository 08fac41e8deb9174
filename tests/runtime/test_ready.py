"""What Rasa makes anew each time is made once, and is the same."""

from __future__ import annotations

from typing import Any

import rasa.core.actions.action as stock
from rasa.core.actions.action import ActionBotResponse, ActionListen, RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from hotline.runtime import ready

DOMAIN = """
version: "3.1"
actions: [action_do]
responses:
  utter_hi: [{text: 您好}, {text: 您好呀}, {text: 嗨, channel: web}]
  utter_one: [{text: 只有一句}]
slots: {name: {type: text, mappings: [{type: custom}]}}
forms: {name_form: {required_slots: [name]}}
"""


def test_an_action_is_made_once_for_a_domain_and_an_endpoint() -> None:
    ready.install(None)
    domain, endpoint = Domain.from_yaml(DOMAIN), EndpointConfig("http://127.0.0.1:1")
    kinds = {
        "action_listen": ActionListen,
        "action_do": RemoteAction,
        "utter_hi": ActionBotResponse,
        "name_form": FormAction,
    }
    for name, kind in kinds.items():
        made = stock.action_for_name_or_text(name, domain, endpoint)
        assert type(made) is kind and made.name() == name
        assert stock.action_for_name_or_text(name, domain, endpoint) is made
        assert stock.action_for_name_or_text(name, domain, EndpointConfig("http://127.0.0.1:2")) is not made
        assert stock.action_for_name_or_text(name, domain, None) is not made
        assert stock.action_for_name_or_text(name, Domain.from_yaml(DOMAIN), endpoint) is not made


async def test_each_variation_of_a_channel_is_said_now_and_then_and_no_other() -> None:
    nlg: Any = TemplatedNaturalLanguageGenerator(Domain.from_yaml(DOMAIN).responses)
    ready.install(nlg)

    def said(name: str, channel: str) -> set[str]:
        found = (nlg.generate_from_slots(name, {}, channel) for _ in range(60))
        return {answer["text"] for answer in found}

    assert said("utter_hi", "wechat") == {"您好", "您好呀"}
    assert said("utter_hi", "web") == {"嗨"}
    assert said("utter_one", "web") == {"只有一句"}
    assert nlg.generate_from_slots("utter_none", {}, "web") is None
