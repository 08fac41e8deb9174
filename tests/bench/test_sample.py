"""The baseline's sample of the language: every intent and every kind of sentence, the same one each time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml

from bench import baseline, sample

PLAIN = [f"句子{n}" for n in range(90)]
NAMED = [f"我是[王{n}](contact_name)" for n in range(9)]
RARE = ['[晨星]{"entity": "company_name", "value": "晨星科技"}的[王五](contact_name)']


def kinds(sentences: list[str]) -> Counter[frozenset[str]]:
    return Counter(sample.entities_of(sentence) for sentence in sentences)


def test_each_kind_has_its_share_and_a_rare_one_is_not_left_out() -> None:
    found = kinds(sample.chosen([*RARE, *PLAIN, *NAMED], 20))
    assert found[frozenset()] == 18
    assert found[frozenset({"contact_name"})] in (1, 2)
    assert found[frozenset({"company_name", "contact_name"})] == 1


def test_the_sample_is_the_same_each_time_and_keeps_the_order() -> None:
    first = sample.chosen(PLAIN, 20)
    assert first == sample.chosen(PLAIN, 20) == sorted(first, key=PLAIN.index)
    assert len(set(first)) == 20
    assert first != PLAIN[:20] != sample.chosen(PLAIN, 20, seed=7)


def test_few_sentences_are_taken_whole() -> None:
    assert sample.chosen(NAMED, 20) == NAMED


def test_synonyms_tables_and_expressions_are_kept_and_an_intent_in_two_files_is_one(tmp_path: Path) -> None:
    lines = "".join(f"    - {text}\n" for text in PLAIN)
    (tmp_path / "a.yml").write_text(f"nlu:\n- intent: greet\n  examples: |\n{lines}", encoding="utf-8")
    rest = "- synonym: 北京\n  examples: |\n    - 京城\n- regex: code\n  examples: |\n    - \\d{4}: 5\n"
    (tmp_path / "b.yml").write_text(f"nlu:\n- intent: greet\n  examples: |\n{lines}{rest}", encoding="utf-8")
    (tmp_path / "out").mkdir()
    sample.write(sorted(tmp_path.glob("*.yml")), tmp_path / "out", 5)
    blocks = yaml.safe_load((tmp_path / "out" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    assert [block.get("intent") for block in blocks] == ["greet", None, None]
    assert len(sample.lines_of(blocks[0]["examples"])) == 5
    assert blocks[1] == {"synonym": "北京", "examples": "- 京城\n"}
    assert blocks[2] == {"regex": "code", "examples": "- \\d{4}: 5\n"}


def test_the_project_of_the_product_has_every_intent_and_entity_of_its_language(tmp_path: Path) -> None:
    sources = baseline.language()
    sample.write(sources, tmp_path, 25)
    whole, part = (content(files) for files in (sources, [tmp_path / "nlu.yml"]))
    assert part.keys() == whole.keys()
    assert all(min(25, len(whole[name])) <= len(part[name]) <= 40 for name in whole)
    for name, sentences in whole.items():
        assert kinds(part[name]).keys() == kinds(sentences).keys()
        assert set(part[name]) <= set(sentences)


def content(files: list[Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in files:
        for block in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            if "intent" in block:
                found.setdefault(block["intent"], []).extend(sample.lines_of(block["examples"]))
    return found
