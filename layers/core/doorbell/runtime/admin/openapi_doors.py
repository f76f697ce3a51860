"""`/events` and `/in` in the OpenAPI document: what other functions of the stack answer."""

from typing import Any

from doorbell.runtime.admin.errors import CONTENT_TYPE
from doorbell.runtime.published import PublishItem
from doorbell.usecases.publish import MAX_BATCH

_RECORDED = {"status": 202, "event_id": "evt_4f7c21a09be34d1c8d3f0a6b5c9e7d12"}
_RESULT = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"type": "integer"},
        "event_id": {"type": "string"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}
_RESULTS = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/Published"}}},
}
_SEVERAL = {"results": [_RECORDED, {"status": 422, "code": "event_invalid", "detail": "type: missing"}]}
_ONE = {"$ref": "#/components/schemas/PublishItem"}


def add_to(document: dict[str, Any]) -> None:
    item = PublishItem.model_json_schema(ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= {"PublishItem": item, "Published": _RESULT}
    document["paths"] |= {"/events": {"post": _publish()}, "/in/{source_id}": {"post": _ring()}}


def _publish() -> dict[str, Any]:
    several = {"type": "array", "items": _ONE, "minItems": 1, "maxItems": MAX_BATCH}
    return {
        "tags": ["publish"],
        "summary": "Publish events of your own",
        "description": "One, or a batch with a result for each. `id` is the idempotency key.",
        "operationId": "publish",
        "parameters": [],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"anyOf": [_ONE, several]},
                    "example": {"type": "order.paid", "tenant_id": "acme", "data": {"order": 17}},
                }
            },
        },
        "responses": {
            "202": _json(
                "Recorded", {"anyOf": [{"$ref": "#/components/schemas/Published"}, _RESULTS]}, _RECORDED
            ),
            "207": _json("Of a batch, not all were recorded", _RESULTS, _SEVERAL),
            "400": _problem("Not JSON, or no batch of 1 to 10"),
            "403": _problem("No IAM identity"),
            "413": _problem("`data` is too large"),
            "422": _problem("A field is wrong, or `data` does not fit the schema of its type"),
            "503": _problem("A service did not answer; publish it again, with the same `id`"),
        },
    }


def _ring() -> dict[str, Any]:
    return {
        "tags": ["ring"],
        "summary": "Ring: where a provider sends its events",
        "description": "Whatever a provider sends, with the proof that it demands: a signature over the very "
        "bytes, in headers of its own. GET, PUT and others are taken as well, where a provider uses them.",
        "operationId": "ring",
        "security": [],
        "parameters": [
            {
                "name": "source_id",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": r"^[A-Za-z0-9_.\-]{1,64}$"},
                "example": "github-main",
            }
        ],
        "requestBody": {
            "content": {"*/*": {"schema": {}, "example": '{"zen":"Keep it logically awesome."}'}}
        },
        "responses": {
            "2XX": {"description": "Recorded, in the form that the provider wants; 202 without a body else"},
            "401": _problem("No proof, or a wrong one"),
            "403": _problem("The source is disabled, or the address is not allowed"),
            "404": _problem("No such source"),
            "413": _problem("The body is too large"),
            "415": _problem("A content type that the source does not take"),
            "422": _problem("The body does not fit the source's schema"),
            "503": _problem("Not accepted now; send it again"),
        },
    }


def _json(description: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {CONTENT_TYPE: {"schema": schema}}}
