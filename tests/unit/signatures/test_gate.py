"""The gate's rules that no single provider owns."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from doorbell.domain.errors import ConfigError, Refusal, SignatureError
from doorbell.domain.events import Unsigned, VerifiedEvent, event_id_for
from doorbell.domain.requests import Answer
from doorbell.domain.sources import (
    DEFAULT_MAX_BODY_BYTES,
    MAX_BODY_BYTES,
    Ack,
    Dedupe,
    EventTypeAt,
    Source,
)
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from doorbell.signatures.vouching import publish_event
from tests.unit.signatures.cases import CASES, NOW, URL, with_header

GITHUB = CASES["github"]


def accepted(source: Source, *, body: bytes = b"{}", headers: dict[str, str] | None = None) -> VerifiedEvent:
    request = sign_request("github", "k", url="https://h.test/in/s", body=body, headers=headers, now=NOW)
    event = Gate().examine(source, request, ["k"], verify_token=None, ingest_id="in_1", now=NOW)
    assert isinstance(event, VerifiedEvent)
    return event


def ack(source: Source) -> Answer:
    """Of a provider whose answers are made of no secret: none is asked for."""

    def unasked() -> tuple[str, ...]:
        raise AssertionError("secrets were asked for")

    return Gate().ack(source, GITHUB.signed(), unasked)


def test_unknown_provider_is_refused() -> None:
    with pytest.raises(SignatureError) as caught:
        Gate().examine(
            Source("s", "nobody"), GITHUB.signed(), ["k"], verify_token=None, ingest_id="i", now=NOW
        )
    assert caught.value.reason == "provider_unknown"


def test_method_that_the_provider_does_not_use_is_refused_with_405() -> None:
    with pytest.raises(Refusal) as caught:
        GITHUB.examine(replace(GITHUB.signed(), method="PUT"))
    assert (caught.value.status, caught.value.code) == (405, "method_not_allowed")


def test_signature_header_sent_twice_is_refused_even_if_both_are_right() -> None:
    request = GITHUB.signed()
    value = request.headers["x-hub-signature-256"]
    with pytest.raises(SignatureError) as caught:
        GITHUB.examine(with_header(request, "x-hub-signature-256", f"{value},{value}"))
    assert caught.value.reason == "signature_duplicated"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("stripe-signature", "t=1764000000,v1={0},t=1764000000,v1={0}"),
        ("paddle-signature", "ts=1764000000;h1={0},ts=1764000000;h1={0}"),
    ],
)
def test_packed_header_sent_twice_is_refused(header: str, value: str) -> None:
    case = CASES[header.partition("-")[0]]
    request = case.signed()
    signature = request.headers[header].rpartition("=")[2]
    with pytest.raises(SignatureError):
        case.examine(with_header(request, header, value.format(signature)))


def test_wrong_signature_is_a_mismatch_and_garbage_is_malformed() -> None:
    request = GITHUB.signed()
    for value, reason in (
        ("sha256=" + "0" * 64, "signature_mismatch"),
        ("sha1=" + "0" * 40, "signature_malformed"),
        ("sha256=", "signature_malformed"),
    ):
        with pytest.raises(SignatureError) as caught:
            GITHUB.examine(with_header(request, "x-hub-signature-256", value))
        assert caught.value.reason == reason


def test_refusal_says_nothing_of_secret_body_or_what_was_computed() -> None:
    right = GITHUB.signed().headers["x-hub-signature-256"]
    with pytest.raises(SignatureError) as caught:
        GITHUB.examine(with_header(GITHUB.signed(), "x-hub-signature-256", "sha256=" + "0" * 64))
    said = f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    for hidden in (right, right.removeprefix("sha256="), GITHUB.stored, GITHUB.body.decode()):
        assert hidden not in said


def test_public_url_of_the_source_stands_in_for_the_one_called() -> None:
    case = CASES["square"]
    request = replace(case.signed(), url="https://internal.test/x?tenant=1&x=%2F")
    source = replace(case.source(), public_url="https://hooks.example.test/in/source")
    event = Gate().examine(source, request, [case.stored], verify_token=None, ingest_id="i", now=NOW)
    assert isinstance(event, VerifiedEvent)


def test_tolerance_of_the_source_overrides_the_provider() -> None:
    case = CASES["slack"]
    source = replace(case.source(), tolerance_seconds=10)
    with pytest.raises(SignatureError):
        Gate().examine(source, case.signed(), [case.stored], verify_token=None, ingest_id="i", now=NOW + 11)


def test_dedupe_key_is_the_providers_delivery_id() -> None:
    event = accepted(Source("s", "github"), headers={"X-GitHub-Delivery": "d-1"})
    assert event.dedupe_key == "d-1"
    assert event.event_id == event_id_for("default", "s", "d-1")


def test_dedupe_key_falls_back_to_the_bodys_hash() -> None:
    one, other = accepted(Source("s", "github")), accepted(Source("s", "github"), body=b"[]")
    assert one.dedupe_key.startswith("sha256:")
    assert one.dedupe_key != other.dedupe_key


@pytest.mark.parametrize(
    "body", [b"", b"nothing", b"[[[[", b'{"a":{}}', b"\xff", b'{"a":' + b"9" * 5000 + b"}"]
)
def test_body_path_that_leads_nowhere_falls_back_to_hash_and_unknown(body: bytes) -> None:
    source = Source("s", "github", dedupe=Dedupe("body", "a.b"), event_type=EventTypeAt("body", "a.b"))
    event = accepted(source, body=body)
    assert event.dedupe_key.startswith("sha256:")
    assert event.event_type == "unknown"


def test_source_overrides_dedupe_type_and_window() -> None:
    source = Source(
        "s", "github", dedupe=Dedupe("body", "order.id", 12), event_type=EventTypeAt("fixed", "order")
    )
    event = accepted(source, body=b'{"order":{"id":7}}')
    assert (event.dedupe_key, event.event_type, event.dedupe_window_seconds) == ("7", "order", 12 * 3600)


def test_event_type_is_tamed() -> None:
    event = accepted(Source("s", "github"), headers={"x-github-event": "a b\n<c>" + "x" * 500})
    assert event.event_type.startswith("a_b__c_x")
    assert len(event.event_type) == 128


def test_delivery_key_of_any_length_makes_a_short_dedupe_key() -> None:
    event = accepted(Source("s", "github"), headers={"x-github-delivery": "d" * 5000})
    assert len(event.dedupe_key) < 100


def test_ack_is_the_sources_then_the_catalogues() -> None:
    assert ack(Source("s", "github")) == Answer(202, '{"status":"accepted"}')
    assert ack(Source("s", "telegram")).body == ""
    assert ack(Source("s", "slack")).status == 200
    assert ack(Source("s", "github", ack=Ack(204))) == Answer(204, "")
    assert ack(Source("s", "github", ack=Ack(200, "ok", "text/plain"))) == Answer(200, "ok", "text/plain")


def test_ack_of_a_source_without_a_content_type_has_that_of_the_providers_own() -> None:
    own = ack(Source("s", "twilio"))
    assert (own.body, own.content_type) == ("<Response/>", "text/xml")
    assert ack(Source("s", "twilio", ack=Ack(201))) == replace(own, status=201)


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (Source("s", "sns"), "options.topic_arn"),
        (Source("s", "jwt", options={"body_claim": "none"}), "options.algorithms"),
        (
            Source("s", "jwt", options={"algorithms": "HS256", "body_claim": "none", "max_age": "1h"}),
            "options.max_age",
        ),
    ],
    ids=["missing", "missing for a token", "no number"],
)
def test_refusal_of_a_source_whose_options_are_wrong_says_so(source: Source, field: str) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"
    request = replace(GITHUB.signed(), headers={"authorization": f"Bearer {token}"})
    with pytest.raises(SignatureError) as caught:
        Gate().examine(source, request, ["k" * 32], verify_token=None, ingest_id="i", now=NOW)
    assert caught.value.reason == "source_misconfigured"
    assert isinstance(caught.value.__cause__, ConfigError)
    assert (caught.value.__cause__.item, caught.value.__cause__.field) == ("s", field)


def test_published_event_is_bound_to_the_principal() -> None:
    given = Unsigned(
        ingest_id="in_1", tenant_id="t", event_type="order.created", event_key="k1", body=b"{}", now=NOW
    )
    event = publish_event("arn:aws:iam::1:role/app", given)
    assert event.event_id == event_id_for("t", "publish", "k1")
    assert event.provider == "doorbell"
    with pytest.raises(ValueError, match="principal"):
        publish_event("", given)


HEAVY = ("cryptography", "jwt", "jsonschema", "pydantic", "boto3", "html", "html.parser")


def test_gate_of_a_github_source_loads_no_heavy_library() -> None:
    script = f"""
import sys
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures import sender
from doorbell.signatures.gate import Gate
request = RawRequest("POST", "https://h.test/in/s", "/in/s", "", {{
    "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}},
    b"Hello, World!")
Gate().examine(Source("s", "github"), request, ["It's a Secret to Everybody"], verify_token=None,
    ingest_id="i", now=0.0)
heavy = [name for name in {HEAVY!r} if name in sys.modules]
groups = [name for name in sys.modules if name.startswith("doorbell.signatures.catalogue.")]
assert not heavy, heavy
assert "doorbell.signatures.catalogue.payments" not in groups, groups
"""
    path = [entry for entry in sys.path if entry]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{script}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (Source("s", "nobody", secrets=("ssm:/x",)), "provider"),
        (Source("s", "github"), "secrets"),
        (Source("s", "github", secrets=("",)), "secrets"),
        (Source("s", "hmac", secrets=("ssm:/x",)), "scheme"),
        (Source("s", "github", secrets=("ssm:/x",), scheme={}), "scheme"),
        (Source("s", "github", secrets=("ssm:/x",), options={"a": "b"}), "options.a"),
        (Source("s", "sns"), "options.topic_arn"),
        (Source("s", "braintree", secrets=("ssm:/x",)), "options.public_key"),
        (Source("s", "github", secrets=("ssm:/x",), tolerance_seconds=0), "tolerance_seconds"),
        (Source("s", "github", secrets=("ssm:/x",), public_url="hooks"), "public_url"),
        (Source("s", "github", secrets=("ssm:/x",), dedupe=Dedupe("cookie", "a")), "dedupe.from"),
        (Source("s", "github", secrets=("ssm:/x",), dedupe=Dedupe("header")), "dedupe.key"),
        (Source("s", "mailgun", secrets=("ssm:/x",), dedupe=Dedupe("hash")), "dedupe"),
        (Source("s", "github", secrets=("ssm:/x",), event_type=EventTypeAt("x", "y")), "event_type.from"),
        (Source("s", "asana", options={"awaits_handshake": "false"}), "secrets"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.provider,
)
def test_source_that_could_never_prove_anything_is_named_with_its_field(source: Source, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Gate().check_source(source)
    assert (caught.value.item, caught.value.field) == ("s", field)


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_source_of_every_provider_can_be_written(case: object) -> None:
    from tests.unit.signatures.cases import Case

    assert isinstance(case, Case)
    Gate().check_source(case.source())


def test_who_never_sends_again_is_refused_no_body_that_fits() -> None:
    most = {
        name: Gate().most_bytes(Source("s", name))
        for name in ("github", "jira", "line", "okta", "sanity", "stripe", "hmac")
    }
    assert most == {
        "github": MAX_BODY_BYTES,
        "jira": MAX_BODY_BYTES,
        "line": MAX_BODY_BYTES,
        "okta": MAX_BODY_BYTES,
        "sanity": MAX_BODY_BYTES,
        "stripe": DEFAULT_MAX_BODY_BYTES,
        "hmac": DEFAULT_MAX_BODY_BYTES,
    }


@pytest.mark.parametrize("name", [name for name in CASES if "GET" in CASES[name].entry.methods])
def test_what_comes_by_get_is_taken_only_where_its_query_is_signed(name: str) -> None:
    """Its query is the event: where no signature covers it, a captured request would be good for any."""
    case = CASES[name]
    request = sign_request(
        name, case.signing, method="GET", url=URL, body=b"", now=NOW, options=case.options, scheme=case.scheme
    )
    assert isinstance(case.examine(request), VerifiedEvent)
    for query in (request.raw_query + "&more=1", request.raw_query.replace("tenant=1", "tenant=2")):
        changed = replace(request, raw_query=query, url=f"{request.url.partition('?')[0]}?{query}")
        with pytest.raises(SignatureError):
            case.examine(changed)


SIDE_BY_SIDE = ("hubspot", "zendesk", "box", "ghost", "sendgrid", "trello", "twitch", "discord", "square")


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_a_signed_body_that_is_no_json_is_nobodys_where_the_boundary_of_what_is_signed_could_move(
    name: str,
) -> None:
    case = CASES[name]
    for body in (b"no json", b'"text"', b"12", b'{"a":1} '[:-2]):
        request = sign_request(
            name, case.signing, url=URL, body=body, headers=case.headers, now=NOW, options=case.options
        )
        with pytest.raises(SignatureError, match="signature_mismatch"):
            case.examine(request)


@pytest.mark.parametrize(
    ("algorithms", "is_sound"),
    [
        ("HS256", True),
        ("HS256 HS512", True),
        ("RS256 ES256", True),
        ("HS256 RS256", False),
        ("es256 hs256", False),
    ],
)
def test_a_source_may_not_take_shared_secrets_beside_public_keys(algorithms: str, is_sound: bool) -> None:
    options = {"algorithms": algorithms, "body_claim": "none"}
    source = Source("s", "jwt", secrets=("ssm:/x",), options=options)
    if is_sound:
        Gate().check_source(source)
        return
    with pytest.raises(ConfigError, match="algorithms"):
        Gate().check_source(source)
