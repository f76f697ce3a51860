"""Functions, their logs, their environment, and the API in front of them."""

import json
import os
from dataclasses import fields
from typing import Any
from unittest.mock import patch

import pytest
from botocore.session import Session

from doorbell.runtime.logs import make_logger
from doorbell.runtime.metrics import InvocationMetrics
from doorbell.runtime.settings import Settings
from doorbell.runtime.wiring import CLIENT
from tests.support.log_lines import new_service
from tests.template.reading import FUNCTIONS, environment, function, of_type, resources, target, written

SETTINGS = {field.name.upper() for field in fields(Settings)}
TIMEOUTS = {
    "ingest": 10,
    "publish": 10,
    "inbox": 30,
    "fanout": 60,
    "dispatcher": 60,
    "sweeper": 55,
    "indexer": 900,
    "admin": 28,
    "backfill": 290,
    "jobs": 300,
}
READ_BY_BOTO3 = "AWS_ENDPOINT_URL"
BEHIND_THE_API = {"ingest", "publish", "admin"}
READ_BY_POWERTOOLS = {"POWERTOOLS_LOG_LEVEL", "POWERTOOLS_LOGGER_SAMPLE_RATE"}
LOG_FROM_THREADS = ("inbox", "fanout", "dispatcher", "sweeper", "indexer")


def test_these_are_all_the_functions() -> None:
    assert set(of_type("AWS::Lambda::Function")) == {f"{name.capitalize()}Function" for name in FUNCTIONS}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_python_3_13_of_the_chosen_architecture_with_both_layers(name: str) -> None:
    props = function(name)
    assert (props["Runtime"], props["Handler"]) == ("python3.13", "app.handler")
    assert props["Architectures"] == [{"Ref": "Architecture"}]
    assert [target(layer)[:4] for layer in props["Layers"]] == ["Deps", "Core"]
    assert props["Timeout"] == TIMEOUTS[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_service_that_hangs_is_given_up_before_the_function_is(name: str) -> None:
    """As a client made with `CLIENT` tries: botocore's "standard" waits up to 1 s, then up to 2 s."""
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"}):
        config: Any = Session().create_client("sqs", config=CLIENT).meta.config
    tries = config.retries["total_max_attempts"]
    waits = sum(2**n for n in range(tries - 1))
    assert tries * config.read_timeout + waits < TIMEOUTS[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_variable_is_a_field_of_settings(name: str) -> None:
    assert set(environment(name)) - {READ_BY_BOTO3} - READ_BY_POWERTOOLS <= SETTINGS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_lines_are_held_back_only_where_one_thread_logs(name: str) -> None:
    """Powertools' buffer is not made for threads: see `runtime.logs`."""
    assert ("LOG_BUFFER_LEVEL" in environment(name)) == (name not in LOG_FROM_THREADS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_tracing_is_off_unless_it_is_asked_for(name: str) -> None:
    assert written()["Parameters"]["Tracing"]["Default"] == "PassThrough"
    assert function(name)["TracingConfig"] == {"Mode": {"Ref": "Tracing"}}
    assert environment(name)["POWERTOOLS_TRACE_DISABLED"] == {"Fn::If": ["Traced", "false", "true"]}


def test_every_field_of_settings_without_a_useful_default_is_given_to_someone() -> None:
    given = {variable for name in FUNCTIONS for variable in environment(name)}
    assert {field.name.upper() for field in fields(Settings) if field.default == ""} <= given


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_endpoint_is_only_set_where_a_local_aws_is_named(name: str) -> None:
    choice = environment(name)[READ_BY_BOTO3]["Fn::If"]
    assert choice == ["HasEndpointUrl", {"Ref": "AwsEndpointUrl"}, {"Ref": "AWS::NoValue"}]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_to_its_own_group_which_forgets(name: str) -> None:
    group = target(function(name)["LoggingConfig"]["LogGroup"])
    assert group == f"{name.capitalize()}Log"
    assert resources()[group]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", sorted({*FUNCTIONS} - BEHIND_THE_API))
def test_errors_of_a_function_raise_an_alarm(name: str) -> None:
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    watched = [target(a["Dimensions"][0]["Value"]) for a in alarms if a["MetricName"] == "Errors"]
    assert watched.count(f"{name.capitalize()}Function") == 1


def test_errors_of_what_stands_behind_the_api_are_its_5xx_of_which_the_first_raises_an_alarm() -> None:
    paths = {target(one["FunctionName"]) for one in of_type("AWS::Lambda::Permission").values()}
    assert {f"{name.capitalize()}Function" for name in BEHIND_THE_API} == paths
    alarm = of_type("AWS::CloudWatch::Alarm")["ApiServerErrorsAlarm"]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("5xx", 0)
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 1)


@pytest.mark.parametrize("board", [False, True])
@pytest.mark.parametrize("item", ["source", "subscription", "event_type"])
def test_a_broken_configuration_item_raises_an_alarm_in_the_dimensions_the_code_counts_in(
    item: str, board: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = make_logger(new_service()).registered_handler
    metrics = InvocationMetrics("Doorbell", "a-stack", handler, board=board)
    metrics.count("ConfigError", item=item)
    metrics.flush()
    *_, counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    alarm = of_type("AWS::CloudWatch::Alarm")["TroubleAlarm"]
    watched = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    (emitted,) = counted["_aws"]["CloudWatchMetrics"]
    assert set(watched) == set(emitted["Dimensions"][0])
    assert watched == {"service": environment("ingest")["POWERTOOLS_SERVICE_NAME"]}
    assert (alarm["Namespace"], alarm["MetricName"]) == (emitted["Namespace"], emitted["Metrics"][0]["Name"])
    assert environment("ingest")["POWERTOOLS_METRICS_NAMESPACE"] == alarm["Namespace"]


def test_only_ingest_is_open_and_all_else_needs_iam() -> None:
    routes = {r["RouteKey"]: r["AuthorizationType"] for r in of_type("AWS::ApiGatewayV2::Route").values()}
    assert routes == {
        "ANY /in/{source_id}": "NONE",
        "ANY /in/{source_id}/{proxy+}": "NONE",
        "POST /events": "AWS_IAM",
        "ANY /admin/{proxy+}": "AWS_IAM",
    }


def test_every_route_leads_to_its_function_with_payload_2() -> None:
    for name in ("Ingest", "Publish", "Admin"):
        integration = resources()[f"{name}Integration"]["Properties"]
        assert integration["IntegrationUri"]["Fn::Sub"].endswith(f":function:${{{name}Function}}")
        assert integration["PayloadFormatVersion"] == "2.0"
        route = resources()[f"{name}Route"]["Properties"]["Target"]
        assert route == {"Fn::Sub": f"integrations/${{{name}Integration}}"}
        assert target(resources()[f"{name}Permission"]["Properties"]["FunctionName"]) == f"{name}Function"


def test_the_api_is_throttled_and_its_access_log_is_json_without_queries_headers_or_bodies() -> None:
    (stage,) = of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}
    written = stage["AccessLogSettings"]["Format"]
    quoted = "$context.error.messageString"  # the one variable that brings its own quotes
    assert f'"error":{quoted},' in written
    line = json.loads(written.replace(quoted, json.dumps('not "signed"\nas we would')))
    assert {"requestId", "route", "status", "error"} <= set(line)
    for secret in ("query", "header", "body", "authorizer", "$context.protocol"):
        assert secret not in stage["AccessLogSettings"]["Format"].lower()


def test_concurrency_is_reserved_for_ingest_alone_and_only_where_that_is_asked_for() -> None:
    """AWS refuses a reservation that leaves an account fewer than 100; a new one has no more than about ten.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
    reserved = {name: function(name).get("ReservedConcurrentExecutions") for name in FUNCTIONS}
    asked = ["ReservesIngest", {"Ref": "IngestReservedConcurrency"}, {"Ref": "AWS::NoValue"}]
    assert reserved == {**dict.fromkeys(FUNCTIONS), "ingest": {"Fn::If": asked}}
    assert written()["Parameters"]["IngestReservedConcurrency"]["Default"] == 0


def test_local_only_openings_are_shut_by_default() -> None:
    defaults = {name: parameter.get("Default") for name, parameter in written()["Parameters"].items()}
    assert defaults["AllowHttp"] == "false"
    assert defaults["EgressAllowedCidrs"] == ""
    assert defaults["EgressAllowedPorts"] == "443,8443"
    assert defaults["Architecture"] == "arm64"
