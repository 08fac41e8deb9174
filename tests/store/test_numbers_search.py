"""Finding numbers among five thousand: what is shown always meets the wish, on SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hotline.business.catalog import load_catalog
from hotline.business.homophones import homophones
from hotline.business.numbers import Card, NumberService, Wish
from hotline.business.patterns import WISHES, traits
from hotline.business.stock import Query, Stock
from hotline.business.stocking import entry, import_csv, make_samples, regrade
from hotline.clock import CHINA, FrozenClock
from hotline.store.database import Database
from hotline.store.numbers import SqlNumbers
from tests.databases import _empty

TIERS = load_catalog().tiers
ALL = tuple(tier.id for tier in TIERS.all)
CLOCK = FrozenClock(datetime(2026, 11, 24, 12, tzinfo=CHINA))
COUNT = 5000


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlNumbers]:
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("numbers") / "numbers.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        database = Database(f"sqlite:///{path}")
    else:
        database = Database(request.getfixturevalue("postgres_url"))
    inventory = SqlNumbers(database)
    assert make_samples(inventory, TIERS, COUNT) == COUNT
    yield inventory
    if not database.is_sqlite:
        _empty(database)
    database.close()


@pytest.fixture(scope="module")
def shelf(store: SqlNumbers) -> list[Stock]:
    judged = (entry(number, TIERS) for number in store.all_numbers())
    return [Stock(each.number, each.pattern, each.tier, each.score) for each in judged]


@pytest.fixture
def service(store: SqlNumbers) -> NumberService:
    return NumberService(store, TIERS, CLOCK)


def sixes(cards: tuple[Card, ...]) -> list[str]:
    return [card.number[4:] for card in cards]


# --- what is on the shelf


def test_the_samples_are_different_numbers_of_our_segments_and_the_same_for_the_same_seed(
    store: SqlNumbers, shelf: list[Stock]
) -> None:
    numbers = [stock.number for stock in shelf]
    assert store.count() == len(set(numbers)) == COUNT
    assert {number[:4] for number in numbers} == {"4001", "4007"}
    assert make_samples(store, TIERS, COUNT) == 0, "the same seed again brings nothing new"


def test_progress_is_told_up_to_the_end(store: SqlNumbers) -> None:
    told: list[int] = []
    make_samples(store, TIERS, 2500, progress=told.append)
    assert told == [1000, 2000, 2500]


def test_more_samples_than_numbers_exist_are_refused(store: SqlNumbers) -> None:
    with pytest.raises(ValueError, match="2000000"):
        make_samples(store, TIERS, 2_000_001)


# --- every search is what a plain look at all numbers finds

pieces = st.text("0123456789", min_size=1, max_size=4)
queries = st.builds(
    Query,
    tiers=st.lists(st.sampled_from(ALL), min_size=1, unique=True).map(tuple) | st.just(ALL),
    segment=st.sampled_from(["", "", "4001", "4007"]),
    prefix=st.just("") | pieces,
    suffix=st.just("") | pieces,
    contains=st.lists(pieces, max_size=2).map(tuple),
    any_of=st.lists(st.text("0123456789", min_size=3, max_size=4), max_size=3).map(tuple),
    endings=st.lists(st.text("0123456789", min_size=2, max_size=4), max_size=3).map(tuple),
    excluded=st.text("0123456789", max_size=6),
    patterns=st.just(()) | st.sampled_from(sorted(WISHES)).map(WISHES.__getitem__),
    per_tier=st.none(),
)


def meets(stock: Stock, query: Query) -> bool:
    six = stock.six
    return (
        stock.tier in query.tiers
        and stock.number.startswith(query.segment)
        and six.startswith(query.prefix)
        and six.endswith(query.suffix)
        and all(piece in six for piece in query.contains)
        and (not query.any_of or any(piece in six for piece in query.any_of))
        and (not query.endings or any(six.endswith(piece) for piece in query.endings))
        and not set(query.excluded) & set(six)
        and (not query.patterns or stock.pattern in query.patterns)
    )


@given(query=queries)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_exactly_what_meets_it(store: SqlNumbers, shelf: list[Stock], query: Query) -> None:
    right = sorted((stock for stock in shelf if meets(stock, query)), key=lambda s: (-s.score, s.number))
    assert store.find(query, 0.0) == right
    assert store.count_up_to(query, 0.0, 3) == min(3, len(right))


@example(query=Query(tiers=("N0", "N1"), contains=("0",), excluded="0", per_tier=None))
@given(query=queries)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_limited_search_keeps_the_best_of_each_grade(
    store: SqlNumbers, shelf: list[Stock], query: Query
) -> None:
    found = store.find(replace(query, per_tier=2, patterns=()), 0.0)
    right = [stock for stock in shelf if meets(stock, replace(query, patterns=()))]
    for tier in query.tiers:
        best = sorted(-stock.score for stock in right if stock.tier == tier)[:2]
        assert [-stock.score for stock in found if stock.tier == tier] == best


# --- what a customer is shown


@pytest.mark.parametrize(
    "wish",
    [
        Wish(suffix="8"),
        Wish(suffix="68"),
        Wish(contains=("16",)),
        Wish(prefix="88"),
        Wish(prefix="4007"),
        Wish(excluded="47"),
        Wish(contains=("8",), excluded="4", prefix="4001"),
    ],
)
def test_what_is_shown_meets_the_wish(service: NumberService, wish: Wish) -> None:
    found = service.search(wish)
    assert (found.reason, found.relaxed) == ("found", ())
    assert 1 <= len(found.cards) <= wish.limit
    assert len({card.number for card in found.cards}) == len(found.cards)
    for card in found.cards:
        six = card.number[4:]
        assert six.endswith(wish.suffix)
        assert all(piece in six for piece in wish.contains)
        assert card.number.startswith(wish.prefix) or six.startswith(wish.prefix)
        assert not set(wish.excluded) & set(six)


@pytest.mark.parametrize("pattern", ["sequence", "repeat", "pair", "plain"])
def test_a_wished_pattern_is_shown(service: NumberService, pattern: str) -> None:
    found = service.search(Wish(patterns=(pattern,)))
    assert found.reason == "found"
    assert {card.pattern for card in found.cards} <= set(WISHES[pattern])


def test_a_birthday_is_a_date_in_the_number(service: NumberService) -> None:
    for card in service.search(Wish(patterns=("birthday",))).cards:
        assert traits(card.number[4:]).date is not None
        assert card.reasons[0].code == "date"


def test_a_homophone_is_heard_at_the_end_and_never_a_bad_one(service: NumberService) -> None:
    found = service.search(Wish(patterns=("homophone",)))
    assert found.reason == "found"
    for card in found.cards:
        assert any(card.number.endswith(reading.digits) for reading in card.readings)
        assert homophones().bad_in(card.number[4:]) is None


def test_numbers_for_a_company_are_read_as_its_name(service: NumberService) -> None:
    found = service.search(Wish(name="广州久发科技有限公司"))
    assert found.reason == "found"
    for card in found.cards:
        assert card.readings[0].kind == "name" and "久发" in card.readings[0].reads
        assert card.number.endswith(card.readings[0].digits)


def test_the_price_ceiling_is_the_most_he_may_have_to_spend(service: NumberService) -> None:
    found = service.search(Wish(price_ceiling=Decimal(200)))
    assert found.reason == "found"
    assert {card.tier for card in found.cards} <= {"N0", "N1", "N2"}, "N3 begins at 200 but goes up to 500"
    for card in found.cards:
        assert card.minimum_spend is not None and card.minimum_spend.high is not None
        assert card.minimum_spend.high <= 200


def floors(service: NumberService, wish: Wish) -> list[Decimal]:
    return [
        card.minimum_spend.low
        for card in service.search(wish).cards
        if card.minimum_spend and card.minimum_spend.low
    ]


@pytest.mark.parametrize("wish", [Wish(), Wish(suffix="88"), Wish(patterns=("homophone",)), Wish(like="168")])
def test_what_is_within_the_budget_comes_first(service: NumberService, wish: Wish) -> None:
    found = floors(service, replace(wish, budget=Decimal(100)))
    assert len(found) == 6 and found[0] <= 100
    above = [floor > 100 for floor in found]
    assert above == sorted(above), "nothing dearer stands before what fits"


def test_a_budget_that_nothing_meets_shows_the_plainest_first(service: NumberService) -> None:
    found = floors(service, Wish(suffix="666", budget=Decimal(100)))
    assert found and found[0] == min(found) > 100


@pytest.mark.parametrize("wish", [Wish(cheap=True), Wish(suffix="6", cheap=True)])
def test_cheap_ones_are_in_the_order_of_their_price(service: NumberService, wish: Wish) -> None:
    found = floors(service, wish)
    assert found == sorted(found) and found[0] == 50


def test_the_next_lower_price(service: NumberService) -> None:
    below = [service.price_below(Decimal(each)) for each in (3000, 200, 100, 50)]
    assert below == [3000, 200, 50, None]


def test_digits_that_nobody_has_are_resembled_not_forgotten(service: NumberService) -> None:
    found = service.search(Wish(contains=("012345",)))
    assert found.relaxed == ("contains",)
    assert all(any(piece in six for piece in ("012", "123", "234", "345")) for six in sixes(found.cards))


def test_a_card_never_shows_a_fee_and_a_raised_spend_together(
    store: SqlNumbers, service: NumberService
) -> None:
    by_fee = NumberService(store, replace(TIERS, charge_by="selection_fee"), CLOCK)
    for finder, monthly in ((service, True), (by_fee, False)):
        for card in finder.search(Wish()).cards:
            assert (card.minimum_spend is not None, card.fee is not None) == (monthly, not monthly)


def test_without_a_wish_the_prices_are_mixed(service: NumberService) -> None:
    cards = service.search(Wish()).cards
    assert len({card.tier for card in cards}) >= 3
    assert len({card.pattern for card in cards}) >= 4


def test_likeness_ranks_what_resembles_first(service: NumberService, shelf: list[Stock]) -> None:
    wanted = next(stock.number for stock in shelf if stock.pattern == "plain")
    cards = service.search(Wish(like=wanted)).cards
    assert cards[0].number[4:] == wanted[4:]
    runs = {wanted[4:][at : at + 3] for at in range(4)}
    assert all(any(run in six for run in runs) for six in sixes(cards))


def test_what_was_seen_is_not_shown_again(service: NumberService) -> None:
    first = service.search(Wish(suffix="8"))
    more = service.search(Wish(suffix="8", seen=tuple(card.number for card in first.cards)))
    assert more.reason == "found"
    assert not {card.number for card in first.cards} & {card.number for card in more.cards}


def test_a_number_is_shown_the_way_it_is_said(service: NumberService) -> None:
    card = service.search(Wish()).cards[0]
    assert card.shown == f"{card.number[:4]}-{card.number[4:7]}-{card.number[7:]}"
    assert service.card(card.number) is not None
    assert service.card("4008123456") is None


# --- nothing fits


@pytest.mark.parametrize(
    ("wish", "relaxed"),
    [
        (Wish(suffix="168", patterns=("sequence",)), "patterns"),
        (Wish(suffix="8", price_ceiling=Decimal(10)), "price_ceiling"),
        (Wish(suffix="8", tiers=("N9",)), "tiers"),
    ],
)
def test_when_nothing_fits_one_wish_is_relaxed_and_the_others_hold(
    service: NumberService, wish: Wish, relaxed: str
) -> None:
    found = service.search(wish)
    assert found.reason == "nearest"
    assert found.relaxed == (relaxed,)
    assert found.options[0] == relaxed
    assert all(six.endswith(wish.suffix) for six in sixes(found.cards))


def test_a_long_ending_that_nobody_has_becomes_a_shorter_one(
    service: NumberService, shelf: list[Stock]
) -> None:
    taken = {stock.six for stock in shelf}
    wanted = next(f"{at:06}" for at in range(777_000, 778_000) if f"{at:06}" not in taken)
    found = service.search(Wish(suffix=wanted))
    assert found.reason == "nearest" and found.relaxed == ("suffix",)
    assert all(six[-2:] == wanted[-2:] for six in sixes(found.cards))


def test_a_wish_that_contradicts_itself_is_said_so(service: NumberService) -> None:
    found = service.search(Wish(suffix="48", excluded="4"))
    assert [(note.code, note.values) for note in found.notes] == [("contradiction", {"digits": "4"})]
    assert found.reason == "nearest"


@pytest.mark.parametrize(("segment", "operator"), [("4008", "telecom"), ("4006", "unicom"), ("4005", None)])
def test_another_operators_segment_is_named_and_ours_are_shown(
    service: NumberService, segment: str, operator: str | None
) -> None:
    found = service.search(Wish(prefix=segment))
    assert [(note.code, note.values) for note in found.notes] == [
        ("foreign_segment", {"segment": segment, "operator": operator})
    ]
    assert found.cards


def test_a_name_that_no_digits_sound_like_is_said_so(service: NumberService) -> None:
    found = service.search(Wish(name="！！"))
    assert [note.code for note in found.notes] == ["no_reading"]
    assert (found.reason, found.relaxed) == ("nearest", ("name",))


@given(
    wish=st.builds(
        Wish,
        suffix=st.text("0123456789", max_size=8),
        contains=st.lists(st.text("0123456789-", max_size=7), max_size=3).map(tuple),
        prefix=st.text("0123456789", max_size=8),
        excluded=st.text("0123456789", max_size=10),
        patterns=st.lists(st.sampled_from([*WISHES, "homophone", "birthday", "nonsense"]), max_size=2).map(
            tuple
        ),
        tiers=st.lists(st.sampled_from([*ALL, "N9"]), max_size=2).map(tuple),
        price_ceiling=st.none() | st.sampled_from([Decimal(0), Decimal(100), Decimal(10**6)]),
        like=st.text("0123456789", max_size=11),
        name=st.sampled_from(["", "久发", "！！", "小米科技"]),
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_wish_gets_an_answer(service: NumberService, wish: Wish) -> None:
    found = service.search(wish)
    assert found.cards, "five thousand numbers: something can always be shown"
    assert (found.reason == "found") == (not found.relaxed)
    assert len(found.cards) <= wish.limit


# --- bringing numbers in


def test_a_csv_is_imported_and_its_bad_lines_are_reported(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text(
        "号码,等级\n4001-888-666,\n4008123456,\n40071234,\n4007123123,N9\n\n4001888666,\n4007345345,N6\n",
        "utf-8-sig",
    )
    store = SqlNumbers(database)
    done = import_csv(file, store, TIERS)
    assert (done.added, done.known) == (2, 0)
    assert [(bad.line, bad.reason) for bad in done.bad] == [
        (3, "foreign_segment"),
        (4, "not_ten_digits"),
        (5, "unknown_tier"),
        (7, "double"),
    ]
    given_grade, judged = store.get("4007345345"), store.get("4001888666")
    assert given_grade is not None and given_grade.tier == "N6"
    assert judged is not None and judged.tier == TIERS.of_patterns(traits("888666").patterns).id
    again = import_csv(file, store, TIERS)
    assert (again.added, again.known) == (0, 2)


def test_a_csv_from_a_chinese_spreadsheet_is_read(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_bytes("号码,备注\n4001234567,门店\n".encode("gb18030"))
    assert import_csv(file, SqlNumbers(database), TIERS).added == 1


def test_numbers_are_filed_anew_when_the_grades_change(database: Database) -> None:
    store = SqlNumbers(database)
    make_samples(store, TIERS, 300)
    plainest = replace(
        TIERS, all=(replace(TIERS.all[0], patterns=tuple(p for t in TIERS.all for p in t.patterns)),)
    )
    assert regrade(store, plainest) == 300
    assert {stock.tier for number in store.all_numbers() if (stock := store.get(number))} == {"N0"}
