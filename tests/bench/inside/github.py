"""A GitHub push of about 2 KB as API Gateway hands it over. Standard library only."""

import hashlib
import hmac
import json
from typing import Any

SECRET = "It's a Secret to Everybody"
SOURCE = "github-bench"


def push(size: int = 2048) -> str:
    """A JSON body of exactly `size` bytes."""
    body = {"ref": "refs/heads/main", "repository": {"full_name": "bench/doorbell"}, "commits": [], "pad": ""}
    body["pad"] = "x" * (size - len(json.dumps(body)))
    return json.dumps(body)


def event(body: str, path: str = f"/in/{SOURCE}") -> dict[str, Any]:
    """API Gateway's payload 2.0."""
    return {
        "version": "2.0",
        "routeKey": "ANY /in/{source_id}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "content-type": "application/json",
            "content-length": str(len(body)),
            "host": "bench.execute-api.us-east-1.amazonaws.com",
            "user-agent": "GitHub-Hookshot/8f3c1a2",
            "x-forwarded-for": "140.82.115.8",
            "x-forwarded-proto": "https",
            "x-github-delivery": "72d3162e-cc78-11f0-9d3a-3f2b1c0d9e8f",
            "x-github-event": "push",
            "x-github-hook-id": "481516234",
            "x-hub-signature-256": "sha256="
            + hmac.digest(SECRET.encode(), body.encode(), hashlib.sha256).hex(),
        },
        "pathParameters": {"source_id": SOURCE},
        "requestContext": {
            "domainName": "bench.execute-api.us-east-1.amazonaws.com",
            "http": {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "140.82.115.8"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
