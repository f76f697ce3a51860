"""Which function calls which, by way of what it may write to: read from roles, mappings and rules."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.template.reading import as_list, target

WRITES = re.compile(
    r"sqs:SendMessage|sns:Publish|events:PutEvents|lambda:Invoke|s3:PutObject|dynamodb:(?:Put|Update|Delete|"
    r"BatchWrite|PartiQLInsert|PartiQLUpdate|PartiQLDelete)"
)
"""What makes a service call a function that listens to it."""
BUS = "the event bus"

type Resources = Mapping[str, Mapping[str, Any]]
type Edge = tuple[str, str]


def edges(resources: Resources) -> set[Edge]:
    """From a function to what it writes to, and from there to the function that this calls."""
    return {*_written(resources), *_called(resources)}


def circles(found: set[Edge]) -> set[frozenset[str]]:
    """The sets of nodes each of which leads to each of the others, or to itself."""
    nodes = {node for edge in found for node in edge}
    reached = {node: _reached(node, found) for node in nodes}
    return {
        frozenset(other for other in nodes if other in reached[node] and node in reached[other])
        for node in nodes
        if node in reached[node]
    }


def _reached(start: str, found: set[Edge]) -> set[str]:
    seen, to_do = set[str](), [start]
    while to_do:
        node = to_do.pop()
        for end in {end for begin, end in found if begin == node} - seen:
            seen.add(end)
            to_do.append(end)
    return seen


def _written(resources: Resources) -> Iterator[Edge]:
    for name, body in resources.items():
        if body["Type"] != "AWS::Lambda::Function":
            continue
        role = resources[target(body["Properties"]["Role"])]
        for policy in role["Properties"]["Policies"]:
            for statement in as_list(policy["PolicyDocument"]["Statement"]):
                if any(WRITES.match(action) for action in as_list(statement["Action"])):
                    yield from ((name, end) for end in _named(statement["Resource"], resources))


def _named(resource: Any, resources: Resources) -> set[str]:
    """The resources of the template that a statement's Resource speaks of, and the bus."""
    text = str(resource)
    found = {name for name in resources if re.search(rf"\b{name}\b", text)}
    return found | ({BUS} if "event-bus" in text else set())


def _called(resources: Resources) -> Iterator[Edge]:
    for body in resources.values():
        properties = body.get("Properties", {})
        match body["Type"]:
            case "AWS::Lambda::EventSourceMapping":
                yield target(properties["EventSourceArn"]), target(properties["FunctionName"])
            case "AWS::Events::Rule":
                yield from ((BUS, end) for one in properties["Targets"] for end in _named(one, resources))
            case "AWS::SNS::Subscription":
                topic = target(properties["TopicArn"])
                yield from ((topic, end) for end in _named(properties["Endpoint"], resources))
            case "AWS::S3::Bucket" if "NotificationConfiguration" in properties:
                told = _named(properties["NotificationConfiguration"], resources)
                bucket = next(name for name, other in resources.items() if other is body)
                yield from ((bucket, end) for end in told)
