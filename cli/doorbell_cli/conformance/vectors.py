"""One vector: a request with a known answer, judged by the gate."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from doorbell.domain.errors import DoorbellError, Refusal, SignatureError
from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.gate import Gate
from doorbell.signatures.scheme import NEVER
from doorbell.signatures.signer import sign_request
from doorbell_cli.conformance.certificates import GivenBytes, as_certificate
from doorbell_cli.conformance.responses import matches

CHALLENGES = ("challenge", "crc", "handshake", "verification", "validation", "ping")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the file says (`expected`), what the gate said (`got`), and why."""

    provider: str
    case: str
    expected: str
    got: str
    reason: str

    @property
    def agreed(self) -> bool:
        return self.expected == self.got


def run(vector: Mapping[str, Any]) -> Outcome:
    """Judge one vector; a fault of ours is an outcome too, and never agrees."""
    provider, case, expected = str(vector["provider"]), str(vector["id"]), str(vector["expect"])
    entry = entry_of(vector)
    if entry is None:
        return Outcome(provider, case, expected, "unknown provider", str(vector.get("scheme")))
    try:
        got, reason = _judge(entry, vector)
    except (SignatureError, Refusal) as error:
        got, reason = "invalid", str(error)
    except (DoorbellError, ValueError, TypeError, LookupError) as error:
        got, reason = "fault", f"{type(error).__name__}: {error}"
    return Outcome(provider, case, expected, got, reason)


def entry_of(vector: Mapping[str, Any]) -> Entry | None:
    """By the full scheme, by its stem (`x.crc` is a handshake of `x`), by the provider."""
    scheme = str(vector.get("scheme") or vector["provider"])
    names = {str(name).strip().lower() for name in vector.get("headers") or {}}
    if scheme == "gitlab" and "webhook-signature" in names and "x-gitlab-token" not in names:
        return find("gitlab.signed")
    return find(scheme) or find(scheme.rpartition(".")[0]) or find(str(vector["provider"]))


def _judge(entry: Entry, vector: Mapping[str, Any]) -> tuple[str, str]:
    secrets, options = secrets_of(entry, vector), options_of(entry, vector)
    source = Source(
        "vector", entry.name, secrets=("vector",), options=options, tolerance_seconds=tolerance_of(vector)
    )
    request = request_of(vector)
    if _unsigned_challenge(entry, vector, request):
        request = sign_request(
            entry.name,
            secrets[0],
            method=request.method,
            url=request.url,
            body=request.body,
            headers=request.headers,
            now=now_of(vector),
        )
    result = gate_for(entry, vector).examine(
        source,
        request,
        secrets,
        verify_token=vector.get("verify_token"),
        ingest_id="vector",
        now=now_of(vector),
    )
    return _verdict(result, vector)


def _verdict(result: VerifiedEvent | Answer | Learn, vector: Mapping[str, Any]) -> tuple[str, str]:
    answer = result.answer if isinstance(result, Learn) else result
    if isinstance(answer, Answer):
        if answer.status >= 400:
            return "invalid", f"answered {answer.status}"
        if "response" in vector and not matches(answer, vector["response"]):
            return "invalid", "the handshake's answer is another"
        return "valid", f"handshake answered {answer.status}"
    return "valid", answer.event_type


def _unsigned_challenge(entry: Entry, vector: Mapping[str, Any], request: RawRequest) -> bool:
    """Whether this is a challenge whose signature the file leaves out."""
    variant = str(vector.get("scheme", "")).rpartition(".")[2]
    if variant not in CHALLENGES or not entry.signed or entry.scheme is None:
        return False
    return not any(request.headers.get(name) for name in entry.scheme.signature.headers)


def gate_for(entry: Entry, vector: Mapping[str, Any]) -> Gate:
    """A gate whose fetches are answered with the vector's certificate, where the provider has one."""
    given = (vector.get("cert_pem"), vector.get("public_key"), vector.get("secret"))
    pem = next((one for one in given if isinstance(one, str) and "-----BEGIN" in one), None)
    if entry.special not in ("sns", "paypal") or pem is None:
        return Gate()
    certificate = as_certificate(pem, "vector.paypal.com")
    return Gate(GivenBytes(certificate), trusted_certificates=certificate)


def now_of(vector: Mapping[str, Any]) -> float:
    return float(vector.get("now") or 0)


def tolerance_of(vector: Mapping[str, Any]) -> int | None:
    """No clock and a tolerance of 0 both mean that no time is checked, as in the providers' libraries."""
    if vector.get("now") is None or vector.get("tolerance") == 0:
        return NEVER
    tolerance = vector.get("tolerance")
    return None if tolerance is None else int(tolerance)


def request_of(vector: Mapping[str, Any]) -> RawRequest:
    url = str(vector.get("url") or "https://hooks.example.test/in")
    if vector.get("query"):
        url += ("&" if "?" in url else "?") + str(vector["query"])
    parts = urlsplit(url)
    headers = {
        str(name).strip().lower(): ",".join(value) if isinstance(value, list) else str(value)
        for name, value in (vector.get("headers") or {}).items()
    }
    return RawRequest(
        str(vector.get("method") or "POST").upper(), url, parts.path, parts.query, headers, body_of(vector)
    )


def body_of(vector: Mapping[str, Any]) -> bytes:
    if vector.get("body_b64") is not None:
        return b64decode(vector["body_b64"])
    body = vector.get("body")
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def secrets_of(entry: Entry, vector: Mapping[str, Any]) -> list[str]:
    """The secret or secrets, and a public key where the entry's secret is one."""
    secret = vector.get("secret")
    if isinstance(secret, Mapping) and "private_key" in secret:
        secret = secret["private_key"]
    elif isinstance(secret, Mapping) and not {"kty", "keys"} & set(secret):
        secret = list(secret.values())
    found = secret if isinstance(secret, list) else [secret]
    if "public_key" not in entry.options and entry.special not in ("sns", "paypal"):
        found = [*found, vector.get("public_key")]
    if entry.special == "paypal":
        found = [*found, vector.get("webhook_id")]
    return [one if isinstance(one, str) else json.dumps(one) for one in found if one]


def options_of(entry: Entry, vector: Mapping[str, Any]) -> dict[str, str]:
    """Members of the vector (or of its `options` or `config`) that are options of the entry."""
    given: dict[str, Any] = {}
    for holder in (vector.get("secret"), vector, vector.get("config"), vector.get("options")):
        if isinstance(holder, Mapping):
            given |= {name: holder[name] for name in entry.options if holder.get(name)}
    options = {name: str(value) for name, value in given.items()}
    if entry.special == "sns" and not str(vector.get("secret")).startswith("arn:"):
        options.setdefault("topic_arn", "*")
    if entry.special == "bearer":
        options.setdefault("allowed_origins", "*")
    return options
