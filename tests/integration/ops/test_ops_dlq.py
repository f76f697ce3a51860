"""`doorbell dlq`: what Doorbell itself gave up, and its way back."""

import json

from tests.integration.ops.deployed import Doorbell


def test_a_dead_letter_goes_back_where_it_came_from(doorbell: Doorbell) -> None:
    url = doorbell.target.queue_url("EventsDeadLetter")
    body = json.dumps({"v": 1, "event_id": "evt_1", "body": "c2VjcmV0"})
    doorbell.target.client("sqs").send_message(QueueUrl=url, MessageBody=body)
    listed = doorbell.run("dlq", "list", "--peek", "0")
    assert listed.exit_code == 1
    assert doorbell.json("dlq", "redrive", "events") == {"queue": "events", "moved": 1, "left": 0}
    assert doorbell.messages("Events") == [json.loads(body)]
    assert doorbell.run("dlq", "list").exit_code == 0


def test_dead_letters_are_shown_by_their_ids_and_never_by_their_bodies(doorbell: Doorbell) -> None:
    body = json.dumps({"v": 1, "event_id": "evt_1", "body": "c2VjcmV0"})
    doorbell.target.client("sqs").send_message(
        QueueUrl=doorbell.target.queue_url("EventsDeadLetter"), MessageBody=body
    )
    result = doorbell.run("dlq", "list")
    assert result.stdout.count("evt_1") == 1
    assert "c2VjcmV0" not in result.stdout
