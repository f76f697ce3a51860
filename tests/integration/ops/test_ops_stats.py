"""`doorbell stats`, and who was refused in the last hour: `status`, `check`, `sources list` and `show`."""

import re
import time
from typing import Any

import pytest

from doorbell.domain.rollups import ANSWER, BUCKET_SECONDS, LATENCY, Holder, Kind, bucket_at
from doorbell.domain.scales import bucket_of
from doorbell.store.bodies import BodyBucket
from doorbell.store.refused.refused_table import RefusedTable
from doorbell.store.rollups.rollup_table import RollupTable
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.test_refused_table import a_refused
from tests.support.cli_calls import counted_calls

SUBSCRIPTION, SOURCE = Holder(Kind.SUBSCRIPTION, "acme", "billing"), Holder(Kind.SOURCE, "acme", "github")


def add(doorbell: Doorbell, holder: Holder = SUBSCRIPTION, /, ago: float = 0, **counts: int) -> None:
    table = RollupTable(doorbell.target.client("dynamodb"), "RollupsTable", 14 * DAY)
    named = {name.replace("__", "."): count for name, count in counts.items()}
    table.add(holder, bucket_at(time.time() - ago), named)


def refuse(doorbell: Doorbell, count: int, **changes: Any) -> None:
    """As ingest keeps them."""
    bodies = BodyBucket(lambda: doorbell.target.client("s3"), "bodies")
    table = RefusedTable(doorbell.target.client("dynamodb"), "RefusedTable", bodies, 50, 20, DAY)
    for place in range(count):
        given = {"tenant_id": "acme", "at": time.time() - 60, **changes}
        table.put(place, a_refused(f"{place:04d}", **given))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_subscription_is_told_in_counts_and_percentiles(doorbell: Doorbell) -> None:
    fast, slow = f"{ANSWER}{bucket_of(0.05)}", f"{ANSWER}{bucket_of(3)}"
    counts = {fast: 94, slow: 6, f"{LATENCY}{bucket_of(400)}": 90}
    add(doorbell, delivered=1090, failed__5xx=4, failed__timeout=6, exhausted=1, held__parked=3, **counts)
    said = flat(doorbell.run("stats", "acme/billing").stdout)
    for line in (
        "subscription acme/billing",
        "delivered 1,090",
        "failed attempts 10: 6 timeout, 4 5xx",
        "exhausted 1",
        "cancelled 0",
        "held back 3: 3 parked",
        "ingest to delivery p50 8.74 min, p95 8.74 min, p99 8.74 min",
        "its own answer p50 64 ms, p95 4.1 s, p99 4.1 s",
        "Not exact: a worker that dies may count twice or not at all; `doorbell audit` counts from the",
    ):
        assert line in said, said


def test_a_source_is_told_with_its_refusals_by_reason(doorbell: Doorbell) -> None:
    add(doorbell, SOURCE, accepted=12, duplicates=1, refused__signature_mismatch=3, refused__body_too_large=4)
    said = flat(doorbell.run("stats", "--source", "github").stdout)
    assert "source acme/github" in said
    assert "accepted 12 duplicates 1 refused 7: 4 body_too_large, 3 signature_mismatch" in said
    document = doorbell.json("stats", "--source", "github")
    assert document["source_id"] == "github"
    assert document["stats"][0]["refused"] == {"body_too_large": 4, "signature_mismatch": 3}


def test_a_line_for_each_step_is_told_newest_first(doorbell: Doorbell) -> None:
    for day in range(3):
        add(doorbell, ago=day * DAY, delivered=day + 1)
    rows = doorbell.json("stats", "acme/billing", "--since", "7d", "--by", "day")["stats"]
    assert [row["delivered"] for row in rows] == [1, 2, 3]
    said = doorbell.run("stats", "acme/billing", "--since", "7d", "--by", "day").stdout
    assert len([line for line in said.splitlines() if re.match(r" \d", line)]) == 3


def test_own_events_and_what_is_gone_are_had_by_their_tenant_and_a_mistyped_name_is_said(
    doorbell: Doorbell,
) -> None:
    add(doorbell, Holder(Kind.SOURCE, "acme", "publish"), accepted=5)
    refused = doorbell.run("stats", "--source", "publish")
    assert (refused.exit_code, "There is no source publish" in refused.stderr) == (1, True)
    (row,) = doorbell.json("stats", "--source", "publish", "--tenant", "acme")["stats"]
    assert row["accepted"] == 5
    (none,) = doorbell.json("stats", "acme/nobody")["stats"]
    assert (none["delivered"], none["answer_ms"]["p95"]) == (0, None)


@pytest.mark.parametrize(
    "arguments", [(), ("acme/billing", "--source", "github"), ("acme/billing", "--by", "week")]
)
def test_wrong_use_is_said_and_nothing_is_read(doorbell: Doorbell, arguments: tuple[str, ...]) -> None:
    with counted_calls(doorbell.target) as calls:
        assert doorbell.run("stats", *arguments).exit_code == 2
    assert calls.total() == 0


def test_status_of_a_tenant_says_which_sources_refused_how_many_at_least_and_why(doorbell: Doorbell) -> None:
    doorbell.put("SourcesTable", {"source_id": "quiet", "provider": "github", "tenant_id": "acme"})
    doorbell.put("SourcesTable", {"source_id": "theirs", "provider": "github", "tenant_id": "acme2"})
    add(doorbell, SOURCE, refused__signature_mismatch=30)
    add(doorbell, SOURCE, ago=1800, refused__timestamp_missing=2)
    add(doorbell, SOURCE, ago=2 * 3600, refused__signature_mismatch=100)
    add(doorbell, Holder(Kind.SOURCE, "acme2", "theirs"), refused__signature_mismatch=1)
    with counted_calls(doorbell.target) as calls:
        said = flat(doorbell.run("status", "--tenant", "acme").stdout)
    assert calls.total() <= 10
    assert "github at least 32: 30 signature_mismatch, 2 timestamp_missing" in said
    assert "Why: doorbell refused show github" in said
    assert "quiet" not in said
    assert "theirs" not in said


def test_status_says_nothing_of_refusals_where_there_are_none(doorbell: Doorbell) -> None:
    assert "refused" not in doorbell.run("status", "--tenant", "acme").stdout


def test_sources_list_and_show_say_how_many_were_refused_in_the_last_hour_and_why(doorbell: Doorbell) -> None:
    add(doorbell, SOURCE, refused__signature_mismatch=1)
    assert "at least 1: 1 signature_mismatch" in flat(doorbell.run("sources", "list").stdout)
    (row,) = doorbell.json("sources", "list")
    assert row["refused_last_hour"] == {"signature_mismatch": 1}
    said = flat(doorbell.run("sources", "show", "github").stdout)
    assert "refused in the last hour at least 1: 1 signature_mismatch" in said


def test_a_few_refusals_that_are_kept_and_not_yet_counted_are_told(doorbell: Doorbell) -> None:
    """The first is counted at once, the others with the next one a minute later."""
    add(doorbell, SOURCE, refused__signature_mismatch=1)
    refuse(doorbell, 3)
    assert doorbell.json("sources", "show", "github")["refused_last_hour"] == {"signature_mismatch": 3}


def test_what_was_kept_longer_ago_or_of_another_tenant_s_time_is_not_told(doorbell: Doorbell) -> None:
    refuse(doorbell, 2, at=time.time() - 3700)
    assert doorbell.json("sources", "show", "github")["refused_last_hour"] == {}
    refuse(doorbell, 2, tenant_id="acme2")
    assert doorbell.json("sources", "show", "github")["refused_last_hour"] == {}


def test_of_a_stack_without_counts_all_that_does_not_need_them_is_told(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was deployed before there were any."""
    monkeypatch.delitem(doorbell.target.outputs, "RollupsTableName")
    assert doorbell.run("status", "--tenant", "acme").exit_code == 0
    assert doorbell.json("sources", "list")[0]["refused_last_hour"] == {}
    refused = doorbell.run("stats", "acme/billing")
    assert (refused.exit_code, "has no output RollupsTableName" in refused.stderr) == (2, True)


def test_a_time_is_told_in_the_unit_that_people_would_use(doorbell: Doorbell) -> None:
    for ms, told in ((1, "1 ms"), (724, "724 ms"), (92_682, "1.54 min"), (189_812_531, "2.2 d")):
        add(doorbell, Holder(Kind.SUBSCRIPTION, "acme", f"s{ms}"), **{f"{ANSWER}{bucket_of(ms / 1000)}": 1})
        assert f"p50 {told}," in flat(doorbell.run("stats", f"acme/s{ms}").stdout)


def test_counts_are_read_of_whole_five_minutes_up_to_until(doorbell: Doorbell) -> None:
    add(doorbell, delivered=1)
    add(doorbell, ago=2 * BUCKET_SECONDS, delivered=2)
    (row,) = doorbell.json("stats", "acme/billing", "--until", "10m")["stats"]
    assert row["delivered"] == 2
