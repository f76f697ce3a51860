"""Ingest. Guarantee 1: no event without proof. Whatever is refused leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from doorbell.domain.errors import ConfigError, Refusal, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.refusals import REFUSALS, RefusalWatch
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.runtime.inbound import SourceChecks
from doorbell.signatures.gate import Gate
from doorbell.usecases.accept import INLINE_BYTES, Accept
from doorbell.usecases.ports import Checks
from tests.support import fakes
from tests.support.builders import a_request, a_source, a_verified_event


def by_shared_secret(source: Source, request: RawRequest, secrets: Sequence[str]) -> VerifiedEvent:
    """A scheme as simple as can be: header `x-proof` must be one of the secrets."""
    proof = request.header("x-proof")
    if proof is None:
        raise SignatureError("signature_missing")
    if proof not in secrets:
        raise SignatureError("signature_mismatch")
    return a_verified_event(request.body)


def never(reason: str, cause: Exception | None = None) -> fakes.FakeGate:
    """A gate that finds nothing proven."""

    def refuse(*_: object) -> VerifiedEvent:
        raise SignatureError(reason) from cause

    return fakes.FakeGate(refuse)


@dataclass
class Door:
    """Ingest with every port in memory."""

    source: Source = field(default_factory=a_source)
    gate: Any = field(default_factory=lambda: fakes.FakeGate(by_shared_secret))
    checks: Checks = field(default_factory=fakes.FakeChecks)
    faults: fakes.Faults = field(default_factory=fakes.Faults)
    metrics: fakes.RecordingMetrics = field(default_factory=fakes.RecordingMetrics)
    log: fakes.RecordingLog = field(default_factory=fakes.RecordingLog)

    def __post_init__(self) -> None:
        self.sources = fakes.FakeSources(self.source)
        self.secrets = fakes.FakeSecrets({"ssm:/s": "right"})
        self.bodies = fakes.FakeBodies(self.faults)
        self.queue = fakes.FakeEventsQueue(self.faults)
        self.notices = fakes.RecordingNotices()
        self.watch = RefusalWatch()
        self.clock = fakes.FakeClock()

    def ring(
        self,
        proof: str | None = "right",
        *,
        at: str = "github-main",
        body: bytes = b"{}",
        headers: Mapping[str, str] | None = None,
        came_at: float | None = None,
    ) -> Answer:
        proofs = {} if proof is None else {"x-proof": proof}
        headers = {"content-type": "application/json"} | proofs | dict(headers or {})
        accept = Accept(
            sources=self.sources,
            secrets=self.secrets,
            gate=self.gate,
            checks=self.checks,
            bodies=self.bodies,
            queue=self.queue,
            clock=self.clock,
            ids=fakes.Sequential("ing_"),
            metrics=self.metrics,
            log=self.log,
            notices=self.notices,
            watch=self.watch,
        )
        return accept(at, a_request(body, headers=headers, came_at=came_at))

    def refused(self, answer: Answer, status: int, code: str) -> bool:
        """Refused with this status and code, counted, and nothing enqueued or stored."""
        assert answer.content_type == "application/problem+json"
        told = json.loads(answer.body)
        assert (answer.status, told["status"], told["code"]) == (status, status, code)
        assert self.queue.sent == []
        assert self.bodies.objects == {}
        assert "Accepted" not in self.metrics.counts
        return True

    def is_told_of(self, source_id: str, what: str) -> bool:
        """Counted once, with one error log that names the item and begins with what is wrong."""
        assert self.metrics.counts["ConfigError"] == 1
        (line,) = [fields for kind, _, fields in self.log.lines if kind == "error"]
        assert line["source_id"] == source_id
        assert str(line["problem"]).startswith(what)
        return True


def test_a_secret_that_is_gone_stops_nobody_who_signs_with_another() -> None:
    door = Door(source=a_source(secrets=("ssm:/gone", "ssm:/s")))
    assert door.ring().status == 202
    assert len(door.queue.sent) == 1
    assert door.metrics.counts["ConfigError"] == 1
    assert [fields["problem"] for _, event, fields in door.log.lines if event == "config_error"] == [
        "ssm:/gone: not there"
    ]


def test_no_handshake_is_answered_with_another_secret_than_the_one_that_is_gone() -> None:
    greets = fakes.FakeGate(lambda *_: Answer(200, "made with the secret"))
    door = Door(source=a_source(secrets=("ssm:/gone", "ssm:/s")), gate=greets)
    assert door.refused(door.ring(), 503, "source_misconfigured")


def test_who_may_have_signed_with_the_secret_that_is_gone_is_to_come_again() -> None:
    door = Door(source=a_source(secrets=("ssm:/s", "ssm:/gone")))
    assert door.refused(door.ring("with the other"), 503, "source_misconfigured")
    assert door.refused(door.ring(None), 401, "signature_missing")
    door.secrets.values["ssm:/s"] = "rotated"
    assert door.ring("rotated").status == 202
    for gate in (fakes.FakeGate(by_shared_secret), never("signature_missing")):
        none = Door(source=a_source(secrets=("ssm:/gone", "ssm:/gone2")), gate=gate)
        assert none.refused(none.ring(), 503, "source_misconfigured")


def test_a_proven_request_is_enqueued_once_and_answered_with_its_event_id() -> None:
    door = Door()
    answer = door.ring(body=b'{"n":1}')
    assert answer.status == 202
    ((event, body),) = door.queue.sent
    assert answer.headers["doorbell-event-id"] == event.event_id
    assert (body.inline, body.key, body.size) == (b'{"n":1}', None, 7)


def test_guarantee_1_unsigned_request_is_refused_and_nothing_is_enqueued() -> None:
    door = Door()
    assert door.refused(door.ring(None), 401, "signature_missing")


def test_guarantee_1_forged_request_is_refused_and_nothing_is_enqueued() -> None:
    door = Door()
    assert door.refused(door.ring("forged", body=b"x" * (INLINE_BYTES + 1)), 401, "signature_mismatch")


@pytest.mark.parametrize(
    "reason", ["signature_malformed", "timestamp_out_of_tolerance", "key_not_found", "certificate_untrusted"]
)
def test_guarantee_1_whatever_the_gate_does_not_find_proven_is_refused(reason: str) -> None:
    door = Door(gate=never(reason))
    assert door.refused(door.ring(), 401, reason)
    assert door.log.messages("error") == []


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("source_misconfigured", "options"),
        ("provider_unknown", "provider"),
        ("secret_missing", "secrets"),
        ("secret_malformed", "secrets"),
    ],
)
def test_guarantee_1_a_source_that_can_prove_nothing_accepts_nothing_and_is_loud(
    reason: str, wrong: str
) -> None:
    door = Door(gate=never(reason))
    assert door.refused(door.ring(), 503, "source_misconfigured")
    assert door.is_told_of("github-main", f"github-main: {wrong}: ")


def test_a_scheme_that_cannot_be_read_is_told_with_its_field() -> None:
    cause = ConfigError("github-main", "scheme.signature.header", "name either a header or a query parameter")
    door = Door(gate=never("source_misconfigured", cause))
    assert door.refused(door.ring(), 503, "source_misconfigured")
    assert door.is_told_of("github-main", str(cause))


def test_a_source_that_awaits_its_handshake_is_not_broken_for_it_has_no_secret_yet() -> None:
    door = Door(source=a_source(options={"awaits_handshake": "true"}), gate=never("secret_missing"))
    assert door.refused(door.ring(), 401, "secret_missing")
    assert "ConfigError" not in door.metrics.counts


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (a_source(provider="nobody"), "github-main: provider: "),
        (a_source(provider="hmac", scheme={"signature": {}}), "github-main: scheme.signature.header: "),
        (a_source(secrets=()), "github-main: secrets: "),
        (a_source(provider="adyen"), "github-main: secrets: "),
        (a_source(provider="sns", secrets=()), "github-main: options.topic_arn: is missing"),
    ],
    ids=lambda value: value.provider if isinstance(value, Source) else "",
)
def test_a_broken_item_is_loud_behind_the_real_gate(source: Source, what: str) -> None:
    body = b'{"Type":"Notification","Message":"m","MessageId":"1","TopicArn":"t","Timestamp":"x"}'
    door = Door(source=source, gate=Gate())
    headers = {"hmacsignature": "AAAA", "x-hub-signature-256": "sha256=" + "0" * 64}
    assert door.refused(door.ring(body=body, headers=headers), 503, "source_misconfigured")
    assert door.is_told_of("github-main", what)


def test_guarantee_2_when_a_key_cannot_be_fetched_the_provider_is_asked_to_repeat() -> None:
    """SNS sends again after a 503, and not after a 401."""
    door = Door(gate=never("key_unavailable"))
    answer = door.ring()
    assert door.refused(answer, 503, "try_again")
    assert int(answer.headers["retry-after"]) > 0
    assert door.metrics.counts == {"IngestUnavailable": 1}
    assert door.log.messages("error") == ["ingest_unavailable"]


def test_many_refusals_of_a_source_are_told_once_and_those_of_invented_sources_never() -> None:
    door = Door()
    for _ in range(3 * REFUSALS):
        door.ring("forged")
        door.ring(at="nobody")
    ((kind, detail),) = door.notices.published
    assert kind == "source.refusals"
    assert detail == {"source_id": "github-main", "reason": "signature_mismatch", "refusals": REFUSALS}


def test_guarantee_1_unknown_source_is_refused_before_anything_else() -> None:
    door = Door()
    assert door.refused(door.ring(at="nobody"), 404, "unknown_source")
    assert door.gate.seen == []


@pytest.mark.parametrize("name", ["", "a" * 65, "a" * 9000, "naïve", "a b", "a\nb", "../x"])
def test_what_cannot_be_an_id_is_not_looked_up_and_not_an_error_of_ours(name: str) -> None:
    """DynamoDB refuses an empty key and one of more than 2,048 bytes."""
    door = Door()
    door.sources.items[name] = fakes.unavailable()
    assert door.refused(door.ring(at=name), 404, "unknown_source")
    assert all(len(str(fields["source_id"])) <= 64 for _, _, fields in door.log.lines)


def test_guarantee_1_disabled_source_is_refused_though_the_proof_is_right() -> None:
    door = Door(source=a_source(enabled=False))
    assert door.refused(door.ring(), 403, "source_disabled")


def test_guarantee_1_source_without_its_secret_accepts_nothing() -> None:
    door = Door(source=a_source(secrets=("ssm:/gone",)))
    assert door.refused(door.ring(), 503, "source_misconfigured")
    assert door.log.messages("error") == ["config_error"]
    assert door.metrics.counts["ConfigError"] == 1


def test_guarantee_1_broken_source_item_accepts_nothing_and_is_loud() -> None:
    door = Door()
    door.sources.items["github-main"] = ConfigError("source github-main", "provider", "is required")
    assert door.refused(door.ring(), 503, "source_misconfigured")
    (line,) = [fields for kind, _, fields in door.log.lines if kind == "error"]
    assert "provider" in str(line["problem"])


def test_a_body_at_the_limit_is_accepted_and_one_byte_more_is_refused_unexamined() -> None:
    door = Door(source=a_source(max_body_bytes=100))
    assert door.ring(body=b"x" * 100).status == 202
    door = Door(source=a_source(max_body_bytes=100))
    assert door.refused(door.ring(body=b"x" * 101), 413, "body_too_large")
    assert door.gate.seen == []


def test_where_a_source_does_not_say_the_provider_says_how_large_a_body_may_be() -> None:
    gate = fakes.FakeGate(by_shared_secret, most=1000)
    door = Door(source=a_source(max_body_bytes=None), gate=gate)
    assert door.refused(door.ring(body=b"x" * 1001), 413, "body_too_large")
    assert door.ring(body=b"x" * 1000).status == 202


@pytest.mark.parametrize(("late", "judged"), [(0, 0), (4, -4), (30, -30), (31, 0), (-1, 0)])
def test_a_request_is_as_old_as_it_was_when_it_came_and_not_as_its_secrets_took_to_be_found(
    late: float, judged: float
) -> None:
    """`late`: how long before now the gateway took it in, by its own clock."""
    door = Door()
    resolve, started = door.secrets.resolve, door.clock()

    def slowly(*args: Any, **kwargs: Any) -> tuple[str, ...]:
        door.clock.now += 7
        return resolve(*args, **kwargs)

    door.secrets.resolve = slowly  # type: ignore[method-assign]
    assert door.ring(came_at=started - late).status == 202
    assert door.gate.times == [started + judged]


@pytest.mark.parametrize(
    ("check", "refusal"),
    [
        ("sender", Refusal(403, "sender_not_allowed", "no")),
        ("content_type", Refusal(415, "content_type", "no")),
        ("schema", Refusal(422, "schema", "no")),
    ],
)
def test_what_the_sources_own_checks_refuse_is_not_enqueued(check: str, refusal: Refusal) -> None:
    door = Door(checks=fakes.FakeChecks(**{check: refusal}))
    assert door.refused(door.ring(), refusal.status, refusal.code)


@pytest.mark.parametrize("check", ["sender", "content_type", "schema"])
def test_a_check_that_the_source_has_wrong_accepts_nothing_and_is_loud(check: str) -> None:
    wrong = ConfigError("github-main", "json_schema", "is no schema")
    door = Door(checks=fakes.FakeChecks(**{check: wrong}))
    assert door.refused(door.ring(), 503, "source_misconfigured")
    assert door.is_told_of("github-main", str(wrong))


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"allowed_cidrs": ("preset:gihub",)}, "github-main: allowed_cidrs.0: no such preset"),
        ({"json_schema": {"type": "objekt"}}, "github-main: json_schema: "),
        ({"json_schema": {"properties": []}}, "github-main: json_schema: "),
        ({"json_schema": {"pattern": "("}}, "github-main: json_schema: "),
        ({"json_schema": {"multipleOf": 0}}, "github-main: json_schema: "),
        ({"json_schema": {"$ref": "#/nowhere"}}, "github-main: json_schema: "),
    ],
)
def test_a_broken_item_is_loud_behind_the_real_checks(wrong: dict[str, Any], what: str) -> None:
    door = Door(source=a_source(**wrong), checks=SourceChecks())
    assert door.refused(door.ring(body=b"3"), 503, "source_misconfigured")
    assert door.is_told_of("github-main", what)


def test_the_senders_address_is_checked_before_any_secret_is_fetched() -> None:
    door = Door(checks=fakes.FakeChecks(sender=Refusal(403, "sender_not_allowed", "no")))
    door.ring()
    assert door.secrets.fetches == 0


def test_the_schema_is_not_told_to_a_sender_who_is_not_proven() -> None:
    door = Door(checks=fakes.FakeChecks(schema=Refusal(422, "schema", "no")))
    assert door.ring("forged").status == 401


def test_a_large_body_goes_to_the_bucket_and_the_message_carries_its_key() -> None:
    door = Door()
    large = b"x" * (INLINE_BYTES + 1)
    assert door.ring(body=large).status == 202
    ((event, body),) = door.queue.sent
    assert body.inline is None
    assert body.key == f"{event.tenant_id}/{event.ingest_id}"
    assert door.bodies.objects == {body.key: large}


def test_the_largest_inline_body_needs_no_bucket() -> None:
    door = Door()
    assert door.ring(body=b"x" * INLINE_BYTES).status == 202
    assert door.bodies.objects == {}


def test_guarantee_2_when_the_bucket_is_down_nothing_is_promised_and_the_provider_is_asked_to_repeat() -> (
    None
):
    door = Door(faults=fakes.Faults(before={"put_body": [fakes.unavailable("s3")]}))
    answer = door.ring(body=b"x" * (INLINE_BYTES + 1))
    assert door.refused(answer, 503, "try_again")
    assert int(answer.headers["retry-after"]) > 0


def test_guarantee_2_when_the_queue_is_down_nothing_is_promised_and_the_provider_is_asked_to_repeat() -> None:
    door = Door(faults=fakes.Faults(before={"send_event": [fakes.unavailable("sqs")]}))
    answer = door.ring()
    assert door.refused(answer, 503, "try_again")
    assert door.metrics.counts["IngestUnavailable"] == 1


def test_when_the_sources_table_is_down_the_provider_is_asked_to_repeat() -> None:
    door = Door()
    door.sources.items["github-main"] = fakes.unavailable()
    assert door.refused(door.ring(), 503, "try_again")


def test_when_secrets_cannot_be_fetched_the_provider_is_asked_to_repeat() -> None:
    door = Door()
    door.secrets.broken = fakes.unavailable("ssm")
    assert door.refused(door.ring(), 503, "try_again")


def test_a_rotated_secret_is_fetched_again_once_and_the_request_accepted() -> None:
    door = Door()
    door.ring()
    door.secrets.values["ssm:/s"] = "rotated"
    assert door.ring("rotated").status == 202
    assert door.gate.seen == [("right",), ("right",), ("rotated",)]


def test_a_forgery_makes_no_more_than_one_new_fetch() -> None:
    door = Door()
    assert door.ring("forged").status == 401
    assert door.secrets.fetches == 2
    assert len(door.gate.seen) == 2


def test_secrets_that_were_just_fetched_are_not_fetched_again_for_a_forgery() -> None:
    door = Door()
    door.secrets.may_forget = False
    assert door.ring("forged").status == 401
    assert door.secrets.fetches == 1


def test_an_unsigned_request_makes_no_new_fetch() -> None:
    door = Door()
    door.ring(None)
    assert door.secrets.fetches == 1


def test_secrets_are_asked_for_in_the_name_of_their_source() -> None:
    door = Door()
    door.ring()
    assert door.secrets.owners == [{"source_id": "github-main"}]


def test_a_handshake_is_answered_and_nothing_is_enqueued() -> None:
    door = Door(gate=fakes.FakeGate(lambda *_: Answer(200, "challenge", "text/plain")))
    assert door.ring(None) == Answer(200, "challenge", "text/plain")
    assert door.queue.sent == []
    assert door.metrics.counts == {"Handshakes": 1}


def test_a_handshakes_secret_is_kept_once_and_a_second_one_is_refused() -> None:
    greeting = Learn("new-secret", Answer(200, headers={"x-hook-secret": "new-secret"}))
    door = Door(
        source=a_source(secrets=("ssm:/gone",), options={"awaits_handshake": "true"}),
        gate=fakes.FakeGate(lambda *_: greeting),
    )
    assert door.ring(None) == greeting.answer
    assert door.sources.learned == {"github-main": "new-secret"}
    assert door.gate.seen == [()]
    assert door.refused(door.ring(None), 401, "handshake_not_expected")


def test_no_answer_or_log_line_holds_the_secret_or_the_body() -> None:
    door = Door()
    answers = [door.ring(proof, body=b"the-body") for proof in ("right", "forged", None)]
    shown = repr(door.log.lines) + repr(door.metrics.seen) + repr(answers)
    assert "'right'" not in shown
    assert "the-body" not in shown


class AnsweringOf(fakes.FakeGate):
    """Makes each answer of the request and of the source's secrets, as DingTalk wants."""

    def ack(self, source: Source, request: RawRequest, secrets: Callable[[], Sequence[str]]) -> Answer:
        return Answer(200, f"{request.method} {' '.join(secrets())}")


def test_an_answer_may_be_made_of_the_request_and_of_the_sources_secrets() -> None:
    door = Door(gate=AnsweringOf(by_shared_secret))
    answer = door.ring()
    assert (answer.status, answer.body) == (200, "POST right")
    assert answer.headers["doorbell-event-id"]
    assert len(door.queue.sent) == 1


def test_whose_answer_cannot_be_made_is_refused_and_nothing_is_enqueued() -> None:
    class Unable(fakes.FakeGate):
        def ack(self, source: Source, request: RawRequest, secrets: Callable[[], Sequence[str]]) -> Answer:
            raise ConfigError("source github-main", "secrets", "are no keys")

    door = Door(gate=Unable(by_shared_secret))
    assert door.refused(door.ring(), 503, "source_misconfigured")
