"""Every parameter does what it says: it changes what is deployed, everywhere, in the right direction."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.template.alternatives import LOCAL, another
from tests.template.reading import FUNCTIONS, ROOT, resources, written
from tests.template.rendering import ACCOUNT, NO_VALUE, REGION, Rendered, defaults, rendered

PARAMETERS = sorted(written()["Parameters"])
ON_AWS = ("TlsOnly", "InboxOverTls", "OnAws")
NOTHING = {"Ref": "AWS::NoValue"}
type Choice = tuple[str, dict[str, Any]]


def choices(node: Any) -> Iterator[dict[str, Any]]:
    """Every `!If` below `node` that gives a value or nothing."""
    if isinstance(node, dict):
        if NOTHING in node.get("Fn::If", [])[1:]:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from choices(one)


def parameters_in(node: Any) -> set[str]:
    """The parameters that `node` refers to."""
    if isinstance(node, dict):
        found = {node["Ref"]} & set(PARAMETERS) if "Ref" in node else set[str]()
        node = list(node.values())
    else:
        found = set()
    return found.union(*map(parameters_in, node)) if isinstance(node, list) else found


CHOICES: list[Choice] = [
    (f"{name}-{number}", choice)
    for name, body in resources().items()
    for number, choice in enumerate(choices(body))
    if parameters_in(choice["Fn::If"][1:])
]


def keys_twice(node: yaml.Node) -> Iterator[str]:
    """Of every mapping the keys that stand in it more than once, with the line."""
    if isinstance(node, yaml.MappingNode):
        lines = [(key.value, key.start_mark.line + 1) for key, _ in node.value]
        names = [name for name, _ in lines]
        yield from (f"{name} in line {line}" for name, line in lines if names.count(name) > 1)
        node = yaml.SequenceNode("", [value for _, value in node.value])
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from keys_twice(one)


def test_nothing_in_the_template_stands_twice_where_the_last_would_win_unseen() -> None:
    root = yaml.compose((ROOT / "template.yaml").read_text())
    assert isinstance(root, yaml.MappingNode)
    assert list(keys_twice(root)) == []


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_changes_what_is_deployed(name: str) -> None:
    assert rendered(**{name: another(name)}).resources != rendered().resources


@pytest.mark.parametrize("choice", [choice for _, choice in CHOICES], ids=[name for name, _ in CHOICES])
def test_what_a_parameter_asks_for_is_there_when_it_is_given_and_only_then(choice: dict[str, Any]) -> None:
    """ "" and 0 ask for nothing, and never reach AWS, which would take them for a value."""
    (name,) = parameters_in(choice["Fn::If"][1:])
    nothing = 0 if written()["Parameters"][name]["Type"] == "Number" else ""
    assert rendered(**{name: nothing}).value(choice) is NO_VALUE
    given = another(name)
    there = rendered(**{name: given}).value(choice)
    assert str(given) in str(there)


@pytest.mark.parametrize("name", sorted(written()["Conditions"]))
def test_every_condition_is_asked(name: str) -> None:
    asked = [body.get("Condition") for body in (*resources().values(), *written()["Outputs"].values())]
    assert name in asked or f"'Fn::If': ['{name}'," in str(resources())


@pytest.mark.parametrize("value", ["true", "false"])
def test_tables_are_protected_from_deletion_where_that_is_asked_for(value: str) -> None:
    tables = rendered(DeletionProtection=value).of_type("AWS::DynamoDB::Table")
    assert {table["DeletionProtectionEnabled"] for table in tables.values()} == {value == "true"}


@pytest.mark.parametrize("value", ["PassThrough", "Active"])
def test_functions_are_traced_and_may_be_where_that_is_asked_for(value: str) -> None:
    here, on = rendered(Tracing=value), value == "Active"
    functions = here.of_type("AWS::Lambda::Function").values()
    assert {function["TracingConfig"]["Mode"] for function in functions} == {value}
    variables = [function["Environment"]["Variables"] for function in functions]
    assert {one["POWERTOOLS_TRACE_DISABLED"] for one in variables} == {"false" if on else "true"}
    assert ("TracePolicy" in here.resources) is on


@pytest.mark.parametrize("value", ["true", "false"])
def test_lambdas_own_lines_are_dropped_where_that_is_asked_for_and_debug_ones_with_them(value: str) -> None:
    """At DEBUG the root logger of Lambda's runtime would have botocore write what it sends."""
    functions = rendered(PlatformLogs=value).of_type("AWS::Lambda::Function").values()
    said = [dict(function["LoggingConfig"]) for function in functions]
    assert all(one.pop("LogGroup") for one in said)
    dropped = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}
    assert all(one == ({} if value == "true" else dropped) for one in said)


def test_both_consumers_of_queues_are_held_to_the_most_that_may_run_and_to_none_at_zero() -> None:
    def limits(value: int) -> list[Any]:
        found = rendered(MaximumConcurrency=value).of_type("AWS::Lambda::EventSourceMapping").values()
        return [one.get("ScalingConfig") for one in found if "StartingPosition" not in one]

    assert limits(7) == [{"MaximumConcurrency": 7}] * len(limits(0))
    assert set(limits(0)) == {None}


def test_every_log_group_forgets_when_it_is_told_to() -> None:
    groups = rendered(LogRetentionDays=7).of_type("AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups.values()} == {7}


def test_what_only_aws_has_is_left_out_of_a_local_stack_and_what_only_that_needs_is_nowhere_else() -> None:
    on_aws, local = set(rendered().resources), set(rendered(AwsEndpointUrl=LOCAL).resources)
    conditions = {name: body.get("Condition") for name, body in resources().items()}
    assert on_aws - local == {name for name, asked in conditions.items() if asked in ON_AWS}
    assert local - on_aws == {name for name, asked in conditions.items() if asked == "HasEndpointUrl"}


def everywhere(here: Rendered) -> Iterator[dict[str, Any]]:
    for name in FUNCTIONS:
        yield here.resources[f"{name.capitalize()}Function"]["Properties"]["Environment"]["Variables"]


def test_functions_find_a_local_aws_where_one_is_named_and_the_true_one_everywhere_else() -> None:
    assert {one.get("AWS_ENDPOINT_URL") for one in everywhere(rendered())} == {None}
    assert {one["AWS_ENDPOINT_URL"] for one in everywhere(rendered(AwsEndpointUrl=LOCAL))} == {LOCAL}


@pytest.mark.parametrize("name", sorted(set(PARAMETERS) - {"AwsEndpointUrl", "Inbox"}))
def test_no_parameter_takes_an_alarm_away(name: str) -> None:
    alarms = set(rendered().of_type("AWS::CloudWatch::Alarm"))
    assert set(rendered(**{name: another(name)}).of_type("AWS::CloudWatch::Alarm")) >= alarms
    assert defaults()["AwsEndpointUrl"] == ""


def test_an_output_is_what_its_name_says() -> None:
    """The command-line tool finds tables, queues and functions by the outputs."""
    for name, value in rendered().outputs.items():
        subject = name.removesuffix("Name").removesuffix("Url").removesuffix("Id").removesuffix("Arn")
        assert subject in resources(), name
        assert value in (
            subject,
            "https://api" if subject == "Api" else f"{value.rpartition('/')[0]}/{subject}",
            f"arn:aws:sqs:{REGION}:{ACCOUNT}:{subject}",
        )
