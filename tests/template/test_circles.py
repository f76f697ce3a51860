"""Functions that call themselves, by way of a queue: on purpose, and with an end.

Lambda ends what it takes for a loop, unless the function says `RecursiveLoop: Allow`: then Doorbell has to.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from typing import Any

from tests.template.circles import BUS, circles, edges
from tests.template.reading import of_type, resources

ENDS = {
    frozenset({"DispatcherFunction", "DeliveriesQueue"}): "by the schedule or by the delivery's age: "
    "tests/simulation/watch_deliveries.py",
    frozenset({"FanoutFunction", "EventsQueue"}): "at least one page more is on record each time: "
    "tests/unit/runtime/test_fanning_out.py",
}
"""Every circle there is, and what ends it. Who makes a new one says here where that is tested."""


def function(role: str) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": [role, "Arn"]}}}


def role(action: str, resource: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"Policies": [{"PolicyDocument": {"Statement": statement}}]},
    }


def mapping(source: str, name: str) -> dict[str, Any]:
    properties = {"EventSourceArn": {"Fn::GetAtt": [source, "Arn"]}, "FunctionName": {"Ref": name}}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}


def test_every_circle_is_meant_and_has_an_end() -> None:
    assert circles(edges(resources())) == set(ENDS)


def test_the_functions_of_a_circle_and_no_others_may_go_round_in_it() -> None:
    allowed = {
        name
        for name, properties in of_type("AWS::Lambda::Function").items()
        if properties.get("RecursiveLoop") == "Allow"
    }
    assert allowed == {node for circle in ENDS for node in circle if node.endswith("Function")}


def test_the_way_of_an_event_is_found() -> None:
    found = edges(resources())
    assert {
        ("IngestFunction", "EventsQueue"),
        ("EventsQueue", "FanoutFunction"),
        ("FanoutFunction", "DeliveriesQueue"),
        ("DeliveriesQueue", "DispatcherFunction"),
        ("DispatcherFunction", BUS),
    } <= found


def test_a_circle_by_way_of_other_functions_streams_and_rules_is_found() -> None:
    template = {
        "A": function("ARole"),
        "B": function("BRole"),
        "ARole": role("sqs:SendMessage", {"Fn::GetAtt": ["Q", "Arn"]}),
        "BRole": role("events:PutEvents", {"Fn::Sub": "arn:aws:events:::event-bus/${Bus}"}),
        "Q": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "M": mapping("Q", "B"),
        "R": {
            "Type": "AWS::Events::Rule",
            "Properties": {"Targets": [{"Arn": {"Fn::GetAtt": ["A", "Arn"]}}]},
        },
        "C": function("CRole"),
        "CRole": role("dynamodb:PutItem", {"Fn::GetAtt": ["T", "Arn"]}),
        "T": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        "S": mapping("T", "C"),
        "D": function("DRole"),
        "DRole": role("sqs:SendMessage", {"Fn::GetAtt": ["Q", "Arn"]}),
    }
    assert circles(edges(template)) == {frozenset({"A", "Q", "B", BUS}), frozenset({"C", "T"})}
