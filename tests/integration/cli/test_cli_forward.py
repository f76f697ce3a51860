"""`doorbell listen --forward`, over an emulated AWS: what the dispatcher sends is rung, whatever happens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from doorbell.domain.errors import ConfigError
from doorbell.domain.events import BodyAt
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.targets import TIMEOUT_SECONDS, TargetRequest
from doorbell.signatures.signing.outgoing import sign
from doorbell.store.events.events import EventTable
from doorbell.targets.listening import sealed
from doorbell_cli.listening.caller import caller
from doorbell_cli.listening.inbox import Inbox
from doorbell_cli.listening.loop import Loop
from doorbell_cli.listening.memory import Memory, Taken, folder_of
from doorbell_cli.listening.place import Place
from doorbell_cli.listening.ringer import Ringer
from doorbell_cli.listening.screen import Screen
from doorbell_cli.secret_text import generate
from tests.integration.cli.conftest import Shell
from tests.support.builders import a_stored_event, an_incoming
from tests.support.patience import HANG_SECONDS
from tests.support.subscribers import ok, subscriber

SECRET = generate("standard")[0]
BODY = b'{"number": 1}'
A_MOMENT = 1
"""Seconds until a message that nobody ended comes again."""
DOWN = Outcome(None, "connect_failed", "Connection refused", None, "", 1)


def answered(status: int, text: str = "") -> Outcome:
    return Outcome(status, None, "", None, text, 3)


@dataclass
class App:
    """Answers what is scripted, then 200."""

    script: list[Any] = field(default_factory=list)
    got: list[OutboundRequest] = field(default_factory=list)

    def send(self, request: OutboundRequest) -> Outcome:
        found = self.script.pop(0) if self.script else answered(200)
        outcome = found if isinstance(found, Outcome) else found()
        if outcome.status is not None:
            self.got.append(request)
        return outcome


@dataclass
class Bench:
    shell: Shell
    place: Place
    memory: Memory
    app: App
    waited: list[float] = field(default_factory=list)

    def send(self, event_id: str = "evt_1", body: bytes = BODY, age: float = 0, large: bool = False) -> None:
        signed = sign("standard", [SECRET], event_id, int(time.time() - age), body)
        request = TargetRequest(
            url=self.place.arn,
            headers=(("x-github-event", "push"), *signed.items()),
            body=body,
            timeout_seconds=TIMEOUT_SECONDS,
            tenant_id="acme",
            subscription_id="laptop",
            event_id=event_id,
            event_type="push",
            source_id="github",
            hops=0,
        )
        text = sealed(request)
        if large:
            text = json.dumps({k: v for k, v in json.loads(text).items() if k != "body"})
        self.sqs.send_message(QueueUrl=self.place.queue_url, MessageBody=text)

    @property
    def sqs(self) -> Any:
        return self.shell.target.client("sqs")

    def loop(self, most: int, **more: Any) -> Loop:
        inbox = more.pop("inbox", Inbox(self.sqs, self.place.queue_url, A_MOMENT))
        ringer = Ringer(self.place, "http://localhost:3000/hooks", 30.0, self.app)
        screen = Screen(as_json=False, shows=False)
        given: dict[str, Any] = {"wait": self.waited.append, **more}
        return Loop(self.place, inbox, self.memory, ringer, screen, most=most, **given)

    def until_it_is_back(self) -> None:
        """The one message that somebody took and did not end."""
        name = "ApproximateNumberOfMessages"
        while True:
            found = self.sqs.get_queue_attributes(QueueUrl=self.place.queue_url, AttributeNames=[name])
            if found["Attributes"][name] == "1":
                return
            time.sleep(0.05)

    def left(self) -> int:
        return self.place.waiting()


@pytest.fixture
def bench(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr("doorbell_cli.listening.inbox.POLL_SECONDS", 0)
    place = Place(shell.target, caller(shell.target), "acme", "laptop", {"event_types": ["push"]}, SECRET)
    place.take()
    memory = Memory(tmp_path / "mine")
    with memory.held():
        yield Bench(shell, place, memory, App())


def test_its_place_is_encrypted_owned_and_a_sound_subscription(bench: Bench) -> None:
    shell, place = bench.shell, bench.place
    found = bench.sqs.get_queue_attributes(QueueUrl=place.queue_url, AttributeNames=["All"])["Attributes"]
    assert found["MessageRetentionPeriod"] == "1209600"
    assert found["MaximumMessageSize"] == "1048576"
    tags = bench.sqs.list_queue_tags(QueueUrl=place.queue_url)["Tags"]
    assert tags["doorbell:owner"] == place.caller.arn
    assert tags["doorbell:stack"] == "gateway"
    item = shell.item("Subscriptions", tenant_id="acme", subscription_id="laptop")
    assert (item["target"], item["event_types"]) == (place.arn, ["push"])
    assert shell.parameter(item["secrets"][0]) == SECRET
    shown = shell.json("subscriptions", "show", "acme/laptop")
    assert shown["problems"] == []


def test_on_aws_its_queue_is_for_tls_alone_and_encrypted(bench: Bench) -> None:
    place = replace(bench.place, target=replace(bench.shell.target, local=False))
    attributes = place.attributes()
    assert attributes["SqsManagedSseEnabled"] == "true"
    (deny,) = json.loads(attributes["Policy"])["Statement"]
    assert (deny["Effect"], deny["Principal"], deny["Resource"]) == ("Deny", "*", place.arn)
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_nothing_is_left_of_it_when_it_leaves(bench: Bench) -> None:
    shell, place = bench.shell, bench.place
    assert shell.item("Endpoints", subscription_id="!listen/acme/laptop")["wake_at"] > time.time() + 86_000
    place.leave()
    assert shell.item("Subscriptions", tenant_id="acme", subscription_id="laptop") == {}
    assert shell.item("Endpoints", subscription_id="!listen/acme/laptop") == {}
    assert "QueueUrls" not in bench.sqs.list_queues(QueueNamePrefix=place.name)
    assert shell.target.client("ssm").describe_parameters()["Parameters"] == []
    place.leave()


def test_another_subscription_cannot_point_at_its_queue(bench: Bench) -> None:
    for name in ("acme/other", "other/laptop"):
        refused = bench.shell.run("subscriptions", "put", name, "--target", bench.place.arn, code=1)
        assert "each its own" in refused.stderr


def test_a_filter_that_is_none_makes_nothing(bench: Bench) -> None:
    place = replace(bench.place, subscription_id="second", fields={"filter": "body.["})
    with pytest.raises(ConfigError, match="filter"):
        place.take()
    assert "QueueUrls" not in bench.sqs.list_queues(QueueNamePrefix=place.name)


def test_the_application_gets_bytes_and_headers_and_its_answer_is_kept(bench: Bench) -> None:
    bench.send()
    bench.app.script = [answered(500, "no such order")]
    bench.loop(1).run()
    (request,) = bench.app.got
    assert (request.url, request.body, request.method) == ("http://localhost:3000/hooks", BODY, "POST")
    assert dict(request.headers)["x-github-event"] == "push"
    Webhook(SECRET).verify(request.body, dict(request.headers))
    (line,) = bench.memory.answers()
    assert (line["event_id"], line["status"], line["answer"]) == ("evt_1", 500, "no such order")
    assert bench.left() == 0


def test_while_it_is_down_everything_is_held_and_comes_once(bench: Bench) -> None:
    for n in range(12):
        bench.send(f"evt_{n}")
    bench.app.script = [DOWN] * 7
    bench.loop(12).run()
    assert sorted(dict(r.headers)["webhook-id"] for r in bench.app.got) == sorted(
        f"evt_{n}" for n in range(12)
    )
    assert len(bench.waited) == 7
    assert bench.left() == 0


@pytest.mark.parametrize("error", ["timeout", "connection_lost"])
def test_an_event_that_is_never_answered_does_not_keep_the_others(
    bench: Bench, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.send("evt_1")
    lost = Outcome(None, error, "", None, "", 1)
    bench.app.script = [DOWN, lost, DOWN, *[lost] * 4]
    bench.loop(1).run()
    bench.send("evt_2")
    bench.loop(1).run()
    assert [dict(request.headers)["webhook-id"] for request in bench.app.got] == ["evt_2"]
    assert bench.left() == 0
    (first, second) = bench.memory.answers()
    assert "5 times" in first["error"]
    assert "push evt_1: no answer" in capsys.readouterr().out
    assert second["status"] == 200


def test_whoever_is_killed_before_the_answer_rings_again_and_after_it_does_not(bench: Bench) -> None:
    def die() -> Outcome:
        raise KeyboardInterrupt

    bench.send("evt_a")
    bench.app.script = [die]
    with pytest.raises(KeyboardInterrupt):
        bench.loop(1).run()
    assert (bench.left(), bench.app.got) == (1, [])
    with pytest.raises(KeyboardInterrupt):
        bench.loop(1, inbox=NeverDone(bench.sqs, bench.place.queue_url, A_MOMENT)).run()
    assert (bench.left(), len(bench.app.got)) == (1, 1)
    bench.until_it_is_back()
    bench.send("evt_b")
    bench.loop(1).run()
    assert [dict(r.headers)["webhook-id"] for r in bench.app.got] == ["evt_a", "evt_b"]
    assert bench.left() == 0


class NeverDone(Inbox):
    def done(self, message: Any) -> None:
        raise KeyboardInterrupt


def test_a_signature_that_waited_is_made_anew_with_the_same_secret(bench: Bench) -> None:
    bench.send(age=7200)
    bench.loop(1).run()
    Webhook(SECRET).verify(bench.app.got[0].body, dict(bench.app.got[0].headers))


def test_the_last_is_repeated_with_a_signature_of_now(bench: Bench) -> None:
    bench.send()
    loop = bench.loop(1)
    loop.repeat()
    assert bench.app.got == []
    loop.run()
    loop.repeat()
    first, again = bench.app.got
    assert again.body == first.body
    Webhook(SECRET).verify(again.body, dict(again.headers))


def test_with_retries_only_a_2xx_is_the_end(bench: Bench) -> None:
    bench.send()
    bench.app.script = [answered(503), answered(503)]
    held: list[int] = []

    class GivenBack(Inbox):
        def hold(self, message: Any, seconds: int) -> bool:
            if seconds == self.hidden:
                return super().hold(message, seconds)
            held.append(seconds)
            return super().hold(message, 0)

    bench.loop(1, retries=True, inbox=GivenBack(bench.sqs, bench.place.queue_url, 300)).run()
    assert held == [5, 15]
    assert len(bench.app.got) == 3


def test_what_cannot_be_rung_is_told_with_the_reason_and_stops_nobody(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.sqs.send_message(QueueUrl=bench.place.queue_url, MessageBody="hello")
    bench.send("evt_gone", large=True)
    bench.send("evt_fine")
    bench.loop(3).run()
    assert [dict(r.headers)["webhook-id"] for r in bench.app.got] == ["evt_fine"]
    told = capsys.readouterr().out
    assert "not an envelope" in told
    assert "no longer kept" in told


@pytest.mark.parametrize("where", ["item", "bucket"])
def test_a_body_too_large_for_a_message_is_read_with_its_event(bench: Bench, where: str) -> None:
    target, body = bench.shell.target, b"x" * 2_000
    at = BodyAt(len(body), inline=body) if where == "item" else BodyAt(len(body), key="bodies/1")
    target.outputs["BodiesBucketName"] = "bodies"  # type: ignore[index]
    s3 = target.client("s3")
    s3.create_bucket(Bucket="bodies", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="bodies", Key="bodies/1", Body=body)
    event = a_stored_event(an_incoming(at), expires_at=int(time.time()) + 60)
    EventTable(target.client("dynamodb"), "EventsTable").put_new(event)
    bench.send(event.incoming.event_id, body, large=True)
    bench.loop(1).run()
    assert [request.body for request in bench.app.got] == [body]


def test_a_queue_that_was_removed_is_made_again(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.place.leave()

    class Comes(Place):
        def take(self) -> None:
            super().take()
            bench.send()

    place = Comes(bench.shell.target, bench.place.caller, "acme", "laptop", {}, SECRET)
    replace(bench.loop(1), place=place).run()
    assert len(bench.app.got) == 1
    assert "made again" in capsys.readouterr().err


def test_what_a_file_prunes_is_not_a_listener_s(bench: Bench, tmp_path: Path) -> None:
    shell, path = bench.shell, tmp_path / "doorbell.yaml"
    shell.run("subscriptions", "put", "acme/other", "--url", "http://127.0.0.1:1/")
    item = {"tenant_id": "acme", "subscription_id": "one", "url": "http://127.0.0.1:1/", "signing": "none"}
    path.write_text(json.dumps({"subscriptions": [item]}))
    shell.run("apply", "-f", str(path), "--prune", "--yes")
    assert shell.item("Subscriptions", tenant_id="acme", subscription_id="other") == {}
    assert (
        shell.item("Subscriptions", tenant_id="acme", subscription_id="laptop")["target"] == bench.place.arn
    )


def test_the_command_goes_on_where_it_was_killed_and_leaves_nothing_at_its_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    who = bench.place.caller
    folder = folder_of(who.account, who.region, "gateway", "acme", "desk")
    folder.mkdir(parents=True)
    (folder / "listener.json").write_text(json.dumps({"subscription_id": "laptop", "secret": SECRET}))
    bench.send()
    with subscriber(ok) as app:
        given = ("--forward", app.url, "--name", "desk", "--tenant", "acme", "--count", "1", "--json")
        done = bench.shell.run("listen", *given, "--from", "evt_none")
        (received,) = app.wait_for(1, HANG_SECONDS)
    Webhook(SECRET).verify(received.body, received.headers)
    assert json.loads(done.stdout)["event_id"] == "evt_1"
    for told in ("about 1 waited", SECRET, "--from evt_none: ", "are removed"):
        assert told in done.stderr
    assert bench.shell.item("Subscriptions", tenant_id="acme", subscription_id="laptop") == {}
    assert json.loads((folder / "listener.json").read_text()) == {"secret": SECRET}


def test_one_name_is_one_listener_s(bench: Bench) -> None:
    with pytest.raises(Taken), Memory(bench.memory.folder).held():
        pytest.fail("two at once")


def test_a_line_that_was_cut_off_is_left_out_and_the_others_are_known(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "a")
    with memory.held():
        memory.answered("m1", {"status": 200})
    with (tmp_path / "a" / "answers.jsonl").open("a") as file:
        file.write('{"message_id": "m2", "sta')
    with memory.held():
        memory.answered("m3", {"status": 200})
        assert [memory.is_answered(one) for one in ("m1", "m2", "m3")] == [True, False, True]
    assert [line["message_id"] for line in memory.answers()] == ["m1", "m3"]
    assert (tmp_path / "a" / "answers.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--forward", "http://localhost:3000/#x"], "fragment"),
        (["--forward", "ftp://localhost"], "neither https nor http"),
        (["--forward", "localhost:3000", "--name", "a b"], "letters"),
        (["--forward", "localhost:3000", "--port", "99"], "with --forward"),
        (["--stack", "gateway"], "Goes with --forward"),
        (["--retry"], "Goes with --forward"),
        (["--from", "evt_1"], "Goes with --forward"),
    ],
)
def test_what_does_not_go_together_is_wrong_use(shell: Shell, arguments: list[str], why: str) -> None:
    said = " ".join(shell.run("listen", *arguments, code=2).stderr.replace("│", " ").split())
    assert why in said
