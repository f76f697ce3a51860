"""The queues and their dead ends."""

import pytest

from tests.template.reading import as_list, of_type, resources, target

QUEUES = of_type("AWS::SQS::Queue")
WORK_QUEUES = sorted(name for name in QUEUES if not name.endswith("DeadLetterQueue"))
DEAD_LETTER_QUEUES = sorted(set(QUEUES) - set(WORK_QUEUES))
MAPPINGS = of_type("AWS::Lambda::EventSourceMapping")


def test_there_are_the_two_work_queues_and_three_dead_letter_queues() -> None:
    assert WORK_QUEUES == ["DeliveriesQueue", "EventsQueue"]
    assert len(DEAD_LETTER_QUEUES) == 3


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_visibility_is_at_least_six_times_its_consumers_time_out(name: str) -> None:
    consumers = [m["FunctionName"] for m in MAPPINGS.values() if target(m["EventSourceArn"]) == name]
    assert len(consumers) == 1
    timeout = resources()[target(consumers[0])]["Properties"]["Timeout"]
    assert QUEUES[name]["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_a_message_is_given_up_to_its_own_dead_letter_queue_after_five_receives(name: str) -> None:
    redrive = QUEUES[name]["RedrivePolicy"]
    assert target(redrive["deadLetterTargetArn"]) == name.replace("Queue", "DeadLetterQueue")
    assert redrive["maxReceiveCount"] == 5


@pytest.mark.parametrize("name", DEAD_LETTER_QUEUES)
def test_a_message_in_a_dead_letter_queue_raises_an_alarm_and_is_kept_fourteen_days(name: str) -> None:
    watched = [
        alarm
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
        and target(alarm["Dimensions"][0]["Value"]) == name
    ]
    assert len(watched) == 1
    assert (watched[0]["Threshold"], watched[0]["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert QUEUES[name]["MessageRetentionPeriod"] == 14 * 86_400


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_old_messages_in_a_work_queue_raise_an_alarm(name: str) -> None:
    ages = [
        target(alarm["Dimensions"][0]["Value"])
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "ApproximateAgeOfOldestMessage"
    ]
    assert ages.count(name) == 1


@pytest.mark.parametrize("name", sorted(QUEUES))
def test_every_queue_is_encrypted_and_refuses_plain_http(name: str) -> None:
    assert QUEUES[name]["SqsManagedSseEnabled"] is True
    policies = [p for p in of_type("AWS::SQS::QueuePolicy").values() if target(p["Queues"][0]) == name]
    statement = as_list(policies[0]["PolicyDocument"]["Statement"])[0]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", sorted(MAPPINGS))
def test_a_batch_reports_its_failures_one_by_one(name: str) -> None:
    assert MAPPINGS[name]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert MAPPINGS[name]["BatchSize"] == 10


def test_the_sweep_runs_every_minute_and_what_cannot_start_is_kept() -> None:
    (schedule,) = of_type("AWS::Scheduler::Schedule").values()
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert target(schedule["Target"]["Arn"]) == "SweeperFunction"
    assert target(schedule["Target"]["DeadLetterConfig"]["Arn"]) == "SchedulerDeadLetterQueue"
    assert resources()["SweeperFunction"]["Properties"]["Timeout"] < 60


def test_a_sweep_that_failed_is_not_tried_again_beside_the_next_one() -> None:
    """The scheduler's call is asynchronous, and Lambda itself would make it twice more, for six hours.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""
    (asynchronous,) = of_type("AWS::Lambda::EventInvokeConfig").values()
    assert target(asynchronous["FunctionName"]) == "SweeperFunction"
    assert (asynchronous["MaximumRetryAttempts"], asynchronous["MaximumEventAgeInSeconds"]) == (0, 60)
