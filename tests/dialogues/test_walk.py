"""Two thousand plausible turns by nobody in particular: whatever is said in whatever order, some things always hold.

Seeded: the same walk each time. `HOTLINE_WALK_SEED` and `HOTLINE_WALK_TURNS` walk elsewhere and further.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field

import pytest

from actions.questions import FORMS
from hotline.brain import Brain
from hotline.business.fields import FIELDS, PERSONAL
from hotline.clock import FrozenClock
from tests.dialogues.runner import Player, remembered_readings

pytestmark = pytest.mark.model

TURNS = int(os.environ.get("HOTLINE_WALK_TURNS", "2000"))
SEED = int(os.environ.get("HOTLINE_WALK_SEED", "400"))
LONGEST = 45  # turns of one conversation

ANSWERS: dict[str, list[str]] = {
    "applicant_type": ["企业", "个体户", "我们是公司", "事业单位", "个人"],
    "usage_scenario": ["售后用", "接客户咨询", "做推广", "订座的", "其他用途"],
    "monthly_minutes": ["每月三千分钟", "两三千", "每天30个电话每个3分钟", "一万二", "0", "很多"],
    "daily_calls": ["五十个", "二三十个", "20"],
    "call_minutes": ["三分钟", "两三分钟", "一分半", "3"],
    "seats": ["三个人", "两三个客服", "5"],
    "growth_rate": ["不变", "涨三成", "翻一番", "20%"],
    "feature": ["要录音", "导航和录音都要", "不需要", "录音要 导航不用"],
    "bound_numbers": ["五个", "两部手机一个座机", "3", "两个，绑定要钱吗"],
    "region": ["杭州", "武汉", "在成都", "火星"],
    "budget": ["三百块", "没有上限", "一年五千", "没预算"],
    "plan": ["就选这个", "可以", "太贵了", "选客服版", "那就选标准版吧", "好"],
    "hotline_number": ["尾号168", "不要4", "第一个", "有没有888的", "要顺子号", "都行"],
    "channel": ["网上办吧", "去营业厅", "打10086", "哪个好"],
    "company_name": ["杭州晴川商贸有限公司", "成都小龙坎餐饮店", "等我看一下执照", "晴川"],
    "consent": ["同意", "可以", "不同意", "要干嘛用的"],
    "contact_name": ["李文静", "我姓王", "王建国", "叫我老张就行"],
    "phone": ["13800138000", "1380013800", "0571-87654321", "13900139002"],
    "email": ["li@example.cn", "没有邮箱", "跳过", "abc@"],
    "contact_time": ["下午三点后", "随时", "工作日上午"],
    "handler": ["我自己去", "经办人去", "法人来"],
    "industry": ["餐饮", "做教育培训的", "跳过", "空调维修"],
    "material": ["都齐了", "营业执照有，身份证也有", "还没准备", "缺授权书"],
    "submit_confirmed": ["确认提交", "提交吧", "先不提交", "城市改成宁波"],
    "application_id": ["AB234CD6789", "我忘了", "12345"],
    "phone_tail": ["1234", "8000", "不记得"],
    "test_result": ["正常", "打不通", "跳过"],
}
INTERRUPTIONS = [
    *(
        "审核要几天",
        "要什么材料，多久能办好？",
        "录音要钱吗",
        "能往外打吗",
        "怎么缴费",
        "客户打进来要钱吗",
        "合同要签几年",
    ),
    *("普通号码就行", "接着办理", "继续吧", "换一批", "预占第一个", "第二个多少钱", "就第二个", "取消预占"),
    *("这个号不要了 重新选", "换一个号码", "便宜点的号码", "我预占了哪个号"),
    *("帮我对比一下套餐", "找个尾号666的号码", "帮我看看材料齐不齐", "我的申请到哪一步了", "推荐个套餐"),
    *(
        "你是机器人吗",
        "今天天气真好",
        "谢谢",
        "你好",
        "为什么要问这个",
        "没听清，再说一遍",
        "没看懂",
        "我都填了什么",
        "等一下",
    ),
    *(
        "你能做什么",
        "上一步",
        "我要办400电话",
        "让客户经理给我回电话",
        "我手机话费怎么查",
        "400打不通了",
        "我去拿一下",
        "我换微信继续",
        "继续办理 123456",
        "号码开通了，带我测试",
        "再见",
    ),
]
CORRECTIONS = [
    *(
        "电话填错了，改成13900139002",
        "不是三千是五千分钟",
        "城市改成宁波",
        "功能不要录音了",
        "公司名改成杭州晴川科技有限公司",
    ),
    *("预算改成五百", "渠道改成营业厅", "接听号码改成8个", "用量改成每月两千分钟"),
]
VAGUE = [
    *(
        "随便",
        "不知道",
        "看情况",
        "就这个",
        "你定吧",
        "都行",
        "嗯",
        "好的",
        "不要",
        "哦",
        "？？？",
        "asdf",
        "😀",
        "1",
        "2",
        "啥",
    ),
    *("<b>x</b>", "/restart", "'; drop table", "hello", "好烦啊"),
]
ENDINGS = ["算了不办了", "转人工", "从头来", "删除我的信息", "你们什么破系统", "提交申请", "取消申请"]


@dataclass
class Walker:
    """One customer after the other, each for up to `LONGEST` turns."""

    brain: Brain
    dice: random.Random
    said: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def walk(self, turns: int) -> list[str]:
        """Walk; what went wrong, with the last things said."""
        wrong: list[str] = []
        while turns > 0:
            player = Player(self.brain, channel=self.dice.choice(["web", "web", "web", "wechat", "voice"]))
            self.said, self.asked = [], []
            for _ in range(min(turns, self.dice.randint(8, LONGEST))):
                turns -= 1
                if self.dice.random() < 0.02:
                    self._leave(player)
                text = await self._say(player)
                found = await self._look(player)
                if found:
                    trail = " / ".join(self.said[-8:])
                    wrong.append(f"{found}\n    说过：{trail}\n{player.heard()}")
                    break
                if text == "再见":
                    break
        return wrong

    def _leave(self, player: Player) -> None:
        hours = self.dice.choice([0.1, 1.0, 26.0])
        clock = self.brain.services.clock
        assert isinstance(clock, FrozenClock)
        clock.advance(hours=hours)
        player.away = hours * 3600
        if self.dice.random() < 0.5:
            self.brain.agent.tracker_store.drop(player.cid)  # type: ignore[attr-defined]
        self.said.append(f"（{hours} 小时后）")

    async def _say(self, player: Player) -> str:
        tracker = await self.brain.agent.tracker_store.retrieve(player.cid)
        asked = tracker.get_slot("requested_slot") if tracker and tracker.active_loop_name else None
        roll = self.dice.random()
        if not self.said:
            text = self.dice.choice(
                ["我要办400电话", "你好", "推荐个套餐", "我公司每月三千分钟，要录音，想办400"]
            )
        elif roll < 0.25 and player.buttons:
            title = self.dice.choice(list(player.buttons))
            self.said.append(f"[{title}]")
            await player.send(player.buttons[title])
            return title
        elif roll < 0.62 and asked:
            text = self.dice.choice(ANSWERS[asked])
        elif roll < 0.80:
            text = self.dice.choice(INTERRUPTIONS)
        elif roll < 0.88:
            text = self.dice.choice(CORRECTIONS)
        elif roll < 0.96:
            text = self.dice.choice(VAGUE)
        else:
            text = self.dice.choice(ENDINGS)
        self.said.append(text)
        await player.send(text)
        return text

    async def _look(self, player: Player) -> str | None:
        """The first thing that does not hold after this turn; None when all do."""
        tracker = await self.brain.agent.tracker_store.retrieve(player.cid)
        if tracker is None:  # he had himself deleted
            return None if player.replies else "没有回复"
        draft = self.brain.services.applications.draft(player.cid)
        form = tracker.active_loop_name
        asked = tracker.get_slot("requested_slot") if form else None
        spoken = player._spoken(tracker)
        if not player.replies:
            return "没有回复"
        if len(player.replies) > 3:
            return f"一轮说了 {len(player.replies)} 段话"
        if player.raw_names():
            return f"说出了内部名字 {player.raw_names()}"
        # said by an action that failed, or by the runtime in place of silence
        if "utter_system_busy" in spoken or any(
            str(reply.payload.get("text", "")).startswith("抱歉，系统") for reply in player.replies
        ):
            return "系统出错"
        if form and (asked is None or asked not in FORMS[form]):
            return f"表单 {form} 打开着，却没有在问它的字段（{asked}）"
        # what he wants to say anew is asked though it still holds the old value
        if asked in FIELDS and draft.get(str(asked)) is not None and asked not in draft.reopened:
            return f"又问了填过的 {asked}"
        if asked in PERSONAL and draft.consent != "granted":
            return f"没有同意就问 {asked}"
        if draft.consent != "granted" and any(name in draft.fields for name in PERSONAL):
            return "没有同意就存了个人信息"
        for name in FIELDS:
            held = None if name in draft.reopened else draft.get(name)
            if name in tracker.slots and not draft.submitted and tracker.get_slot(name) != held:
                return f"槽 {name}={tracker.get_slot(name)!r}，草稿是 {held!r}"
        return self._stuck(player, asked)

    def _stuck(self, player: Player, asked: str | None) -> str | None:
        """The same words to the same question over and over."""
        last = str(player.replies[-1].payload.get("text", ""))
        self.asked.append((str(asked), last))
        if asked and len(self.asked) >= 5 and len(set(self.asked[-5:])) == 1:
            return f"连着五次用同样的话问 {asked}"
        return None


async def test_two_thousand_turns(brain: Brain) -> None:
    with remembered_readings(brain):
        wrong = await Walker(brain, random.Random(SEED)).walk(TURNS)
    assert not wrong, f"\n种子 {SEED}，{len(wrong)} 处不对：\n" + "\n".join(wrong[:8])
