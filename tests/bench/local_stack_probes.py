"""The bare gateways of row 8, deployed beside Doorbell on the same local stack."""

import json
from pathlib import Path
from typing import Any

import yaml

from doorbell_cli.stack import LocalStack
from doorbell_cli.stack.build import architecture

PROBES = Path(__file__).parent / "probes"
STACK = "bench"


def deploy_probes(stack: LocalStack, subscriber_url: str) -> str:
    """The URL under which `/probe/x` and `/floor/x` take what providers send."""
    parameters = {
        "Architecture": architecture(),
        "AwsEndpointUrl": stack.endpoint_url,
        "SubscriberUrl": subscriber_url,
        "EventsTable": stack.outputs["EventsTableName"],
        "EndpointsTable": stack.outputs["EndpointsTableName"],
    }
    cloudformation = stack.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(_template()),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    (found,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    (api,) = [output["OutputValue"] for output in found["Outputs"] if output["OutputKey"] == "ApiId"]
    return f"{stack.endpoint_url}/_aws/execute-api/{api}/$default"


def _template() -> dict[str, Any]:
    """The handlers' text stands where the template names their file."""
    template: dict[str, Any] = yaml.safe_load((PROBES / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            code = resource["Properties"]["Code"]
            code["ZipFile"] = (PROBES / code["ZipFile"]).read_text()
    return template
