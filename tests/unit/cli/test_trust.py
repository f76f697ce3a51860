"""The trust policy that a subscription's role needs."""

from types import SimpleNamespace
from typing import Any

from doorbell.domain.targets import external_id
from doorbell_cli.commands.configuration.trust import trust_of

DISPATCHER = "arn:aws:iam::123456789012:role/gateway-DispatcherRole-1A2B"


class Lambda:
    def get_function_configuration(self, **given: Any) -> dict[str, Any]:
        assert given == {"FunctionName": "gateway-dispatcher"}
        return {"Role": DISPATCHER}


def test_a_role_trusts_the_dispatcher_for_one_subscription_and_no_other() -> None:
    target: Any = SimpleNamespace(
        name="gateway", client=lambda service: Lambda(), function_name=lambda name: f"gateway-{name}"
    )
    (statement,) = trust_of(target, "acme", "orders")["Statement"]
    assert statement["Principal"] == {"AWS": DISPATCHER}
    assert statement["Action"] == "sts:AssumeRole"
    named = {"sts:ExternalId": external_id("gateway", "acme", "orders")}
    assert statement["Condition"] == {"StringEquals": named}
