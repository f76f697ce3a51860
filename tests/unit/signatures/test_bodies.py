"""What a body is, for keys, types and checks: a form, a packed body; told by itself, never by a header."""

from __future__ import annotations

import gzip
import zlib
from typing import Any
from unittest.mock import Mock

import pytest

from doorbell.domain import packed
from doorbell.domain.errors import ConfigError, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.sources import Dedupe, EventTypeAt
from doorbell.signatures import facts
from doorbell.signatures.special import mailgun
from tests.unit.domain.test_forms import multipart
from tests.unit.signatures.bodies import event_of, examined, id_by_hash, request_of, with_headers
from tests.unit.signatures.cases import CASES, FORM, NOW

PUSH = b"payload=%7B%22id%22%3A%22p1%22%2C%22kind%22%3A%22push%22%7D&id=f1"
GZIPPED = {"content-type": "application/json", "content-encoding": "gzip"}


def keyed(origin: str, key: str, body: bytes, headers: dict[str, str] = FORM) -> VerifiedEvent:
    return event_of("hmac", body, headers, dedupe=Dedupe(origin, key), event_type=EventTypeAt(origin, key))


@pytest.mark.parametrize(
    ("origin", "key", "expected"),
    [
        ("form", "id", "f1"),
        ("body", "id", "f1"),
        ("body", "payload.id", "p1"),
        ("body", "payload.kind", "push"),
    ],
)
def test_keys_and_types_are_read_in_a_form(origin: str, key: str, expected: str) -> None:
    event = keyed(origin, key, PUSH)
    assert (event.dedupe_key, event.event_type) == (expected, expected)
    assert event.body == PUSH


def test_keys_and_types_are_read_in_a_multipart_form() -> None:
    body = multipart(("id", "m1"), ("file", b"\xff\x00"), filename="a.bin")
    headers = {"content-type": "multipart/form-data; boundary=----Bound.1"}
    assert keyed("form", "id", body, headers).dedupe_key == "m1"
    assert keyed("body", "file.filename", body, headers).event_type == "a.bin"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_keys_and_types_are_read_in_a_packed_body(pack: Any) -> None:
    body = pack(b'{"id":"j1","type":"a"}')
    assert keyed("body", "id", body, GZIPPED).dedupe_key == "j1"
    assert keyed("form", "id", pack(PUSH), {}).dedupe_key == "f1"
    assert keyed("body", "id", body, GZIPPED).body == body


def test_a_body_is_unpacked_once_whatever_is_read_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacking = Mock(wraps=packed.unpacked)
    monkeypatch.setattr(facts, "unpacked", unpacking)
    body = gzip.compress(PUSH)
    read = facts.Facts(request_of("hmac", body, GZIPPED))
    assert (read.read("body:payload.kind"), read.read("form:id"), read.read("body:none")) == (
        "push",
        "f1",
        None,
    )
    assert (read.hash_with(()), read.looked_further) == (read.read("hash"), True)
    unpacking.assert_called_once_with(body)


def test_guarantee_3_no_header_that_nobody_signed_changes_what_a_body_says() -> None:
    """Who has one genuine request cannot make another event of it by a header more or less."""
    bodies = [gzip.compress(b'{"id":"j1"}'), zlib.compress(b'{"id":"j1"}'), b'{"id":"j1"}', b"id=j1"]
    bodies.append(multipart(("id", "j1")))
    for body in bodies:
        sent = request_of("github", body, {"content-type": "application/json"})
        variants = [
            sent,
            with_headers(sent, content_encoding="gzip"),
            with_headers(sent, content_encoding="deflate", content_type="text/plain"),
            with_headers(sent, content_type="multipart/form-data; boundary=other"),
            with_headers(sent, content_type=None),
            with_headers(sent, content_type=FORM["content-type"]),
        ]
        own: dict[str, Any] = {"dedupe": Dedupe("body", "id"), "event_type": EventTypeAt("body", "id")}
        events = [examined("github", request, **own) for request in variants]
        assert {
            (event.dedupe_key, event.event_type) for event in events if isinstance(event, VerifiedEvent)
        } == {("j1", "j1")}
        assert len(events) == len(variants)


def test_guarantee_3_a_key_that_was_not_read_before_is_asked_for_as_it_was() -> None:
    for body in (PUSH, gzip.compress(b'{"id":"j1"}')):
        event = event_of("hmac", body, {}, dedupe=Dedupe("body", "id"))
        assert event.former_id == id_by_hash(body) != event.event_id
    assert event_of("hmac", b'{"id":"j1"}', dedupe=Dedupe("body", "id")).former_id is None
    assert event_of("github", PUSH, {"x-github-delivery": "d1"}).former_id is None


def test_guarantee_1_a_challenge_that_unpacks_into_json_is_no_event() -> None:
    """X signs a token that anybody may choose when it is asked to prove itself: only what is JSON as it was
    signed is its event."""
    body = zlib.compress(b'{"tweet_create_events":[]}')
    assert isinstance(examined("x", request_of("x", b'{"tweet_create_events":[]}')), VerifiedEvent)
    for not_json in (body, gzip.compress(b"[]"), PUSH, b"text=1"):
        with pytest.raises(SignatureError, match="signature_mismatch"):
            examined("x", request_of("x", not_json))


def test_a_multipart_form_is_proven_by_the_fields_that_its_provider_signs() -> None:
    key, token = CASES["mailgun"].signing.encode(), "t" * 50
    signature = mailgun.sign(key, str(int(NOW)), token).decode()
    fields = {"timestamp": str(int(NOW)), "token": token, "signature": signature, "recipient": "a@b.test"}
    files = [("attachment-1", b"\x89PNG\xff")]
    headers = {"content-type": "multipart/form-data; boundary=----Bound.1"}
    body = multipart(*fields.items(), *files, filename="a.png")
    sent = request_of("github", body, headers)
    event = examined("mailgun", sent)
    assert isinstance(event, VerifiedEvent)
    assert (event.body, event.dedupe_key) == (body, f"{int(NOW)}{token}")
    forged = multipart(*{**fields, "token": "u" * 50}.items(), *files, filename="a.png")
    with pytest.raises(SignatureError, match="signature_mismatch"):
        examined("mailgun", request_of("github", forged, headers))
    with pytest.raises(SignatureError, match="signature_missing"):
        examined("mailgun", request_of("github", multipart(*fields.items(), ("token", "u")), headers))


SIGNS_INSIDE = {"signature": {"header": "x-signature"}, "message": ["unpacked_body"]}


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda body: body])
def test_a_declared_signature_may_be_made_over_the_unpacked_body(pack: Any) -> None:
    inside = b'{"id":"j1"}'
    sent = request_of("hmac", inside, scheme=SIGNS_INSIDE)
    packed = request_of("hmac", pack(inside), scheme=SIGNS_INSIDE)
    assert packed.headers["x-signature"] == sent.headers["x-signature"]
    assert isinstance(examined("hmac", packed, scheme=SIGNS_INSIDE), VerifiedEvent)
    with pytest.raises(SignatureError, match="signature_mismatch"):
        examined("hmac", request_of("hmac", pack(b'{"id":"j2"}'), {"x-signature": "0"}), scheme=SIGNS_INSIDE)


def test_guarantee_3_what_is_signed_unpacked_is_one_event_however_it_is_packed() -> None:
    inside = b'{"id":"j1"}' * 50
    sent = [inside, gzip.compress(inside, 1), gzip.compress(inside, 9), zlib.compress(inside)]
    events = [
        examined("hmac", request_of("hmac", body, scheme=SIGNS_INSIDE), scheme=SIGNS_INSIDE) for body in sent
    ]
    assert len({event.event_id for event in events if isinstance(event, VerifiedEvent)}) == 1


def test_a_declared_signature_must_still_be_made_over_a_body() -> None:
    from doorbell.signatures.schemes.declared import parse_scheme

    with pytest.raises(ConfigError) as caught:
        parse_scheme("s", {"signature": {"header": "x"}, "message": ["url"]})
    assert caught.value.field == "scheme.message"
    assert parse_scheme("s", SIGNS_INSIDE).message == ("unpacked_body",)
