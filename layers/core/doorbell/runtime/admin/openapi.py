"""The OpenAPI 3.1 document of the admin API."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import APIKey, APIKeyIn, Server

from doorbell import __version__
from doorbell.runtime.admin import examples, openapi_doors

PATH = "/admin/openapi.json"
_NOT_OURS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""Powertools' own forms of an error, which no route answers with."""

DESCRIPTION = (
    "Sources, subscriptions, event types, events and deliveries of one Doorbell stack. Every request, "
    "a ring excepted, is signed with SigV4 (service execute-api). Lists go on with `next_cursor`; errors are "
    "RFC 9457 problems with a stable `code`."
)


def document(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """As it is served and as it is committed in `openapi/`."""
    text = app.get_openapi_json_schema(
        title="Doorbell API",
        version=__version__,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        servers=[Server(url="/", description="The stack's ApiUrl")],
        security_schemes={
            "sigv4": APIKey.model_validate(
                {
                    "name": "Authorization",
                    "in": APIKeyIn.header,
                    "description": "AWS Signature Version 4",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                }
            )
        },
        security=[{"sigv4": []}],
    )
    found: dict[str, Any] = json.loads(text)
    for path in found["paths"].values():
        for operation in path.values():
            operation["operationId"] = operation["operationId"].partition("_admin_")[0]
            operation["responses"].get("204", {}).pop("content", None)
            examples.add_to(operation)
    openapi_doors.add_to(found)
    for name in _NOT_OURS:
        found["components"]["schemas"].pop(name, None)
    return found
