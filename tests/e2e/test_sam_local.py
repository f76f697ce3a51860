"""`sam local invoke` with each sample under `events/`, and `sam local start-api`: in containers, for real."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

from doorbell.store.configuration.subscriptions import CACHE_SECONDS
from doorbell_cli.demo.ring import push_body, ring, signature
from doorbell_cli.demo.setup import GITHUB_SECRET, SOURCE_ID, new_signing_secret, put_source, put_subscription
from doorbell_cli.stack import LocalStack
from tests.e2e.sam_local import Sam, engine_answers, must_answer, sam_local
from tests.support.gateway import Gateway
from tests.support.subscribers import ok, subscriber

pytestmark = [pytest.mark.e2e, pytest.mark.docker]


@pytest.fixture(scope="module")
def sam(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sam]:
    if not engine_answers():
        problem = "no Docker engine answers, so `sam local` was not tried"
        pytest.fail(problem) if must_answer(stack.root) else pytest.skip(problem)
    with sam_local(stack, tmp_path_factory.mktemp("sam")) as ready:
        yield ready


@pytest.fixture(scope="module")
def event_id(gateway: Gateway, sam: Sam) -> Iterator[str]:
    """The samples' world: the source, the subscriptions, and the event of the sample push, delivered."""
    sample = json.loads((gateway.stack.root / "events" / "ingest-github-push.json").read_text())
    with subscriber(ok) as serving:
        put_source(gateway.stack)
        for name in ("demo-ci", "demo-chat"):
            put_subscription(gateway.stack, name, serving.url, new_signing_secret())
        sleep(CACHE_SECONDS + 1)  # other tests ring in this tenant too: fan-out may remember it without
        names = ("content-type", "x-github-event", "x-github-delivery", "x-hub-signature-256")
        headers = {name: sample["headers"][name] for name in names}
        answer = gateway.ring(SOURCE_ID, sample["body"].encode(), headers)
        assert answer.status == 202
        gateway.wait_until_ended(answer.event_id, 2, 90)
        yield answer.event_id


def test_ingest_accepts_the_sample_push(sam: Sam, event_id: str) -> None:
    answer = sam.invoke("IngestFunction", "ingest-github-push")
    assert answer["statusCode"] == 202
    assert answer["headers"]["doorbell-event-id"] == event_id


def test_ingest_refuses_the_unsigned_sample(sam: Sam, event_id: str) -> None:
    answer = sam.invoke("IngestFunction", "ingest-unsigned")
    assert answer["statusCode"] == 401
    assert json.loads(answer["body"])["code"] == "signature_missing"


def test_publish_takes_the_sample_batch(sam: Sam) -> None:
    answer = sam.invoke("PublishFunction", "publish-batch")
    assert answer["statusCode"] == 202
    assert [result["status"] for result in json.loads(answer["body"])["results"]] == [202, 202]


@pytest.mark.parametrize(
    ("function", "event"), [("FanoutFunction", "fanout-batch"), ("DispatcherFunction", "dispatcher-batch")]
)
def test_consumer_handles_the_sample_batch_and_gives_nothing_back(
    sam: Sam, gateway: Gateway, event_id: str, function: str, event: str
) -> None:
    before = gateway.deliveries(event_id)
    assert sam.invoke(function, event) == {"batchItemFailures": []}
    assert gateway.deliveries(event_id) == before  # both had come before: a message too many changes nothing


def test_sweeper_answers_the_sample_tick(sam: Sam) -> None:
    assert sam.invoke("SweeperFunction", "sweeper-schedule")["swept"] >= 0


def test_admin_shows_the_sample_event(sam: Sam, event_id: str) -> None:
    answer = sam.invoke("AdminFunction", "admin-show-event")
    assert answer["statusCode"] == 200
    story = json.loads(answer["body"])
    assert story["event_id"] == event_id
    assert {delivery["state"] for delivery in story["deliveries"]} == {"delivered"}


def test_start_api_serves_ingest_over_http(sam: Sam, gateway: Gateway, event_id: str, tmp_path: Path) -> None:
    body = push_body(gateway.stack.root)
    log = tmp_path / "start-api.log"
    with sam.api(log) as url:
        good = ring(f"{url}/in/{SOURCE_ID}", body, signature(GITHUB_SECRET, body))
        forged = ring(f"{url}/in/{SOURCE_ID}", body + b" ", signature(GITHUB_SECRET, body))
    assert (good.status, forged.status) == (202, 401), log.read_text()
    assert gateway.wait_until_ended(good.event_id, 2, 90).keys() >= {"demo-ci", "demo-chat"}
