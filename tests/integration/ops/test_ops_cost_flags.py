"""Each flag of `doorbell cost` is in the load that is priced."""

from typing import Any

import pytest

from doorbell_cli.ops.targets_priced import HTTPS, TARGETS
from tests.integration.ops.deployed import Doorbell


@pytest.mark.parametrize(
    ("flag", "text", "name", "number"),
    [
        ("--events", "2M", "events", 2e6),
        ("--fanout", "4", "fanout", 4.0),
        ("--body", "3KB", "body_bytes", 3072.0),
        ("--retries", "7%", "retries", 0.07),
        ("--outages", "2%", "outages", 0.02),
        ("--latency", "2s", "latency_ms", 2000.0),
        ("--providers", "6", "providers", 6.0),
        ("--secrets", "2k", "secrets", 2000.0),
        ("--kept-in", "kms", "kept_in", "kms"),
        ("--history", "undelivered", "history", "undelivered"),
        ("--target", "sqs-fifo", "target", "sqs-fifo"),
        ("--per-call", "10", "per_call", 10),
    ],
)
def test_what_a_flag_says_is_priced_and_nothing_else_changes(
    doorbell: Doorbell, flag: str, text: str, name: str, number: Any
) -> None:
    of = ("--target", "sqs") if flag == "--per-call" else ()
    usual, load = (doorbell.json("cost", *of, *given)["load"] for given in ((), (flag, text)))
    assert load[name] == pytest.approx(number) if isinstance(number, float) else load[name] == number
    assert {key for key in load if load[key] != usual[key]} == {name}


def test_no_more_deliveries_can_wait_than_there_are(doorbell: Doorbell) -> None:
    refused = doorbell.run("cost", "--outages", "200%")
    assert refused.exit_code == 2
    assert "--outages: Must be between 0 and 1 (100%)." in " ".join(refused.stderr.split())


@pytest.mark.parametrize("kind", [HTTPS, *TARGETS])
def test_every_kind_of_subscriber_that_has_a_price_can_be_asked_for(doorbell: Doorbell, kind: str) -> None:
    assert doorbell.json("cost", "--target", kind)["load"]["target"] == kind


def test_a_million_events_cost_their_share_of_the_month(doorbell: Doorbell) -> None:
    said = doorbell.json("cost", "--events", "4M")
    assert said["per_million_events_usd"] == pytest.approx(said["total_usd"] / 4, abs=0.01)


def test_what_history_and_counts_add_to_a_delivered_event_is_said_as_it_is_billed(doorbell: Doorbell) -> None:
    """At most 1.2 write units where batches are full."""
    load = ("--events", "1M", "--fanout", "1", "--body", "2KB", "--retries", "0%")
    said = "A delivered event: 9.4 write units: 8, 1 for its row in the history, 0.4 for counts where 5 share"
    assert said in " ".join(doorbell.run("cost", *load).stdout.split())
    document = doorbell.json("cost", *load)
    each = document["write_units_of_a_delivered_event"]
    (billed,) = [line["quantity"] for line in document["lines"] if line["what"] == "write units"]
    assert each["all"] * 1e6 == pytest.approx(billed)
    assert each["history"] + each["counts_in_tens"] == pytest.approx(1.2)
    without = doorbell.json("cost", *load, "--history", "undelivered")["write_units_of_a_delivered_event"]
    assert (without["bare"], without["history"]) == (each["bare"], 0)


def test_what_no_flag_says_of_the_load_is_named_as_assumed(doorbell: Doorbell) -> None:
    """How many retries wait for longer than SQS can, and how many deliveries share an invocation's wait."""
    said = " ".join(doorbell.run("cost").stdout.partition("Assumed:")[2].split())
    assert "swept 0.5, side_by_side 5" in said
