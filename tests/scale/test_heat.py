"""Which key is hottest, and from how many events a second on something is throttled."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorbell.domain.history import SHARDS as HISTORY_SHARDS
from doorbell.domain.history import history_shelves
from doorbell.domain.rollups import SPREAD, Holder, Kind
from doorbell.domain.subscriptions import scoped
from doorbell.store.events.event_items import LOG_SHARDS, tenant_day_shards
from tests.scale import limits
from tests.scale.ceilings import ceilings, secret_calls
from tests.scale.heat import ROLLUPS, healthy, in_trouble
from tests.scale.table import limits_told, rates_told
from tests.scale.traffic import HOT, HOT_SHARE, NOON, SHARDS, SOURCE, SUBSCRIPTION
from tests.support.docs import page

GOAL = 10_000
EVEN = 1.1
"""The hottest of keys that share evenly has at most so many times their mean."""


def test_nothing_is_throttled_below_ten_thousand_events_a_second_once_quotas_are_raised() -> None:
    for one in ceilings(raised=True):
        assert one.at > GOAL, one


def test_each_limit_that_is_listed_with_its_page_is_reckoned_with() -> None:
    listed = {name for name, one in vars(limits).items() if isinstance(one, limits.Limit)}
    files = [path for path in Path(__file__).parent.glob("*.py") if not path.name.startswith("test_")]
    model = " ".join(path.read_text() for path in files)
    assert {name for name in listed if f"limits.{name}" not in model} == set()
    assert all(one.source for one in vars(limits).values() if isinstance(one, limits.Limit))


def test_the_tables_of_docs_limits_are_the_models() -> None:
    """`make scale` prints them."""
    assert limits_told() in page("docs/limits.md")
    assert rates_told() in page("docs/limits.md")


@pytest.mark.parametrize(
    ("where", "keys", "shards"),
    [
        ("by_tenant", tenant_day_shards(HOT, NOON), LOG_SHARDS),
        ("shelf, history", history_shelves(scoped(HOT, SUBSCRIPTION)), HISTORY_SHARDS),
    ],
)
def test_the_busy_tenants_keys_are_the_hottest_of_an_index_and_share_evenly(
    where: str, keys: tuple[str, ...], shards: int
) -> None:
    key, units = healthy().hottest(where)
    assert key in keys
    assert units <= EVEN * HOT_SHARE / shards


def test_the_busy_tenants_counts_are_the_hottest_and_are_on_all_of_their_keys() -> None:
    """They have to do with nearly every batch: one key would take 5,000 events a second."""
    found = healthy().written[ROLLUPS]
    holders = (Holder(Kind.SOURCE, HOT, SOURCE), Holder(Kind.SUBSCRIPTION, HOT, SUBSCRIPTION))
    for holder in holders:
        on_all = sum(found[key] for key in holder.keys)
        assert limits.PARTITION_WRITES.value / on_all < GOAL
        assert max(found[key] for key in holder.keys) <= 1.3 * on_all / SPREAD
    assert healthy().hottest(ROLLUPS)[0] in {key for holder in holders for key in holder.keys}


def test_the_due_index_is_spread_over_its_shards_whoever_rings() -> None:
    heat = healthy()
    assert set(heat.written["due"]) == {f"{number:02d}" for number in range(SHARDS)}
    assert heat.hottest("due")[1] <= EVEN * heat.total("due") / SHARDS


def test_filing_moves_a_delivery_in_the_due_index_so_an_outage_of_all_is_the_dearest_hour_for_it() -> None:
    assert in_trouble().total("due") == pytest.approx(healthy().total("due") * 1.5, rel=0.02)


def test_secrets_in_ssm_are_the_first_to_be_throttled() -> None:
    """At its default of 40 a second, where each of 100,000 tenants has two of its own."""
    first = ceilings(raised=False)[0]
    assert "SSM" in first.what
    assert first.at < 100


def test_a_secret_is_read_for_nearly_every_event_of_tenants_that_seldom_ring() -> None:
    assert secret_calls(1_000) == pytest.approx(2 * 500, rel=0.1)
    assert secret_calls(2_000) > secret_calls(1_000)
