"""The largest input of each function, as Lambda hands it over."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from doorbell.runtime.batches import AT_ONCE
from tests.bench.inside.github import SECRET, event
from tests.bench.inside.memory_bodies import LARGEST, commits
from tests.bench.inside.records import delivery_record, event_record, inline

TENANT = "tenant-10000"
INLINE = 128 * 1024
"""`INLINE_BYTES`: the largest body that a message carries itself."""


def ingest() -> dict[str, Any]:
    body = commits()
    ring = event("")
    signature = hmac.digest(SECRET.encode(), body.encode(), hashlib.sha256).hex()
    ring["headers"]["x-hub-signature-256"] = f"sha256={signature}"
    return {**ring, "body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}


def publish() -> dict[str, Any]:
    """Ten events in the 6 MB of an invocation; a quote in the body is two characters there."""
    data = [json.loads(commits(500_000)) for _ in range(10)]
    ring = event(json.dumps([{"id": str(n), "type": "push", "data": one} for n, one in enumerate(data)]))
    return _by_operator(ring)


def _by_operator(ring: dict[str, Any]) -> dict[str, Any]:
    """As API Gateway vouches for an IAM identity."""
    authorizer = {"iam": {"userArn": "arn:aws:iam::123456789012:user/bench"}}
    return {
        **ring,
        "requestContext": {**ring["requestContext"], "stage": "$default", "authorizer": authorizer},
    }


def fanout() -> dict[str, Any]:
    """Ten messages: nine with a body in them, one whose body is in the bucket."""
    in_message = inline(commits(INLINE))
    in_bucket = {"size": LARGEST, "body_key": "bench/large"}
    return {"Records": [event_record(n, TENANT, in_message if n else in_bucket) for n in range(10)]}


def dispatcher() -> dict[str, Any]:
    return {"Records": [delivery_record(number, number) for number in range(AT_ONCE)]}


def sweeper() -> dict[str, Any]:
    return {}


def admin() -> dict[str, Any]:
    path = "/admin/events/evt_bench"
    ring = event("", path)
    ring["requestContext"]["http"]["method"] = "GET"
    there = {"routeKey": "ANY /admin/{proxy+}", "pathParameters": {"proxy": "events/evt_bench"}}
    return _by_operator({**ring, **there})


INPUTS: dict[str, Callable[[], dict[str, Any]]] = {
    made.__name__: made for made in (ingest, publish, fanout, dispatcher, sweeper, admin)
}
