"""Each function is given the settings that it reads, no others, and each from the right place."""

from typing import Any

import pytest

from doorbell.runtime.settings import Settings
from tests.template.reading import FUNCTIONS, environment, of_type, written
from tests.template.rendering import queue_url, rendered
from tests.template.settings_read import settings_read

NOT_FOR_US = {"AWS_ENDPOINT_URL", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_LOGGER_SAMPLE_RATE"}
"""boto3 and Powertools read them by themselves."""
LEFT_TO_DEFAULT = {
    "due_shards": "its number is in keys that are on record",
}
LEFT_TO_DEFAULT_OF = {
    "log_buffer_level": (
        "inbox",
        "fanout",
        "dispatcher",
        "sweeper",
        "indexer",
    ),  # they log from threads: `runtime.logs`
    # What ingest fetches comes from providers' hosts: what is opened for subscribers is not opened there.
    "egress_allow_http": ("ingest",),
    "egress_allowed_cidrs": ("ingest",),
    "egress_allowed_ports": ("ingest",),
}
CALLED_OTHERWISE = {
    "DASHBOARD": "CloudWatchDashboard",
    "POWERTOOLS_LOGGER_SAMPLE_RATE": "LogSampleRate",
    "POWERTOOLS_SERVICE_NAME": "AWS::StackName",
    "POWERTOOLS_TRACE_DISABLED": "Traced",
}
FIXED = {"POWERTOOLS_METRICS_NAMESPACE"}
MADE_OF_ALL = {"OWN_QUEUES": "AWS::SQS::Queue"}
"""Of all resources of a type."""


def given_by_default(name: str, function: str) -> bool:
    return name in LEFT_TO_DEFAULT or function in LEFT_TO_DEFAULT_OF.get(name, ())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_all_settings_that_it_reads_and_no_others(function: str) -> None:
    needed = {name.upper() for name in settings_read(function) if not given_by_default(name, function)}
    assert set(environment(function)) - NOT_FOR_US == needed


def test_what_a_function_reads_is_found_where_it_is_asked_for_late() -> None:
    """A notice of ingest, whose client is made with the first of them; a queue that fan-out goes on in."""
    assert "event_bus_name" in settings_read("ingest")
    assert "events_queue_url" in settings_read("fanout")
    assert "sources_table" not in settings_read("publish")


def origins(node: Any) -> set[str]:
    """What a value is made of: parameters, resources, conditions."""
    match node:
        case {"Ref": "AWS::NoValue"}:
            return set()
        case {"Ref": name}:
            return {name}
        case {"Fn::GetAtt": [name, *_]}:
            return {name}
        case {"Fn::If": [condition, *branches]}:
            return set().union(*map(origins, branches)) or {condition}
        case {"Fn::Join": [_, parts]}:
            return set().union(*map(origins, parts))
    return set()


def names_for(variable: str) -> set[str]:
    """The parameter or resource that a variable's value comes from, by its own name."""
    words = [word.capitalize() for word in variable.split("_")]
    whole = ["".join(words[start:]) for start in (0, 1)]
    return {*whole, *(name.removesuffix("Url") for name in whole)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_variable_has_its_value_from_what_it_is_named_after(function: str) -> None:
    for variable, value in environment(function).items():
        if variable in MADE_OF_ALL:
            assert origins(value) == set(of_type(MADE_OF_ALL[variable]))
        elif variable not in FIXED:
            (origin,) = origins(value)
            assert origin in names_for(variable) or origin == CALLED_OTHERWISE.get(variable), variable


def settings_of(function: str, **parameters: Any) -> Settings:
    properties = rendered(**parameters).resources[f"{function.capitalize()}Function"]["Properties"]
    return Settings.from_environ({k: str(v) for k, v in properties["Environment"]["Variables"].items()})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_defaults_of_the_template_are_those_of_the_code(function: str) -> None:
    """Whatever the template does not give a function works as if it did."""
    found, untold = settings_of(function), Settings()
    for name in ("event_bus_name", "retention_days", "grace_seconds", "egress_allow_http"):
        assert getattr(found, name) == getattr(untold, name)
    assert found.egress_allowed_cidrs == ()
    assert found.egress_allowed_ports == untold.egress_allowed_ports
    assert found.powertools_trace_disabled is True


@pytest.mark.parametrize("function", ["dispatcher", "admin"])
def test_what_is_opened_by_parameters_is_open_in_the_functions_that_check_urls(function: str) -> None:
    found = settings_of(
        function, AllowHttp="true", EgressAllowedCidrs="10.0.0.0/8, fd00::/8", EgressAllowedPorts="any"
    )
    assert found.egress_allow_http is True
    assert found.egress_allowed_cidrs == ("10.0.0.0/8", "fd00::/8")
    assert found.egress_allowed_ports is None


def test_times_reach_the_functions_as_they_are_given() -> None:
    found = settings_of("fanout", RetentionDays="7", GraceSeconds=77)
    assert (found.retention_days, found.grace_seconds) == (7, 77)
    assert found.deliveries_queue_url == queue_url("DeliveriesQueue")


def given_as_parameters() -> dict[str, Any]:
    """Of each variable that is a parameter and nothing else: what that is by default."""
    defaults = {name: one["Default"] for name, one in written()["Parameters"].items() if "Default" in one}
    given = [pair for function in FUNCTIONS for pair in environment(function).items()]
    return {
        name: defaults[value["Ref"]]
        for name, value in given
        if isinstance(value, dict) and value.get("Ref") in defaults and name not in NOT_FOR_US
    }


def test_what_the_operator_s_tool_takes_for_granted_is_what_a_stack_has_by_default() -> None:
    """It has no environment of a function, and reads defaults from Settings."""
    given = given_as_parameters()
    stack = Settings.from_environ({name: str(value) for name, value in given.items()})
    for name in map(str.lower, given):
        assert getattr(stack, name) == getattr(Settings(), name), name
    assert {"RETENTION_DAYS", "GRACE_SECONDS", "EVENT_BUS_NAME"} <= set(given)
