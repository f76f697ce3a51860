"""Which function a request of the HTTP API reaches, and whether API Gateway may call it.

The most specific route wins: a method before ANY, a literal part of the path before a variable, and that
before a greedy one. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from dataclasses import dataclass
from typing import Any

from tests.template.permissions import matches
from tests.template.rendering import ACCOUNT, REGION, Rendered


@dataclass(frozen=True)
class Reached:
    """`function` is its logical id."""

    function: str
    needs_iam: bool


def reached(here: Rendered, method: str, path: str) -> Reached | None:
    """None: 404, or a 500 for a function that API Gateway may not call."""
    routes = here.of_type("AWS::ApiGatewayV2::Route").values()
    found = [route for route in routes if _serves(route["RouteKey"], method, path)]
    if not found:
        return None
    route = max(found, key=lambda one: _rank(one["RouteKey"]))
    integration = here.resources[route["Target"].removeprefix("integrations/")]["Properties"]
    function = integration["IntegrationUri"].rpartition(":function:")[2]
    asked = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{route['ApiId']}/$default/{method}{path}"
    allowed = any(_lets_in(one, function, asked) for one in here.of_type("AWS::Lambda::Permission").values())
    return Reached(function, route["AuthorizationType"] == "AWS_IAM") if allowed else None


def _lets_in(permission: dict[str, Any], function: str, asked: str) -> bool:
    return (
        permission["FunctionName"] == function
        and permission["Action"] == "lambda:InvokeFunction"
        and permission["Principal"] == "apigateway.amazonaws.com"
        and matches(permission["SourceArn"], asked)
    )


def _serves(key: str, method: str, path: str) -> bool:
    wanted, _, template = key.partition(" ")
    pattern = re.sub(r"\\\{\w+\\\+\\\}", ".*", re.escape(template))
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", pattern)
    return wanted in ("ANY", method) and re.fullmatch(pattern, path) is not None


def _rank(key: str) -> tuple[int, int, bool]:
    method, _, template = key.partition(" ")
    return -template.count("+}"), -template.count("{"), method != "ANY"
