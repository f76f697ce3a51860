"""One vector: a request with a known answer, judged by the gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.errors import DoorbellError, Refusal, SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import Answer, Learn, RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.gate import Gate
from doorbell.signatures.signing.request import sign_request
from doorbell_cli.conformance.certificates import GivenBytes, as_certificate
from doorbell_cli.conformance.given import now_of, options_of, request_of, secrets_of, tolerance_of
from doorbell_cli.conformance.responses import matches

CERTIFIED = ("sns", "paypal", "alexa")
"""Special rules whose certificate is fetched."""
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


def _verdict(result: VerifiedEvent | Several | Answer | Learn, vector: Mapping[str, Any]) -> tuple[str, str]:
    answer = result.answer if isinstance(result, Learn) else result
    if isinstance(answer, Answer):
        if answer.status >= 400:
            return "invalid", f"answered {answer.status}"
        if "response" in vector and not matches(answer, vector["response"]):
            return "invalid", "the handshake's answer is another"
        return "valid", f"handshake answered {answer.status}"
    return "valid", (answer.whole if isinstance(answer, Several) else answer).event_type


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
    if entry.special not in CERTIFIED or pem is None:
        return Gate()
    certificate = as_certificate(pem, "vector.paypal.com")
    return Gate(GivenBytes(certificate), trusted_certificates=certificate)
