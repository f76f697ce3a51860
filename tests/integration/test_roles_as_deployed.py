"""Every call that a function makes, on the happy path and on the rare one, its role allows; and it works."""

import ast
import json
import re
from collections.abc import Iterator

import pytest

from doorbell.domain.large import prefix_of
from tests.integration import deployed_parts
from tests.integration.as_deployed import TARGETS, deployment
from tests.integration.deployed_admin import administer, operations
from tests.integration.deployed_incidents import incidents, tell
from tests.integration.deployed_jobs import LEAVER, purge, work_off
from tests.integration.deployed_story import TENANT, Story
from tests.template.permissions import matches, statements_of
from tests.template.reading import FUNCTIONS, ROOT, as_list

PACKAGE = ROOT / "layers" / "core" / "doorbell"
PARTS = (
    deployed_parts.ingest,
    deployed_parts.publish,
    deployed_parts.back_fill,
    deployed_parts.inbox,
    deployed_parts.fan_out,
    deployed_parts.dispatch,
    deployed_parts.sweep,
    tell,
    deployed_parts.index,
    administer,
    work_off,
    purge,
)
NOT_CALLED_BY_US = re.compile(
    r"logs:|sqs:(Receive|Delete|GetQueue)|kms:GenerateDataKey|dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)"
)
"""Lambda calls them, and what encrypts for a target."""
OF_THE_TOOL = {
    "doorbell.store.health.listener_signs",
    "doorbell.store.events.replay_jobs",
}
"""Files that no function loads: what operators' own credentials are for."""


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with deployment(deployed_parts.PEERS) as deployed:
        told = Story(deployed)
        for part in PARTS:
            part(told)
        yield told


def test_no_role_lacks_what_its_function_asks_for(story: Story) -> None:
    assert story.deployment.asked.denied == []


def test_every_source_with_a_back_fill_was_looked_at_and_what_was_fetched_is_an_event(story: Story) -> None:
    assert story.came["looked at"] == 3
    fetched = [item for item in story.items(source_id="by-list") if item["sk"] == {"S": "event"}]
    assert {item["event_type"]["S"] for item in fetched} == {"invoice.paid", "charge.failed"}
    assert all(item["fetched"]["S"].startswith("fetched from https://api.stripe.com") for item in fetched)


def test_the_credentials_of_each_back_fill_were_found_where_they_are(story: Story) -> None:
    problems = {
        item["event_id"]["S"]: item["problem"]["S"]
        for item in story.items(sk="progress")
        if "problem" in item
    }
    assert problems.keys() == {"backfill#by-cipher"}
    asked = "does not ring at this source" in problems["backfill#by-cipher"]
    assert asked, "GitHub takes its token, and shows the hook, which is another's"


def test_what_was_asked_for_was_done(story: Story) -> None:
    answers = {part: answer for part, answer in story.came.items() if isinstance(answer, dict)}
    statuses = {part: answer["statusCode"] for part, answer in answers.items() if "statusCode" in answer}
    refused = {part: answers[part]["body"] for part, status in statuses.items() if status >= 300}
    assert (
        "\n".join(f"{part}: {body}" for part, body in sorted(refused.items()) if part != "many refused") == ""
    )
    failed = [part for part, answer in answers.items() if answer.get("batchItemFailures")]
    assert failed == []


def test_every_operation_of_the_admin_api_was_tried(story: Story) -> None:
    assert {f"admin: {method} {path}" for method, path in operations()} <= set(story.came)


def test_each_subscriber_that_answers_got_every_event_and_nobody_got_one_twice(story: Story) -> None:
    got = [(request.url, dict(request.headers)["webhook-id"]) for request in story.deployment.peer.got]
    plain = [one for one in got if one[0].startswith("https://plain.")]
    assert len(plain) == len(set(plain))
    delivered = {item["sk"]["S"] for item in story.items(state="delivered")}
    assert {"delivery#plain", "delivery#by-kms", "delivery#by-secretsmanager", "delivery#s011"} <= delivered


def test_what_was_refused_is_kept_accepted_on_proof_and_missed_where_its_body_is_lost(story: Story) -> None:
    assert story.came["refused, to be accepted"] == 415
    accept = story.came["admin: post /admin/sources/{source_id}/refused/{refused_id}/accept"]
    (event_id,) = json.loads(accept["body"])["event_ids"]
    queued = [json.loads(record["body"]) for record in story.take("EventsQueue")["Records"]]
    assert event_id in [message["event_id"] for message in queued]
    assert story.came["refused, its body lost"] == 404


def test_a_long_body_is_given_as_a_link(story: Story) -> None:
    assert "Expires=" in story.came["a long body"]["link"]


def test_what_was_too_large_for_a_queue_lies_below_its_tenant_s_prefix(story: Story) -> None:
    listed = story.client("s3").list_objects_v2(Bucket="BodiesBucket", Prefix=prefix_of(TENANT))
    (kept,) = listed["Contents"]
    assert kept["Size"] == len(deployed_parts.LONG)


def test_a_subscriber_that_is_gone_is_disabled_and_what_it_missed_is_listed(story: Story) -> None:
    key = {"tenant_id": {"S": TENANT}, "subscription_id": {"S": "gone"}}
    item = story.client("dynamodb").get_item(TableName="SubscriptionsTable", Key=key)["Item"]
    assert item["enabled"] == {"BOOL": False}
    assert {row["state"] for row in story.came["missed by one that is gone"]["missed"]} == {"cancelled"}


def test_targets_got_it_and_who_named_one_that_is_not_there_is_disabled(story: Story) -> None:
    delivered = {item["sk"]["S"] for item in story.items(state="delivered")}
    assert {f"delivery#{name}" for name in TARGETS if "function" not in name} <= delivered
    key = {"tenant_id": {"S": TENANT}, "subscription_id": {"S": "to-function"}}
    item = story.client("dynamodb").get_item(TableName="SubscriptionsTable", Key=key)["Item"]
    assert item["enabled"] == {"BOOL": False}
    assert "function:nowhere" in item["disabled_reason"]["S"]


def test_a_listener_gets_an_envelope_and_when_it_is_away_for_good_nothing_is_left_of_it(story: Story) -> None:
    delivered = {item["sk"]["S"] for item in story.items(state="delivered")}
    assert "delivery#laptop" in delivered
    assert story.came["listening"] == (True, True, True)
    assert story.listening() == (False, False, False)


def test_what_fan_out_had_no_time_for_it_went_on_with_and_a_crowd_got_it_once(story: Story) -> None:
    assert story.came["left to go on with"] == 1
    called = [item for item in story.items(tenant_id="crowd") if item["sk"]["S"].startswith("delivery#")]
    assert len(called) == 30


def test_why_a_filter_cannot_tell_is_answered_of_a_body_that_is_lost(story: Story) -> None:
    why = story.came["why not, of a body that is lost"]
    assert why["now"] == {"reason": "filter_error", "detail": "the body is no longer kept"}


def test_the_index_gets_its_certificate_after_a_walk_and_fan_out_asks_by_key(story: Story) -> None:
    assert story.came["canaries left"] == []
    assert story.came["certified"]["certified"] >= 1
    about = {"pk": {"S": "club#about"}, "sk": {"S": "-"}}
    item = story.client("dynamodb").get_item(TableName="RoutesTable", Key=about)["Item"]
    assert item["withdrawals"] == {"N": "1"}, "of the one that nobody could read"
    assert item["certificate"]["M"]["count"] == {"N": "26"}
    event_id = json.loads(story.came["published once more"]["body"])["event_id"]
    got = {one["sk"]["S"] for one in story.items() if one["event_id"]["S"] == event_id}
    assert got == {"event", "delivery#s000", "delivery#s002", "delivery#s600"}
    asked = {site for site in story.deployment.asked.sites if site[0].endswith("routes.reader")}
    assert asked == {("doorbell.store.routes.reader", "execute_statement")}


def test_a_key_that_is_used_after_its_window_is_a_new_event_each_time_and_within_it_a_duplicate(
    story: Story,
) -> None:
    first = story.came["the first"]["headers"]["doorbell-event-id"]
    uses = {item["event_id"]["S"] for item in story.items(sk="event")} & {first, f"{first}_1", f"{first}_2"}
    assert len(uses) == 3


def test_every_delivery_that_was_due_got_a_message(story: Story) -> None:
    for part in ("swept", "swept one by one"):
        due, swept = story.came[part]
        assert swept == {"swept": due}
        assert due


def test_what_went_wrong_is_told_once_each_and_what_is_over_leaves_nothing(story: Story) -> None:
    told = story.came["own events"]
    kinds = [(one["event_type"], one["tenant_id"], one["hops"]) for one in told]
    assert set(kinds) == {
        ("endpoint.parked", "doorbell", 1),
        ("subscription.disabled", "doorbell", 1),
        ("queue.dead_letters", "doorbell", 1),
    }
    assert len({one["event_id"] for one in told}) == len(told)
    assert {item["kind"] for item in incidents(story)} == {"endpoint.parked", "queue.dead_letters"}


def test_jobs_were_worked_off_and_their_deliveries_wait_for_their_slots(story: Story) -> None:
    assert story.came["slices"] == 3
    jobs = {job["subscription_id"]: job for job in story.came["jobs"]}
    assert {name: job["state"] for name, job in jobs.items()} == {
        "made": "cancelled",
        "gone": "done",
        "choosy": "done",
        "thought-of": "done",
        "plain": "done",
    }
    assert jobs["gone"]["written"] >= 1
    assert set(jobs["choosy"]["left_out"]) == {"filter_error"}
    assert jobs["thought-of"]["preview"]["looked_at"] >= 1
    assert jobs["thought-of"]["left_out"]["body_gone"] >= 1
    assert (jobs["plain"]["kind"], jobs["plain"]["test"]["outcome"]) == ("test", "not_yet")
    assert story.came["test slices"] >= 2
    made = [item for item in story.items() if "replay_job" in item]
    assert len(made) == jobs["gone"]["written"] + jobs["choosy"]["written"]


def test_who_leaves_is_counted_then_purged_and_the_record_of_it_stays(story: Story) -> None:
    purged, counted = (job["purge"] for job in story.came["purges"])
    assert purged["found"] == counted["found"]
    assert {kind for kind, count in purged["found"].items() if count} == {
        "sources",
        "subscriptions",
        "event_types",
        "events",
        "refused",
        "rollups",
        "bodies",
    }
    assert set(purged["left"].values()) == {0}
    left = story.items(tenant_id=LEAVER)
    assert left == []
    (asked,) = [item for item in story.items(sk="op") if item["what"] == {"S": "purge"}]
    assert (asked["tenant_id"], asked["object"]) == ({"S": "doorbell"}, {"S": f"tenant {LEAVER}"})


def sites() -> set[tuple[str, str]]:
    """Where the package calls AWS: `client.put_item(…)`, `self.client().put_object(…)`."""
    found = set()
    for room in ("store", "queues", "targets"):
        for path in (PACKAGE / room).rglob("*.py"):
            module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    owner = node.func.value
                    owner = owner.func if isinstance(owner, ast.Call) else owner
                    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                    if name in ("client", "_client", "ssm") and "_" in node.func.attr.strip("_"):
                        found.add((module, node.func.attr))
    return found


def test_every_call_of_aws_that_is_in_the_package_is_part_of_the_story(story: Story) -> None:
    """Whoever adds one adds to `deployed_parts` what brings it about."""
    modules = (
        "doorbell.store.dynamodb.plain_calls",
        "doorbell.queues.plain_sends",
        "doorbell.targets.plain_queue",
    )
    plain = {(module, name) for module in modules for _, name in sites()}  # AWS is asked elsewhere
    missing = sites() - story.deployment.asked.sites - plain
    assert {site for site in missing if site[0] not in OF_THE_TOOL} == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_has_no_permission_that_its_function_never_uses(story: Story, function: str) -> None:
    role = f"{function.capitalize()}Role"
    used = [need for who, need in story.deployment.asked.used if who == role]
    for statement in statements_of(story.deployment.here, role):
        resources = as_list(statement["Resource"])
        for action in as_list(statement["Action"]):
            if not NOT_CALLED_BY_US.match(action):
                assert any(
                    matches(action, done) and any(matches(one, to) for one in resources) for done, to in used
                ), (statement["Sid"], action)
        for resource in resources:
            if not NOT_CALLED_BY_US.match(as_list(statement["Action"])[0]):
                assert any(matches(resource, to) for _, to in used), (statement["Sid"], resource)
