"""What a delivery in a batch of ten costs, in instructions: by plain HTTP, on a kept connection of TLS, on a
new one, to a queue of SQS; and what a bare handshake with a post costs, which no new connection can go below.

    PYTHONPATH=layers/core:cli:. .venv/bin/python -m tests.guard.deliveries [FOLDER of another build]

It needs Valgrind, and takes half a minute for each.
"""

import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tests.bench.deployed import as_built, environ
from tests.bench.dispatcher_answers import URL_VARIABLE
from tests.bench.dispatcher_subscriber import subscriber
from tests.bench.stub_aws import stub_aws
from tests.bench.targets import ALLOWED
from tests.guard.counting import cost
from tests.integration.egress.certificates import Authority

OF_TEN, BARE = "dispatcher_of_ten", "bare_tls"
WAYS = {"plain": OF_TEN, "kept": OF_TEN, "fresh": OF_TEN, "queue": OF_TEN, "bare": BARE}
MEANT = {
    "plain": "by plain HTTP",
    "kept": "on a kept connection",
    "fresh": "on a new connection",
    "queue": "to a queue",
    "bare": "a bare handshake, post and answer",
}
LOOPBACK = {
    "EGRESS_ALLOW_HTTP": "true",
    "EGRESS_ALLOWED_CIDRS": "127.0.0.0/8,::1/128",
    "EGRESS_ALLOWED_PORTS": "any",
    "ROLLUPS_TABLE": "Rollups",
}


def instructions(way: str, folder: Path) -> float:
    """Of one delivery."""
    authority, certificate, trusted = Authority(), folder / "localhost.pem", folder / "authority.pem"
    certificate.write_text(authority.issue("localhost"))
    trusted.write_text(authority.pem)
    answers = "tests.bench.targets_answers" if way == "queue" else "tests.guard.answers"
    with _whom(way, certificate) as url, stub_aws(answers, **{URL_VARIABLE: f"{url}/ours"}) as aws:
        to_queue = {"GUARD_SUBSCRIPTION": "1", **ALLOWED} if way == "queue" else {}
        more = {**LOOPBACK, **to_queue, "SSL_CERT_FILE": str(trusted), URL_VARIABLE: f"{url}/ours"}
        return cost(WAYS[way], environ("DispatcherFunction", aws, **more), folder).request / 10


def _whom(way: str, certificate: Path) -> AbstractContextManager[str]:
    if way == "plain":
        return stub_aws("tests.guard.answers")
    return subscriber(certificate, 0.0, keeps=way == "kept")


def main() -> None:
    with as_built(Path(sys.argv[1])) if len(sys.argv) > 1 else nullcontext():
        for way, meant in MEANT.items():
            with tempfile.TemporaryDirectory(prefix="doorbell-guard-") as folder:
                (inside := Path(folder, way)).mkdir()
                print(f"{meant}: {instructions(way, inside) / 1e6:.2f} million", flush=True)


if __name__ == "__main__":
    main()
