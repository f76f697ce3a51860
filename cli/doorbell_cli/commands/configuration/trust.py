"""`doorbell subscriptions trust-policy`: what the role of a subscription must trust."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from doorbell.domain.sources import ID
from doorbell.domain.targets import external_id
from doorbell_cli.commands.configuration.items import key_from
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.output import JsonOption, Output
from doorbell_cli.target import StackOption, Target, connected


def trust_policy(
    name: Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="Its id, or TENANT/ID.")],
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the trust policy of the role that a subscription names with --role. The subscription need not be
    there yet: make the role first."""
    tenant_id, subscription_id = key_from(SUBSCRIPTION, name)
    if not (ID.fullmatch(tenant_id) and ID.fullmatch(subscription_id)):
        raise typer.BadParameter(
            "No subscription can have this name: an id has 1 to 64 letters, digits, _ . or -."
        )
    with connected(stack) as target:
        out = Output(as_json)
        document = trust_of(target, tenant_id, subscription_id)
        out.say(json.dumps(document, indent=2))
        out.document(document)


def trust_of(target: Target, tenant_id: str, subscription_id: str) -> dict[str, Any]:
    """Who may assume the role: this stack's dispatcher, for this subscription and no other."""
    about: Mapping[str, Any] = target.client("lambda").get_function_configuration(
        FunctionName=target.function_name("dispatcher")
    )
    named = external_id(target.name, tenant_id, subscription_id)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": about["Role"]},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": named}},
            }
        ],
    }
