"""Malformed input of every kind: one refusal with a reason, never another exception, never acceptance.

`FUZZ_CASES` sets the number of cases (the long form: 100000); the short form runs by default.
"""

from __future__ import annotations

import os
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorbell.domain.errors import Refusal, SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from tests.unit.signatures.cases import CASES, NOW, Case, with_header

FUZZ_CASES = int(os.environ.get("FUZZ_CASES", "1500"))
FUZZ = settings(
    max_examples=FUZZ_CASES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)

HOSTILE = st.sampled_from(
    [
        "", ",", ";", "=", "|", "v1,", "t=,v1=", "t=1,t=1", "sha256=", "v0=", "Bearer ", "Basic ",
        "Basic e30=", "a.b.c", "..", "-1", "1e9", "9" * 400, "٣٤", "nan", "0x7f", "2025-11-24T00:00:00",
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "\ud800", "\x00", "v1," + "A" * 9000,
        "t=1764000000," * 500, "&|&|" * 50,
    ]
)  # fmt: skip
VALUES = st.one_of(HOSTILE, st.text(max_size=60), st.binary(max_size=30).map(lambda raw: raw.hex()))
BODIES = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [
            b"", b"null", b"[]", b"{}", b"0", b"[" * 5000, b'{"a":' * 3000, b"9" * 5000, b"\xff\xfe",
            b'{"signature":{"timestamp":{},"token":[],"signature":1}}',
            b'{"signature":"x","token":1,"timestamp":2}',
            b'{"notificationItems":[{"NotificationRequestItem":{"additionalData":[]}}]}',
            b'{"notificationItems":[null]}', b'{"notificationItems":{}}', b'{"value":[{"clientState":7}]}',
            b'{"Type":"Notification","Message":1}', b'{"Type":["Notification"]}',
            b"bt_signature=a|b&bt_payload=%00",
            b"bt_signature=|&bt_payload=QQ==", b"a=1&a=2&=&&%zz=%", b'{"webhookTimestamp":1e400}',
            b'{"webhookTimestamp":"x"}', b'{"events":[]}', b"webhook_id=1", b'{"type":1}',
            b'{"challenge":"c"}',
        ]
    ),
)  # fmt: skip
QUERIES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["bodySHA256=x", "secret=", "secret=a&secret=b", "access_token=%ff", "a=1", "%", "&&=&"]),
)
METHODS = st.sampled_from(["POST", "POST", "POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS", "X"])


def known_headers(case: Case) -> list[str]:
    signed = set(case.signed().headers)
    named = set(case.entry.scheme.signature.headers[:3]) if case.entry.scheme else set()
    return sorted(signed | named | {"authorization", "content-type"})


HEADERS = {name: known_headers(case) for name, case in CASES.items()}


def judged(case: Case, request: RawRequest) -> VerifiedEvent | Several | Answer | Learn | str:
    """The gate's result, or the plain reason of a refusal."""
    try:
        return case.examine(request)
    except SignatureError as error:
        return error.reason
    except Refusal as refusal:
        return refusal.code


@FUZZ
@given(data=st.data(), name=st.sampled_from(sorted(CASES)), body=BODIES, query=QUERIES, method=METHODS)
def test_garbage_is_refused_with_a_reason(
    data: st.DataObject, name: str, body: bytes, query: str, method: str
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(HEADERS[name]), unique=True, max_size=8))
    headers = {header: data.draw(VALUES) for header in chosen}
    request = RawRequest(method, f"https://h.test/in/s?{query}", "/in/s", query, headers, body)
    result = judged(CASES[name], request)
    assert not isinstance(result, VerifiedEvent | Learn)
    if isinstance(result, Answer):
        assert CASES[name].entry.unsigned
    else:
        assert str(result).replace("_", "").isalpha()


@FUZZ
@given(data=st.data(), name=st.sampled_from(sorted(CASES)))
def test_a_genuine_request_with_one_part_spoilt_is_refused(data: st.DataObject, name: str) -> None:
    case = CASES[name]
    request = case.signed()
    added = sorted(set(request.headers) - set(case.headers))
    if added and (bool(data.draw(st.integers(0, 1))) or not case.signs_body):
        header = str(data.draw(st.sampled_from(added)))
        value = data.draw(VALUES)
        if value == request.headers[header]:
            return
        spoilt = with_header(request, header, value)
    elif case.signs_body:
        body = data.draw(BODIES)
        if body == request.body:
            return
        spoilt = replace(request, body=body)
    else:
        spoilt = replace(request, body=b"", raw_query="", url="https://h.test/in/s")
    if not added and not case.signs_body and case.name in ("mailgun", "plivo.v2"):
        return
    assert not isinstance(judged(case, spoilt), VerifiedEvent)


@settings(max_examples=300, deadline=None)
@given(now=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_whatever_the_clock_says_nothing_but_a_refusal_comes(now: float) -> None:
    for name in ("slack", "contentful", "messagebird", "box"):
        case = CASES[name]
        try:
            result = case.examine(case.signed(), now=now)
        except SignatureError:
            continue
        assert isinstance(result, VerifiedEvent)
        assert abs(now - NOW) <= 700
