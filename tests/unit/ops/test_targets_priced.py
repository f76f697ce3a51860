"""What deliveries to targets cost, beside what is sent to each, and docs/costs.md beside the bill."""

from dataclasses import replace
from typing import Any

import pytest

from doorbell.targets.sender import SERVICES
from doorbell.targets.sns import USUAL_BYTES
from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.counted import Line, Load, prices
from doorbell_cli.ops.targets_priced import HTTPS, TARGETS
from tests.support.docs import page
from tests.unit.targets.bodies_bucket import Bucket, Wire, send

MILLION = Load(events=1e6, fanout=1, body_bytes=2048, retries=0.0)
KIB = 1024


def of_the_target(name: str, **more: Any) -> list[Line]:
    """The lines that only a target has."""
    load = replace(MILLION, target=name, **more)
    without = {(one.service, one.what) for one in bill(replace(load, target=HTTPS))}
    return [one for one in bill(load) if (one.service, one.what) not in without]


def usd(name: str, **more: Any) -> float:
    return sum(one.usd for one in of_the_target(name, **more))


def test_every_service_that_can_be_a_target_has_a_price_and_its_own_limit() -> None:
    assert {name.partition("-")[0] for name in TARGETS} == set(SERVICES)
    for name, unit in TARGETS.items():
        service = name.partition("-")[0]
        assert unit.most == {"sns": USUAL_BYTES, "kinesis": 1_048_576}.get(
            service, SERVICES[service].most_bytes
        )
        assert {unit.price, unit.hours} - {""} <= set(prices()["usd"])


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in ("sqs-fifo", "firehose")])
def test_a_delivery_is_one_call_and_a_million_of_them_a_million_units(name: str) -> None:
    """What is sent is counted, on a client that answers as the service does."""
    wire, bucket = Wire(name), Bucket()
    assert send(wire, bucket, name, b'{"a":"%s"}' % (b"x" * 2040)).is_success
    assert (len(wire.sent), bucket.puts) == (1, 0)
    assert of_the_target(name)[0].quantity == 1e6


@pytest.mark.parametrize(
    ("name", "size", "units"),
    [
        ("sqs", 62 * KIB, 1),
        ("sqs", 64 * KIB, 2),  # with its attributes
        ("sns", 130 * KIB, 3),
        ("events", 64 * KIB, 1),
        ("events", 64 * KIB + 1, 2),
        ("lambda", 250 * KIB, 1),
        ("lambda", 300 * KIB, 2),
        ("states", 200 * KIB, 1),
        ("kinesis", 25 * KIB, 1),
        ("kinesis", 25 * KIB + 1, 2),
        ("firehose", 5 * KIB, 5 * KIB / 1e9),
        ("firehose", 5 * KIB + 1, 10 * KIB / 1e9),
        ("s3", 4_000_000, 1),
    ],
)
def test_each_service_counts_in_its_own_unit(name: str, size: int, units: float) -> None:
    assert of_the_target(name, body_bytes=size)[-1 if name != "kinesis" else 0].quantity == pytest.approx(
        1e6 * units
    )


def test_ten_in_a_call_are_one_request_of_sqs_and_ten_messages_of_all_others() -> None:
    assert usd("sqs", per_call=10) == pytest.approx(usd("sqs") / 10)
    for name in ("sns", "events", "kinesis", "firehose"):
        assert usd(name, per_call=10) == usd(name)
    large = {"body_bytes": 20 * KIB, "per_call": 10}
    assert usd("sqs", **large) == pytest.approx(usd("sqs") * 4 / 10), "four of 64 KB"


def test_what_is_too_large_is_priced_as_a_pointer_and_its_object() -> None:
    objects, kept, message = of_the_target("sqs", body_bytes=2_000_000, retention_days=60)
    assert (objects.what, objects.quantity) == ("objects that pointers point at", 1e6)
    assert message.quantity == 1e6
    wire, bucket = Wire("sqs"), Bucket()
    send(wire, bucket, "sqs", b"x" * 2_000_000)
    assert (len(wire.sent), bucket.puts) == (1, 1)
    lain = sum(map(len, bucket.objects.values())) * 1e6 * (60 + 15) / 30 / 1e9
    assert kept.service == "S3"
    assert kept.quantity == pytest.approx(lain), "as long as bodies"


def test_a_stream_s_shard_is_paid_for_by_the_hour() -> None:
    hours = of_the_target("kinesis")[1]
    assert hours.what == "hours of one shard"
    assert hours.usd == pytest.approx(10.8)


def test_retries_are_sent_too() -> None:
    assert usd("sns", retries=0.5) == pytest.approx(1.5 * usd("sns"))


@pytest.mark.parametrize("name", list(TARGETS))
def test_the_page_says_what_a_million_deliveries_cost(name: str) -> None:
    (row,) = [line for line in page("docs/costs.md").splitlines() if line.startswith(f"| `{name}`")]
    small, large = (usd(name, body_bytes=size) for size in (2048, 200 * KIB))
    assert row.endswith(f"| {small:.2f} | {large:.2f} |"), (small, large)
