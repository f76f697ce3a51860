"""openapi/doorbell.postman_collection.json, made of the OpenAPI document.
https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html

Postman itself signs every request (AWS Signature, service execute-api), by the collection's variables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
VARIABLES = {
    "base_url": "the stack's output ApiUrl, without a slash at its end",
    "region": "",
    "access_key": "",
    "secret_key": "",
    "session_token": "empty for a user's own keys",
    "tenant_id": "",
    "source_id": "",
    "subscription_id": "",
    "event_id": "",
    "event_type": "",
    "job_id": "",
}
"""Name → what it is; those of paths are named as in the document."""
SECRET = ("secret_key", "session_token")
GIVEN = {"tenant_id": "default", "region": "us-east-1"}
BODIES: dict[str, Any] = {
    "publish": {"type": "order.paid", "tenant_id": "{{tenant_id}}", "data": {"order": 17}},
    "ring": {"zen": "Keep it logically awesome."},
    "put_source": {"provider": "github", "secrets": ["ssm:/doorbell/github-main"]},
    "put_subscription": {"url": "https://billing.example.com/hooks", "secrets": ["ssm:/doorbell/billing"]},
    "put_event_type": {"json_schema": {"type": "object"}},
    "make_job": {"kind": "replay", "subscription_id": "billing", "since": "2026-11-22T08:14:02Z"},
    "disable_source": {"reason": "moved"},
    "disable_subscription": {"reason": "moved"},
}
"""What is sent as the document stands; every operation with a body has one."""


def collection(document: Mapping[str, Any]) -> dict[str, Any]:
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in _operations(document):
        made = _request(method, path, operation["operationId"], BODIES.get(operation["operationId"]))
        made["request"]["url"] |= _query(operation)
        if operation.get("security") == []:
            made["request"]["auth"] = {"type": "noauth"}
        folders.setdefault(operation["tags"][0], []).append(made)
    info = document["info"]
    return {
        "info": {"name": "Doorbell", "schema": SCHEMA, "description": info["description"]},
        "auth": {"type": "awsv4", "awsv4": [*_auth()]},
        "variable": [*_variables()],
        "item": [{"name": name, "item": items} for name, items in folders.items()],
    }


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            yield path, method, operation


def _request(method: str, path: str, name: str, body: object) -> dict[str, Any]:
    named = re.sub(r"\{(\w+)\}", r"{{\1}}", path)
    url = {"raw": f"{{{{base_url}}}}{named}", "host": ["{{base_url}}"], "path": named.strip("/").split("/")}
    request: dict[str, Any] = {"method": method.upper(), "header": [], "url": url}
    if body is not None:
        request["header"] = [{"key": "content-type", "value": "application/json"}]
        request["body"] = {"mode": "raw", "raw": json.dumps(body, indent=2)}
    return {"name": name.replace("_", " "), "request": request}


def _query(operation: Mapping[str, Any]) -> dict[str, Any]:
    """What may be asked besides, switched off."""
    found = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    rows = [
        {"key": one["name"], "value": "", "disabled": True, "description": one.get("description", "")}
        for one in found
    ]
    return {"query": rows} if rows else {}


def _auth() -> Iterator[dict[str, str]]:
    given = {
        "service": "execute-api",
        "region": "{{region}}",
        "accessKey": "{{access_key}}",
        "secretKey": "{{secret_key}}",
        "sessionToken": "{{session_token}}",
    }
    for key, value in given.items():
        yield {"key": key, "value": value, "type": "string"}


def _variables() -> Iterator[dict[str, str]]:
    for key, description in VARIABLES.items():
        kind = "secret" if key in SECRET else "string"
        yield {"key": key, "value": GIVEN.get(key, ""), "type": kind, "description": description}


def text(document: Mapping[str, Any]) -> str:
    return json.dumps(collection(document), indent=2) + "\n"
