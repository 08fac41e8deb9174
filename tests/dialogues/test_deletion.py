""" "删除我的信息" in a real conversation: nothing of it is left in any table, and the receipt is said."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from hotline.brain import Brain

pytestmark = pytest.mark.model


async def test_a_person_who_wishes_to_be_forgotten_is(brain: Brain) -> None:
    who = f"forget-{uuid.uuid4().hex}"

    async def say(words: str) -> str:
        replies = await brain.runner.handle(who, uuid.uuid4().hex, words, "web")
        return "\n".join(str(reply.payload.get("text", "")) for reply in replies)

    await say("我们是杭州晨星科技有限公司，想办400电话")
    await say("每天三十个电话，每个三分钟")
    assert brain.journal.history(who) and brain.services.applications.draft(who).fields
    await say("删除我的信息")
    farewell = await say("确认")
    assert brain.services.retention.receipt(_receipt(farewell)) is not None

    left = {}
    with brain.services.database.session(read_only=True) as session:
        for table in ("runtime_chunk", "draft_conversations", "draft_turns", "gaps", "handoffs", "callbacks"):
            query = text(f"SELECT count(*) FROM {table} WHERE conversation_id = :who")
            left[table] = session.execute(query, {"who": who}).scalar_one()
    assert set(left.values()) == {0}, left
    assert "晨星" not in str(brain.journal.history(who))
    assert [line.author for line in brain.journal.history(who)].count("user") == 1
    assert await say("每月多少钱"), "he is welcome again"
    assert brain.services.applications.draft(who).get("company_name") is None


def _receipt(farewell: str) -> str:
    """The number in what was said."""
    from hotline.business.references import parse_reference

    words = farewell.replace("：", " ").replace("，", " ").replace("。", " ").split()
    return next(found for word in words if (found := parse_reference(word)))
