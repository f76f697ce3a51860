"""The queues and their dead ends."""

from collections.abc import Sequence
from math import inf
from typing import Any

import pytest

from doorbell.runtime.batches import AT_ONCE
from tests.template.reading import as_list, of_type, resources, target, written
from tests.template.rendering import ACCOUNT, REGION, defaults, queue_url, rendered

QUEUES = of_type("AWS::SQS::Queue")
WORK_QUEUES = sorted(name for name in QUEUES if not name.endswith("DeadLetterQueue"))
DEAD_LETTER_QUEUES = sorted(set(QUEUES) - set(WORK_QUEUES))
MAPPINGS = of_type("AWS::Lambda::EventSourceMapping")
SIZES = written()["Parameters"]["DispatcherBatchSize"]["AllowedValues"]


def mappings(size: str = "10") -> dict[str, dict[str, Any]]:
    """By the name of their queue."""
    found = rendered(DispatcherBatchSize=size).of_type("AWS::Lambda::EventSourceMapping")
    of_queues = {
        name: properties for name, properties in found.items() if "StartingPosition" not in properties
    }
    return {target(MAPPINGS[name]["EventSourceArn"]): properties for name, properties in of_queues.items()}


def test_there_are_three_work_queues_and_a_dead_letter_queue_for_each_and_for_the_scheduler() -> None:
    assert WORK_QUEUES == ["DeliveriesQueue", "EventsQueue", "InboxQueue"]
    assert len(DEAD_LETTER_QUEUES) == 4


@pytest.mark.parametrize("name", WORK_QUEUES)
@pytest.mark.parametrize("size", SIZES)
def test_visibility_is_at_least_six_times_its_consumers_time_out_and_the_batching_window(
    name: str, size: str
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    timeout = resources()[consumer(name)]["Properties"]["Timeout"]
    window = mappings(size)[name].get("MaximumBatchingWindowInSeconds", 0)
    assert QUEUES[name]["VisibilityTimeout"] >= 6 * timeout + window


@pytest.mark.parametrize("size", SIZES)
def test_the_dispatcher_takes_as_many_as_it_is_told_and_waits_for_them_only_where_aws_asks_for_it(
    size: str,
) -> None:
    found = {
        queue: (mapping["BatchSize"], mapping.get("MaximumBatchingWindowInSeconds", 0))
        for queue, mapping in mappings(size).items()
    }
    fast = {"EventsQueue": (10, 0), "InboxQueue": (10, 0)}
    assert found == {**fast, "DeliveriesQueue": (int(size), 1 if int(size) > 10 else 0)}
    assert int(size) <= AT_ONCE


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_a_message_is_given_up_to_its_own_dead_letter_queue_after_five_receives(name: str) -> None:
    redrive = QUEUES[name]["RedrivePolicy"]
    assert target(redrive["deadLetterTargetArn"]) == name.replace("Queue", "DeadLetterQueue")
    assert redrive["maxReceiveCount"] == 5


def test_what_the_scheduler_could_not_start_is_kept_and_missed_by_the_alarm_on_silence() -> None:
    """A sweep that another follows a minute later is no loss."""
    assert QUEUES["SchedulerDeadLetterQueue"]["MessageRetentionPeriod"] == 14 * 86_400
    alarm = of_type("AWS::CloudWatch::Alarm")["SweeperSilentAlarm"]
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("Invocations", "breaching")
    assert target(alarm["Dimensions"][0]["Value"]) == "SweeperFunction"


@pytest.mark.parametrize("name", sorted({*DEAD_LETTER_QUEUES} - {"SchedulerDeadLetterQueue"}))
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


SEEN_RECEIVES = 3
"""A message that was received so often and not deleted no longer counts for its queue's age.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"""


def alarm_on(metric: str, name: str) -> dict[str, Any]:
    """The one alarm on a metric of a queue or a function."""
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    watching = [alarm for alarm in alarms if alarm.get("MetricName") == metric]
    (found,) = [alarm for alarm in watching if target(alarm["Dimensions"][0]["Value"]) == name]
    return found


def consumer(queue: str) -> str:
    (found,) = [m["FunctionName"] for m in MAPPINGS.values() if target(m["EventSourceArn"]) == queue]
    return target(found)


def test_an_event_that_fails_each_time_raises_the_age_alarm_while_its_age_still_counts() -> None:
    """Nothing else watches a single one before it is a dead letter."""
    alarm, visibility = alarm_on("ApproximateAgeOfOldestMessage", "EventsQueue"), QUEUES["EventsQueue"]
    needs = alarm["Threshold"] + alarm["Period"] * (alarm["EvaluationPeriods"] + 1)
    assert needs <= (SEEN_RECEIVES - 1) * visibility["VisibilityTimeout"]


def goes_off_at(alarm: dict[str, Any], times: Sequence[int], offset: int) -> float:
    """When one count at each of `times` has made up enough periods; `offset`: how far into one it begins."""
    period, needed = alarm["Period"], alarm["DatapointsToAlarm"]
    counted = sorted({(offset + at) // period for at in times}) if alarm["Threshold"] < 1 else []
    for first, last in zip(counted, counted[needed - 1 :], strict=False):
        if last - first < alarm["EvaluationPeriods"]:
            return float((last + 1) * period - offset)
    return inf


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_a_batch_that_is_throttled_each_time_raises_an_alarm_before_it_is_a_dead_letter(name: str) -> None:
    """Though nothing else runs and each receive is throttled but once.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"""
    queue, alarm = QUEUES[name], alarm_on("Throttles", consumer(name))
    visibility, receives = queue["VisibilityTimeout"], queue["RedrivePolicy"]["maxReceiveCount"]
    times = [n * visibility for n in range(receives)]
    for offset in range(0, alarm["Period"], 10):
        assert goes_off_at(alarm, times, offset) < receives * visibility
    assert alarm["DatapointsToAlarm"] > 1, "a burst that soon finds room is no alarm"


def test_one_batch_that_fails_as_a_whole_raises_an_alarm_each_time() -> None:
    """Each of its messages is counted, and comes again after the visibility time-out."""
    alarm = of_type("AWS::CloudWatch::Alarm")["RecordFailuresAlarm"]
    assert {alarm["Threshold"] < mapping["BatchSize"] for mapping in mappings().values()} == {True}
    assert alarm["EvaluationPeriods"] == 1


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
    (statement,) = [one for one in statements_on(name) if one["Effect"] == "Deny"]
    assert statement["Principal"] == "*"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def statements_on(name: str, **parameters: Any) -> list[dict[str, Any]]:
    policies = rendered(**parameters).of_type("AWS::SQS::QueuePolicy").values()
    (policy,) = [one for one in policies if one["Queues"] == [queue_url(name)]]
    return as_list(policy["PolicyDocument"]["Statement"])


def test_only_three_services_may_write_to_the_inbox_and_for_this_account_alone() -> None:
    """Each by what AWS says that it tells of itself: the account stands in the ARN of a rule and a topic, and
    beside that of a bucket."""
    some = ("arn:aws:events:*:*:rule/shop-*", "arn:aws:s3:::in")
    for given, named in (({}, "*"), ({"InboxSourceArns": some}, some)):
        allowed = [one for one in statements_on("InboxQueue", **given) if one["Effect"] == "Allow"]
        what = {"Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:InboxQueue"}
        assert all(what.items() <= one.items() for one in allowed)
        assert {tuple(as_list(one["Principal"]["Service"])): one["Condition"] for one in allowed} == {
            ("events.amazonaws.com", "sns.amazonaws.com"): {
                "ArnLike": {"aws:SourceArn": f"arn:*:*:*:{ACCOUNT}:*"},
                "StringLike": {"aws:SourceArn": named},
            },
            ("s3.amazonaws.com",): {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "StringLike": {"aws:SourceArn": named},
            },
        }


def test_there_is_no_inbox_unless_somebody_asks_for_one() -> None:
    assert [name for name in rendered(Inbox="false").resources if "Inbox" in name] == []
    assert defaults()["Inbox"] == "false"


@pytest.mark.parametrize("name", sorted(MAPPINGS))
def test_a_batch_reports_its_failures_one_by_one(name: str) -> None:
    assert MAPPINGS[name]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_no_change_of_a_subscription_is_given_up_or_read_beside_one_before_it() -> None:
    """By default Lambda tries for as long as the record is kept, and reads one batch of a shard at a time.
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html"""
    (mapping,) = [one for one in MAPPINGS.values() if "StartingPosition" in one]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    given_up = {"MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "DestinationConfig", "FilterCriteria"}
    assert not given_up & set(mapping)
    assert mapping.get("ParallelizationFactor", 1) == 1


def test_without_the_routing_index_nothing_reads_the_stream_and_nothing_walks() -> None:
    for value, enabled, state in (("false", False, "DISABLED"), ("true", True, "ENABLED")):
        here = rendered(RoutingIndex=value)
        (mapping,) = [
            one
            for one in here.of_type("AWS::Lambda::EventSourceMapping").values()
            if "StartingPosition" in one
        ]
        assert mapping["Enabled"] is enabled
        assert here.resources["CertifySchedule"]["Properties"]["State"] == state


def test_the_walk_runs_every_hour_and_is_not_tried_again_beside_the_next_one() -> None:
    schedule = resources()["CertifySchedule"]["Properties"]
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert target(schedule["Target"]["Arn"]) == "IndexerFunction"
    assert asynchronous("IndexerFunction")["MaximumRetryAttempts"] == 0
    assert resources()["IndexerFunction"]["Properties"]["Timeout"] < 3600


def test_the_sweep_runs_every_minute_and_what_cannot_start_is_kept() -> None:
    schedule = of_type("AWS::Scheduler::Schedule")["SweepSchedule"]
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert target(schedule["Target"]["Arn"]) == "SweeperFunction"
    assert target(schedule["Target"]["DeadLetterConfig"]["Arn"]) == "SchedulerDeadLetterQueue"
    assert resources()["SweeperFunction"]["Properties"]["Timeout"] < 60


def test_a_sweep_that_failed_is_not_tried_again_beside_the_next_one() -> None:
    """The scheduler's call is asynchronous, and Lambda itself would make it twice more, for six hours.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""
    for name in ("SweeperFunction", "BackfillFunction"):
        config = asynchronous(name)
        assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)


def test_back_fill_runs_every_five_minutes_where_it_is_switched_on_and_ends_before_the_next() -> None:
    schedule = of_type("AWS::Scheduler::Schedule")["BackfillSchedule"]
    assert resources()["BackfillSchedule"]["Condition"] == "BackFills"
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    assert target(schedule["Target"]["Arn"]) == "BackfillFunction"
    assert target(schedule["Target"]["DeadLetterConfig"]["Arn"]) == "SchedulerDeadLetterQueue"
    assert resources()["BackfillFunction"]["Properties"]["Timeout"] < 300


def asynchronous(function: str) -> dict[str, Any]:
    configs = of_type("AWS::Lambda::EventInvokeConfig").values()
    (found,) = [one for one in configs if target(one["FunctionName"]) == function]
    return found
