"""Coverage-guided fuzzing of ingest with atheris: `python -m tests.fuzz.ingest -runs=100000`.

Each case is a Lambda event made of a correctly signed request of some provider, spoilt in places or
replaced by garbage, for a source whose secret is another one; a certificate that is fetched is another
one too. Whatever comes: no 5xx, nothing enqueued, no text of an exception in the answer.

Coverage alone would stay with a few providers: in half of the cases the input's checksum names the one to
ask, so every form has its turn. How often each had at least is told at the end.
"""

import base64
import importlib
import logging
import pkgutil
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import atheris

with atheris.instrument_imports(include=["doorbell"]):
    import doorbell.signatures
    from doorbell.domain.errors import Refusal
    from doorbell.egress.errors import FetchError
    from doorbell.runtime.http import request_from, response_of
    from doorbell.signatures.gate import Gate
    from doorbell.usecases.accept import Accept
    from doorbell.usecases.problems import problem

    for module in pkgutil.walk_packages(doorbell.signatures.__path__, "doorbell.signatures."):
        importlib.import_module(module.name)  # those that are loaded when first needed: instrumented too

from doorbell.domain.requests import RawRequest
from tests.support import fakes
from tests.unit.signatures.cases import CASES, NOW, OneFile, rsa_pair

NAMES = sorted(CASES)
SIGNED: dict[str, RawRequest] = {name: CASES[name].signed() for name in NAMES}
METHODS = ("POST", "POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "\x00")
LEAKS = ("Traceback", "Error(", "Exception", 'File "')
RUNS = next((int(text.removeprefix("-runs=")) for text in sys.argv if text.startswith("-runs=")), 0)
asked: Counter[str] = Counter()


def another(secret: str) -> str:
    """A secret of the same form that is not the right one: one character in the middle differs. "" where the
    keys are fetched."""
    if not secret:
        return ""
    middle = len(secret) // 2
    return secret[:middle] + ("1" if secret[middle] == "0" else "0") + secret[middle + 1 :]


class AnotherCertificate(OneFile):
    """The providers' hosts: there is a certificate where theirs is, of another key; 404 anywhere else."""

    def __init__(self) -> None:
        super().__init__(rsa_pair(8)[1])

    def get(self, url: str, *, allowed_hosts: Sequence[str], max_bytes: int, timeout_seconds: float) -> bytes:
        if url not in self.URLS:
            raise FetchError("fetch_status", "nothing there", status=404)
        return self.content


HOSTS = AnotherCertificate()


def accept_for(name: str, queue: fakes.FakeEventsQueue) -> Accept:
    case = CASES[name]
    return Accept(
        sources=fakes.FakeSources(case.source()),
        secrets=fakes.FakeSecrets({"ssm:/x": another(case.stored)}),
        gate=Gate(HOSTS, trusted_certificates=HOSTS.content),
        checks=fakes.FakeChecks(),
        bodies=fakes.FakeBodies(),
        queue=queue,
        clock=fakes.FakeClock(NOW),
        ids=fakes.Sequential(),
        metrics=fakes.RecordingMetrics(),
        log=fakes.RecordingLog(),
    )


def event_from(data: "atheris.FuzzedDataProvider", signed: RawRequest) -> dict[str, Any]:
    """The signed request with a few of its parts changed, as API Gateway hands it over."""
    headers, body, query, method = dict(signed.headers), signed.body, signed.raw_query, signed.method
    for _ in range(data.ConsumeIntInRange(0, 4)):
        part = data.ConsumeIntInRange(0, 4)
        if part == 0 and headers:
            name = sorted(headers)[data.ConsumeIntInRange(0, len(headers) - 1)]
            headers[name] = data.ConsumeUnicode(60)
        elif part == 1 and headers:
            del headers[sorted(headers)[data.ConsumeIntInRange(0, len(headers) - 1)]]
        elif part == 2:
            at = data.ConsumeIntInRange(0, len(body))
            body = body[:at] + data.ConsumeBytes(40) + body[at + data.ConsumeIntInRange(0, 8) :]
        elif part == 3:
            query = data.ConsumeUnicode(40)
        else:
            method = METHODS[data.ConsumeIntInRange(0, len(METHODS) - 1)]
    encoded = data.ConsumeIntInRange(0, 20)
    text = base64.b64encode(body).decode() if encoded else data.ConsumeUnicode(20)
    return {
        "rawPath": "/in/src",
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {"domainName": "h.test", "http": {"method": method, "sourceIp": "192.0.2.1"}},
        "body": text,
        "isBase64Encoded": True,
    }


def chosen(data: "atheris.FuzzedDataProvider", raw: bytes) -> str:
    """By the input alone, so that a case can be run again."""
    guided = data.ConsumeIntInRange(0, len(NAMES) - 1)
    return NAMES[guided if data.ConsumeBool() else zlib.crc32(raw) % len(NAMES)]


def one_case(raw: bytes) -> None:
    data = atheris.FuzzedDataProvider(raw)
    name = chosen(data, raw)
    asked[name] += 1
    queue = fakes.FakeEventsQueue()
    try:
        answer = accept_for(name, queue)("src", request_from(event_from(data, SIGNED[name])))
    except Refusal as refusal:
        answer = problem(refusal)
    response = response_of(answer)
    if response["statusCode"] >= 500:
        raise AssertionError(f"{name}: {response}")
    if queue.sent:
        raise AssertionError(f"{name}: accepted without proof")
    if any(leak in response["body"] for leak in LEAKS):
        raise AssertionError(f"{name}: {response['body']}")
    if asked.total() == RUNS:
        print(f"{len(NAMES)} forms, each at least {min(asked[name] for name in NAMES)} times", flush=True)


def main() -> None:
    logging.disable(logging.CRITICAL)
    atheris.Setup([*sys.argv, "-len_control=0", "-max_len=600"], one_case)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
