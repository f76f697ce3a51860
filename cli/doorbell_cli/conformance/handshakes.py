"""One handshake: a challenge request and the answer expected of us."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from doorbell.domain.errors import DoorbellError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from doorbell_cli.conformance.given import request_of
from doorbell_cli.conformance.responses import comparable, differences
from doorbell_cli.conformance.vectors import Outcome

SECRET = "a-secret-for-handshakes"
NOW = 1_764_000_000.0


def run(case: Mapping[str, Any]) -> Outcome:
    """Ask the gate and compare; `got` is "as expected" or what differs."""
    provider = str(case["provider"])
    name = f"{case['request'].get('method', 'POST')} {case.get('source', '')}"[:60]
    try:
        problems = _problems(case)
    except (DoorbellError, ValueError, LookupError) as error:
        problems = [f"{type(error).__name__}: {error}"]
    return Outcome(provider, name, "as expected", "; ".join(problems) or "as expected", "")


def _problems(case: Mapping[str, Any]) -> list[str]:
    config = case.get("config") or {}
    secret, token = str(config.get("secret", SECRET)), config.get("verify_token")
    request = _request(case, secret)
    result = _ask(case, request, secret, token)
    if isinstance(result, VerifiedEvent | Several):
        return ["was forwarded"]
    answer = result.answer if isinstance(result, Learn) else result
    expected = case.get("response") or {}
    problems = differences(answer, expected)
    if "body" in expected and not comparable(expected["body"]):
        problems += _computed(request, secret, answer)
    if answer.body and answer.headers.get("x-content-type-options") != "nosniff":
        problems.append("echoes without nosniff")
    if case.get("stores") and not (isinstance(result, Learn) and result.secret in answer.headers.values()):
        problems.append("the secret is not learnt")
    if "on_wrong_token" in case:
        wrong = _ask(case, request, secret, f"not-{token}")
        status = wrong.status if isinstance(wrong, Answer) else 202
        if status != case["on_wrong_token"]["status"]:
            problems.append(f"a wrong token is answered {status}")
    return problems


def _request(case: Mapping[str, Any], secret: str) -> RawRequest:
    request = request_of(case["request"])
    if case.get("signed") is not True:
        return request
    return sign_request(
        str(case["provider"]),
        secret,
        method=request.method,
        url=request.url,
        body=request.body,
        headers=request.headers,
        now=NOW,
    )


def _ask(
    case: Mapping[str, Any], request: RawRequest, secret: str, token: str | None
) -> VerifiedEvent | Several | Answer | Learn:
    entry = find(str(case["provider"]))
    waits = entry is not None and "awaits_handshake" in entry.options
    options = {"awaits_handshake": "true"} if waits else {}
    source = Source("handshake", str(case["provider"]), secrets=("handshake",), options=options)
    return Gate().examine(source, request, [secret], verify_token=token, ingest_id="handshake", now=NOW)


def _computed(request: RawRequest, secret: str, answer: Answer) -> list[str]:
    """An answer that is a digest of the challenge, computed here once more."""
    given = json.loads(answer.body)
    if "response_token" in given:
        token = parse_qs(request.raw_query)["crc_token"][0]
        raw = hmac.digest(secret.encode(), token.encode(), "sha256")
        right = given["response_token"] == "sha256=" + b64encode(raw).decode()
    else:
        token = json.loads(request.body)["payload"]["plainToken"]
        raw = hmac.digest(secret.encode(), token.encode(), "sha256")
        right = given == {"plainToken": token, "encryptedToken": raw.hex()}
    return [] if right else ["the digest is another"]
