"""Every alarm watches a metric that is there, goes off in a bad night, and is silent in a quiet one."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.template.emitted import measured, trees
from tests.template.metrics import KINDS, OURS, Metric, known
from tests.template.nights import BAD_MINUTES, QUIET_MINUTES, goes_off, minutes
from tests.template.rendering import STACK, rendered

HERE = rendered(RoutingIndex="true", CloudWatchDashboard="true")
ALARMS = HERE.of_type("AWS::CloudWatch::Alarm")
NAMES = sorted(ALARMS)
ON_RESOURCES = [name for name in NAMES if ALARMS[name].get("Namespace", OURS) != OURS]
ON_METRICS_OF_OURS = [name for name in NAMES if ALARMS[name].get("Namespace") == OURS]
A_DAY, AN_HOUR = 86_400, 3_600
TOPIC = "arn:aws:sns:eu-central-1:123456789012:on-call"


def metric_of(alarm: dict[str, Any]) -> Metric:
    return known(alarm["Namespace"], alarm["MetricName"], alarm["MetricName"] in measured())


@pytest.mark.parametrize("name", NAMES)
def test_an_alarm_goes_off_in_a_bad_night_and_is_silent_in_a_quiet_one(name: str) -> None:
    night = metric_of(ALARMS[name]).night
    assert night is not None
    quiet = minutes(night.quiet, QUIET_MINUTES)
    assert goes_off(ALARMS[name], quiet, minutes(night.bad, BAD_MINUTES))


ONE_IS_TOO_MANY = {"Errors", "5xx", "ApproximateNumberOfMessagesVisible", "Exhausted", "Trouble"}


@pytest.mark.parametrize("name", [name for name in NAMES if ALARMS[name]["MetricName"] in ONE_IS_TOO_MANY])
def test_of_what_must_not_happen_at_all_a_single_one_raises_an_alarm(name: str) -> None:
    assert goes_off(ALARMS[name], [[0.0]] * QUIET_MINUTES, [[1.0], *[[0.0]] * (BAD_MINUTES - 1)])


def test_a_sweeper_that_says_nothing_any_more_raises_an_alarm() -> None:
    assert goes_off(ALARMS["SweeperSilentAlarm"], [[1.0]] * QUIET_MINUTES, [[]] * BAD_MINUTES)


@pytest.mark.parametrize("name", NAMES)
def test_cloudwatch_takes_the_alarm(name: str) -> None:
    """Whole minutes, and a day at most (a week for periods of an hour).
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    alarm = ALARMS[name]
    period = alarm["Period"]
    assert period % 60 == 0
    assert period * alarm["EvaluationPeriods"] <= (7 * A_DAY if period >= AN_HOUR else A_DAY)
    assert alarm.get("DatapointsToAlarm", 1) <= alarm["EvaluationPeriods"]
    assert alarm.get("Unit") in (None, metric_of(alarm).unit)


@pytest.mark.parametrize("name", NAMES)
def test_an_alarm_tells_the_topic_where_there_is_one_and_nobody_where_there_is_none(name: str) -> None:
    told = rendered(AlarmTopicArn=TOPIC, RoutingIndex="true").resources[name]["Properties"]
    assert told["AlarmActions"] == [TOPIC]
    assert told.get("ActionsEnabled", True) is True
    assert "AlarmActions" not in ALARMS[name]


def resource_watched(namespace: str, dimensions: dict[str, str]) -> str:
    """The logical id, of which the name is one in a rendered template."""
    dimension, kind = KINDS[namespace]
    assert set(dimensions) == {dimension}
    assert dimensions[dimension] in HERE.of_type(kind), dimensions
    return dimensions[dimension]


@pytest.mark.parametrize("name", ON_RESOURCES)
def test_an_alarm_watches_the_resource_that_it_is_named_after(name: str) -> None:
    alarm = ALARMS[name]
    dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    watched = resource_watched(alarm["Namespace"], dimensions)
    called = name.removesuffix("Alarm")
    assert called.startswith(watched.removesuffix("Function"))
    others = {one for one in HERE.resources if called.startswith(one) and len(one) > len(watched)}
    assert not others


@pytest.mark.parametrize("name", ON_METRICS_OF_OURS)
def test_an_alarm_on_a_metric_of_ours_watches_this_stack(name: str) -> None:
    assert ALARMS[name]["Dimensions"] == [{"Name": "service", "Value": STACK}]


def shown() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Namespace, metric and dimensions of what the dashboard shows of AWS's services."""
    (board,) = HERE.of_type("AWS::CloudWatch::Dashboard").values()
    for widget in json.loads(board["DashboardBody"])["widgets"]:
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], str) and metric[0] != OURS:
                pairs = [part for part in metric[2:] if isinstance(part, str)]
                yield metric[0], metric[1], dict(zip(pairs[::2], pairs[1::2], strict=True))


def test_the_dashboard_shows_metrics_that_its_resources_have() -> None:
    for namespace, name, dimensions in shown():
        assert known(namespace, name, measured=False)
        assert resource_watched(namespace, dimensions)


def logged(message: str) -> set[str]:
    """The fields of the lines that bear `message`."""
    return {
        word.arg or "**"
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and [getattr(arg, "value", None) for arg in node.args[:1]] == [message]
        for word in node.keywords
    }


def test_a_saved_query_asks_for_fields_that_the_lines_have() -> None:
    asking = 0
    for query in HERE.of_type("AWS::Logs::QueryDefinition").values():
        text = query["QueryString"]
        for message in re.findall(r'message = "(\w+)"', text):
            by = re.search(r"\bby ([\w, ]+)", text)
            assert by is not None
            assert set(by[1].split(", ")) <= logged(message)
            asking += 1
    assert asking
