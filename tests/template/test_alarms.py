"""Alarms and the dashboard look at what the code and AWS really emit."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.template.emitted import alarmed, emitted
from tests.template.reading import FUNCTIONS, either, environment, of_type, resources, target, written

ALARMS = of_type("AWS::CloudWatch::Alarm")
NAMESPACE = "Doorbell"
STACK = {"Ref": "AWS::StackName"}
METRIC = {"Namespace", "MetricName", "Statistic", "Period"}
ISSUE_ASKS_FOR = {
    "EventsDeadLetterQueueAlarm",
    "DeliveriesDeadLetterQueueAlarm",
    "EventsQueueAgeAlarm",
    "DeliveriesQueueAgeAlarm",
    "DueLagAlarm",
    "SweeperSilentAlarm",
    "RefusalsAlarm",
    "ExhaustedAlarm",
    "RecordFailuresAlarm",
    "TroubleAlarm",
    "IngestThrottlesAlarm",
    "FanoutThrottlesAlarm",
    "DispatcherThrottlesAlarm",
    "ApiServerErrorsAlarm",
    "IndexerBehindAlarm",
}
OURS = sorted(name for name, alarm in ALARMS.items() if alarm.get("Namespace") == NAMESPACE)


def dashboard() -> dict[str, Any]:
    """Its body as CloudWatch gets it, with the references left in."""
    (board,) = of_type("AWS::CloudWatch::Dashboard").values()
    body: dict[str, Any] = json.loads(board["DashboardBody"]["Fn::Sub"])
    return body


def shown() -> Iterator[tuple[str, frozenset[str]]]:
    """Every metric of ours on the dashboard with its dimensions' names."""
    for widget in dashboard()["widgets"]:
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], dict):
                schema, name = re.match(
                    r"SEARCH\('\{Doorbell,([\w,]+)\} MetricName=\"(\w+)\"", metric[0]["expression"]
                ).groups()  # type: ignore[union-attr]
                yield name, frozenset(schema.split(","))
            elif metric[0] == NAMESPACE:
                pairs = [part for part in metric[2:] if isinstance(part, str)]
                yield metric[1], frozenset(pairs[::2])


def test_there_is_an_alarm_for_everything_that_needs_a_person() -> None:
    assert set(ALARMS) >= ISSUE_ASKS_FOR


@pytest.mark.parametrize("name", OURS)
def test_an_alarm_of_ours_watches_what_is_written_without_a_dashboard_too(name: str) -> None:
    alarm = ALARMS[name]
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    assert alarm["MetricName"] in alarmed()
    assert dimensions == {"service": STACK}
    assert environment("ingest")["POWERTOOLS_SERVICE_NAME"] == STACK


def test_what_is_written_for_alarms_has_one_each_and_none_is_a_query_that_costs_by_what_it_finds() -> None:
    assert sorted(ALARMS[name]["MetricName"] for name in OURS) == sorted(alarmed())
    assert not [name for name, alarm in ALARMS.items() if "Metrics" in alarm]


def test_all_metrics_on_the_dashboard_are_emitted_and_nothing_that_is_emitted_is_missing() -> None:
    on_board = set(shown())
    assert not {(name, dims) for name, dims in on_board if dims not in emitted().get(name, set())}
    unseen = set(emitted()) - {name for name, _ in on_board}
    assert unseen <= {"IngestUnavailable"}  # its callers get a 5xx, which is on the board


def test_the_widgets_lie_side_by_side_in_a_grid_of_24() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in dashboard()["widgets"]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_says_what_happened_and_tells_the_topic(name: str) -> None:
    alarm = ALARMS[name]
    assert len(alarm["AlarmDescription"]) > 15
    assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic"
    assert alarm["AlarmActions"]["Fn::If"][1] == [{"Ref": "AlarmTopicArn"}]


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_names_all_that_makes_up_each_metric_that_it_watches(name: str) -> None:
    """CloudFormation takes one that leaves a part out, and CloudWatch refuses it.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    alarm = ALARMS[name]
    watched = [alarm]
    if "Metrics" in alarm:
        assert not METRIC & set(alarm)
        stats = [one["MetricStat"] for one in alarm["Metrics"] if "Expression" not in one]
        watched = [{"Statistic": one["Stat"], "Period": one["Period"], **one["Metric"]} for one in stats]
    for metric in watched:
        assert set(metric) | ({"Statistic"} if "ExtendedStatistic" in metric else set()) >= METRIC


def test_silence_of_the_sweeper_is_an_alarm_and_silence_of_all_else_is_not() -> None:
    loud = {name for name, alarm in ALARMS.items() if alarm["TreatMissingData"] == "breaching"}
    assert loud == {"SweeperSilentAlarm"}


def test_only_what_ministack_cannot_make_is_left_out_of_the_local_stack() -> None:
    left_out = {name for name, body in resources().items() if body.get("Condition") == "OnAws"}
    assert left_out == {"RefusalsBySource", "TroubleQuery", "ColdStarts"}
    assert written()["Conditions"]["OnAws"] == {"Fn::Equals": [{"Ref": "AwsEndpointUrl"}, ""]}


def test_the_query_for_the_sources_of_refusals_reads_the_logs_that_have_them() -> None:
    query = resources()["RefusalsBySource"]["Properties"]
    assert [target(group) for group in query["LogGroupNames"]] == ["IngestLog", "PublishLog"]
    assert 'filter message = "refused"' in query["QueryString"]
    assert "by source_id, reason" in query["QueryString"]


def test_the_query_for_cold_starts_reads_the_log_of_every_function() -> None:
    query = resources()["ColdStarts"]["Properties"]
    assert query["LogGroupNames"] == resources()["TroubleQuery"]["Properties"]["LogGroupNames"]
    assert {target(either(group)) for group in query["LogGroupNames"]} == {
        f"{n.capitalize()}Log" for n in FUNCTIONS
    }
    assert "count(@initDuration) as cold_starts" in query["QueryString"]


def test_a_cold_start_is_no_metric_that_is_paid_for() -> None:
    assert "ColdStart" not in emitted()
