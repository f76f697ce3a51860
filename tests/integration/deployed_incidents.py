"""The rest of the story: what went wrong in it is told to people, and is over in the end."""

import json
from typing import Any

from doorbell.domain.incidents import Cause
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.health.changes import PREFIX as CHANGES
from doorbell.store.health.incidents import PREFIX, IncidentTable
from tests.integration.deployed_story import Story


def tell(story: Story) -> None:
    """A dead letter, and an endpoint that is not there any more, besides."""
    table = IncidentTable(story.client("dynamodb"), "EndpointsTable")
    dead = story.deployment.here.outputs["EventsDeadLetterQueueUrl"]
    story.client("sqs").send_message(QueueUrl=dead, MessageBody="dead")
    table.note(Cause.DEAD_LETTERS, dead.rpartition("/")[2], "queue.dead_letters", {}, 1.0, soon=False)
    for part in ("told", "told at rest", "told to the end"):
        story.tell(part, "sweeper", {})
        for item in incidents(story):
            _let_time_pass(story, item)
    queued = [json.loads(record["body"]) for record in story.take("EventsQueue")["Records"]]
    story.came["own events"] = [one for one in queued if one["tenant_id"] == "doorbell"]


def incidents(story: Story) -> list[dict[str, Any]]:
    found = map(unmarshal, story.client("dynamodb").scan(TableName="EndpointsTable")["Items"])
    names = ((str(item["subscription_id"]), item) for item in found)
    return [item for name, item in names if name.startswith(PREFIX) and not name.startswith(CHANGES)]


def _let_time_pass(story: Story, item: dict[str, Any]) -> None:
    """For each but those who are parked: their next look is due, and its window over."""
    story.client("dynamodb").update_item(
        TableName="EndpointsTable",
        Key=marshal({"subscription_id": item["subscription_id"]}),
        UpdateExpression="SET wake_at = :then, told_at = :then",
        ExpressionAttributeValues=marshal({":then": 1}),
    )
