"""What an operator may not do to data/knowledge: refused with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.business.knowledge import Knowledge
from hotline.datafile import DataError

SMALL = """\
review_time:
  label: 审核要几天
  facts: [F106, F108, P29]
  text: 审核一般 3–7 个工作日，以当地中国移动实际受理为准。
  rich:
    - type: list
      items: [一般 3–7 个工作日, 节假日顺延]
  voice: 审核一般三到七个工作日。
  again: 周一提交的，慢的到下周三前后有结果。
  next: [review_content, check_application_status]
  ask: 要现在帮您查吗？
  aspects:
    - name: urgent
      words: [加急]
      text: 没有可以承诺的加急。
    - name: why
      words: [为什么]
      text: 要核验的内容比较多。

review_content:
  label: 审核审什么
  facts: [P28]
  text: 看执照是否真实有效。
  rich:
    - type: text
      text: 看执照是否真实有效。
  voice: 看执照是否真实有效。
  again: 回访电话请接听。
  next: [review_time, human_handoff]
"""


class Folder:
    """A small knowledge folder that an operator edits."""

    def __init__(self, path: Path) -> None:
        self.path = path / "knowledge"
        self.path.mkdir()
        self.edit("", "")

    def edit(self, old: str, new: str) -> None:
        """Write the two topics afresh with one text replaced."""
        assert old in SMALL
        (self.path / "06_review.yml").write_text(SMALL.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_the_small_folder_is_sound(folder: Folder) -> None:
    assert list(Knowledge.load(folder.path).topics) == ["review_time", "review_content"]


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ("  voice: 审核一般三到七个工作日。\n", "", "缺少 voice", 2),
        ("审核要几天", "审核要几天才能有一个结果呢", "label 不超过 10 个字", 2),
        ("[F106, F108, P29]", "[F106, F108, F999]", "事实表里没有 F999", 3),
        ("[F106, F108, P29]", "[F106, F106]", "F106 重复", 3),
        ("text: 审核一般", "text: 你的审核一般", "请用“您”", 4),
        ("text: 审核一般", "text: 加急另收 100 元，审核一般", "里有价格", 4),
        ("text: 审核一般", "text: 共 {number_of_days} 天，一般", "没有 number_of_days 这个数字可填", 4),
        ("text: 审核一般", "text: <b>注意</b>，一般", "不能有 < 或 >", 4),
        ("text: 审核一般", f"text: {'很长' * 250}审核一般", "text 不超过 480 个字", 4),
        ("type: list", "type: carousel", "type 只能是", 6),
        ("items: [一般 3–7 个工作日, 节", "items: [7, 节", "应当是文字", 7),
        ("voice: 审核一般三到七个", "voice: 审核一般3–7个", "要能念出来", 8),
        ("voice: 审核一般三到七个工作日。", "voice: 三天。五天。七天。", "最多两句", 8),
        (
            "周一提交的，慢的到下周三前后有结果。",
            "审核一般 3–7 个工作日，以当地中国移动实际受理为准。",
            "换一种说法",
            9,
        ),
        ("next: [review_content, check", "next: [review_contents, check", "既不是话题也不是动作", 10),
        ("next: [review_content, check", "next: [review_time, check", "不能是话题自己", 10),
        ("next: [review_content, check_application_status]", "next: [review_content]", "2 到 4 个", 10),
        ("ask: 要现在帮您查吗？", "ask: 要现在帮您查吗", "以“？”结尾", 11),
        ("words: [为什么]", "words: [为什么, 加急]", "“加急”同时属于 urgent 和 why", 16),
        ("name: why", "name: urgent", "方面 urgent 重复", 16),
        ("text: 要核验的内容比较多。", "text: 要核验：内容多。", "要能念出来", 18),
        ("    - name: why\n", "    - name: why\n      always: true\n", "没有 always 这个字段", 17),
        ("review_content:\n", "review_time:\n", "重复", 20),
        ("review_content:\n", "responses:\n", "Rasa 会把", 20),
        ("review_content:\n", "Review-Content:\n", "话题名只用小写字母", 20),
    ],
)
def test_a_bad_edit_is_refused_with_file_line_and_reason(
    folder: Folder, old: str, new: str, reason: str, line: int
) -> None:
    folder.edit(old, new)
    with pytest.raises(DataError) as refused:
        Knowledge.load(folder.path)
    assert reason in refused.value.reason
    assert refused.value.file.endswith("06_review.yml")
    assert refused.value.line == line


def test_a_topic_may_stand_in_one_file_only(folder: Folder) -> None:
    (folder.path / "07_contract.yml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(DataError, match=r"07_contract\.yml:1: 话题 review_time 重复（第一次在 06_review"):
        Knowledge.load(folder.path)


def test_the_files_are_followed_and_a_broken_edit_keeps_the_older_reading(folder: Folder) -> None:
    knowledge = Knowledge.load(folder.path)
    assert knowledge.reload_if_changed() is False

    folder.edit("text: 审核一般", "text: 审核通常")
    assert knowledge.reload_if_changed() is True
    assert "审核通常" in knowledge.answer("review_time").text

    folder.edit("  label: 审核要几天\n", "")
    assert knowledge.reload_if_changed() is False
    assert knowledge.problem is not None and "缺少 label" in knowledge.problem.reason
    assert "审核通常" in knowledge.answer("review_time").text

    folder.edit("", "")
    assert knowledge.reload_if_changed() is True
    assert knowledge.problem is None
    assert "审核一般" in knowledge.answer("review_time").text
