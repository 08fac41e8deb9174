"""The intent model: learning, reading, confidence, storage; with and without the sentence encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hotline.nlu import model as models
from hotline.nlu.encoder import Head
from hotline.nlu.examples import by_intent, read_all
from hotline.nlu.lessons import Options
from hotline.nlu.linear import fit_sparse, pool_weights, temperature
from hotline.nlu.model import FALLBACK, OUT_OF_SCOPE, IntentModel, Reading

INTENTS = ("faq_stamp", "faq_invoice", "faq_call_recording", "greet", OUT_OF_SCOPE)
LIGHT = Options(encoder=False, copies=1, frames=5)


def _lessons() -> tuple[list[str], list[str]]:
    groups = by_intent(read_all())
    chosen = [example for intent in INTENTS for example in groups[intent][:: len(groups[intent]) // 60][:60]]
    return [e.text for e in chosen], [e.intent for e in chosen]


class _Fake:
    """An encoder that knows three words."""

    name, size = "fake", 3

    def __init__(self) -> None:
        self.asked = 0
        self.head: Head | None = None
        self.known: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += len(texts)
        words = ("章", "票", "录音")
        rows = [[float(word in text) + 0.1 for word in words] for text in texts]
        return np.array(rows, np.float32) / np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)


@pytest.fixture(scope="module")
def light() -> IntentModel:
    return IntentModel.train(*_lessons(), LIGHT)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> _Fake:
    engine = _Fake()
    monkeypatch.setattr(models, "encoder", lambda: engine)
    monkeypatch.setattr(models, "encode_cached", lambda texts, engine: engine(texts))
    return engine


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("合同章能代替公章不", "faq_stamp"),
        ("專票怎麼開", "faq_invoice"),
        ("路音能存多久呀", "faq_call_recording"),
        ("您好", "greet"),
        ("今天股票涨了吗", OUT_OF_SCOPE),
    ],
)
def test_what_was_learned_is_read_in_new_words(light: IntentModel, text: str, intent: str) -> None:
    assert light.read(text).intent == intent


def test_a_ranking_is_ordered_and_confidences_are_shares(light: IntentModel) -> None:
    reading = light.read("发票盖什么章")
    confidences = [chance for _, chance in reading.ranking]
    assert {name for name, _ in reading.ranking} == set(INTENTS)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "？？？", "😀😀", "……"])
def test_text_without_a_letter_is_not_recognised(light: IntentModel, text: str) -> None:
    assert light.read(text).intent == FALLBACK


def test_a_foreign_request_wins_from_its_own_threshold_on(light: IntentModel) -> None:
    low = light.labels.index(OUT_OF_SCOPE)
    chances = np.full(len(light.labels), 0.02)
    chances[low], chances[0] = 0.45, 0.47
    strict, lenient = (
        IntentModel(**{**vars(light), "options": Options.of({**vars(LIGHT), "foreign": threshold})})
        for threshold in (0.4, 0.5)
    )
    assert strict._ranked(chances, False).intent == OUT_OF_SCOPE
    assert lenient._ranked(chances, False).intent == light.labels[0]


def test_training_twice_gives_the_same_model(light: IntentModel) -> None:
    again = IntentModel.train(*_lessons(), LIGHT)
    assert again.read("章要盖哪里").ranking == light.read("章要盖哪里").ranking


def test_a_saved_model_reads_the_same(light: IntentModel, tmp_path: Path) -> None:
    light.save(tmp_path)
    again = IntentModel.load(tmp_path)
    assert again.options == light.options
    for text in ("合同章行不行", "开票要什么", "", "今天天气"):
        one, other = dict(again.read(text).ranking), dict(light.read(text).ranking)
        assert one == pytest.approx(other, abs=0.005)
        assert again.read(text).intent == light.read(text).intent


def test_a_damaged_folder_is_an_error(light: IntentModel, tmp_path: Path) -> None:
    light.save(tmp_path)
    (tmp_path / "model.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError):
        IntentModel.load(tmp_path)


def test_the_encoder_is_asked_only_when_the_light_reader_is_not_sure(fake: _Fake) -> None:
    unsure = IntentModel.train(*_lessons(), Options(copies=0, frames=0, sure=1.1))
    asked = fake.asked
    assert unsure.read("要盖章吗").asked_encoder and fake.asked == asked + 1
    always = IntentModel(**{**vars(unsure), "options": Options.of({**vars(unsure.options), "sure": 0.0})})
    assert not always.read("要盖章吗").asked_encoder and fake.asked == asked + 1


def test_a_head_that_knows_the_intents_reads_and_few_sentences_are_encoded(fake: _Fake) -> None:
    texts, intents = _lessons()
    columns = np.zeros((3, len(INTENTS)), np.float32)
    for row in range(3):
        columns[row, row] = 50.0
    fake.head = Head(list(INTENTS), columns, np.zeros(len(INTENTS), np.float32))
    model = IntentModel.train(texts, intents, Options(copies=0, frames=0, sure=1.1, calibrated=20))
    assert fake.asked == 20
    scores = model._deep(fake(["盖章", "开票", "录音"]))
    assert [model.labels[i] for i in scores.argmax(axis=1)] == [
        "faq_stamp",
        "faq_invoice",
        "faq_call_recording",
    ]


def test_a_head_for_other_intents_is_left_aside(fake: _Fake) -> None:
    fake.head = Head(["a", "b"], np.zeros((3, 2), np.float32), np.zeros(2, np.float32))
    model = IntentModel.train(*_lessons(), Options(copies=0, frames=0, sure=1.1, encoded=30, calibrated=20))
    assert fake.asked > 20 + 4 * 30 - 40
    assert model.deep is not None and model.deep.weights.shape == (3, len(INTENTS))


def test_without_its_encoder_a_model_goes_on_alone(
    fake: _Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trained = IntentModel.train(*_lessons(), Options(copies=0, frames=0, sure=1.1))
    trained.save(tmp_path)
    monkeypatch.setattr(models, "encoder", lambda: None)
    reading: Reading = IntentModel.load(tmp_path).read("发票抬头能改吗")
    assert not reading.asked_encoder and reading.intent == "faq_invoice"


def test_another_encoder_than_the_one_learned_with_is_not_asked(fake: _Fake) -> None:
    trained = IntentModel.train(*_lessons(), Options(copies=0, frames=0, sure=1.1))
    fake.name = "another"
    assert not trained.read("发票抬头能改吗").asked_encoder


def test_a_classifier_needs_three_intents() -> None:
    with pytest.raises(ValueError, match="three"):
        IntentModel.train(["你好", "发票"], ["greet", "faq_invoice"], LIGHT)


def test_options_ignore_the_keys_of_others() -> None:
    assert Options.of({"copies": 3, "name": "x", "augmentation": None}) == Options(copies=3, augmentation=())


def test_the_temperature_makes_scores_honest() -> None:
    chance = np.random.default_rng(1)
    scores = chance.normal(0, 1, (4000, 5))
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    labels = np.array([chance.choice(5, p=row) for row in shares])
    assert temperature(scores * 3, labels) == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_pooling_trusts_the_better_opinion(precision: type) -> None:
    chance = np.random.default_rng(2)
    labels = chance.integers(0, 4, 1500)
    good = np.eye(4)[labels] * 3 + chance.normal(0, 1, (1500, 4))
    bad = chance.normal(0, 1, (1500, 4))
    weights = pool_weights(good.astype(precision), bad.astype(precision), labels)
    assert weights[0] > 10 * weights[1]


def test_labels_that_nobody_uses_are_never_said() -> None:
    from scipy.sparse import csr_matrix

    rows = csr_matrix(np.eye(6, dtype=np.float32))
    linear = fit_sparse(rows, [0, 1, 3, 0, 1, 3], 5, seed=1)
    for place in range(6):
        scores = linear.sparse(np.array([place]), np.array([1.0], np.float32))
        assert scores.argmax() in (0, 1, 3)
