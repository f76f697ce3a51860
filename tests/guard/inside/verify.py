"""The gate alone: import, the first request, and those after it: 2 KB, signed as Stripe does."""

import hashlib
import hmac

from github import push
from stages import requests, stage, told

stage("start")

from doorbell.domain.requests import RawRequest  # noqa: E402
from doorbell.domain.sources import Source  # noqa: E402
from doorbell.signatures.gate import Gate  # noqa: E402

stage("imported")
NOW, SECRET, BODY = 1_800_000_000, "whsec_of_the_guard", push().encode()
SIGNATURE = hmac.digest(SECRET.encode(), f"{NOW}.".encode() + BODY, hashlib.sha256).hex()
REQUEST = RawRequest(
    method="POST",
    url="https://doorbell.example/in/stripe",
    path="/in/stripe",
    raw_query="",
    headers={"content-type": "application/json", "stripe-signature": f"t={NOW},v1={SIGNATURE}"},
    body=BODY,
    source_ip="3.18.12.63",
)
SOURCE, GATE = Source("stripe", "stripe"), Gate()


def examined() -> None:
    event = GATE.examine(SOURCE, REQUEST, (SECRET,), verify_token=None, ingest_id="1" * 32, now=NOW)
    assert event.body == BODY  # type: ignore[union-attr]


requests(examined)
told()
