"""Other values of the template's parameters, and renderings in which, together, each of its resources is."""

from functools import cache
from typing import Any

from tests.template.reading import written
from tests.template.rendering import ALL_PARTS, rendered

TEXTS = {
    "AlarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:on-call",
    "TargetArns": "arn:aws:sqs:eu-central-1:123456789012:orders",
    "TargetRoleArns": "arn:aws:iam::123456789012:role/orders",
}
LOCAL = "http://127.0.0.1:4566"


def another(name: str) -> Any:
    """A value that is allowed and not the default."""
    parameter = written()["Parameters"][name]
    default = parameter["Default"]
    default = ALL_PARTS.get(name, default)
    if values := [value for value in parameter.get("AllowedValues", []) if value != default]:
        return values[-1]
    if parameter["Type"] == "Number":
        most = parameter.get("MaxValue", 10**9)
        return default + 1 if default < most else parameter["MinValue"]
    return TEXTS.get(name, f"another-{name}")


@cache
def everything() -> dict[str, dict[str, Any]]:
    """Every resource of the template, whatever it needs to be there, with all that can be in it."""
    asked = {name: another(name) for name in written()["Parameters"] if name not in ALL_PARTS}
    del asked["AwsEndpointUrl"]
    local = rendered(AwsEndpointUrl=LOCAL)
    found = [local.resources, rendered().resources, rendered(**asked).resources]
    return {name: body for one in found for name, body in one.items()}
