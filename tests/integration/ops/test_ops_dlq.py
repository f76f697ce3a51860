"""`doorbell dlq`: what Doorbell itself gave up, and its way back."""

import json
import time
from datetime import datetime

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


def test_of_a_dead_letter_is_told_when_it_was_sent_until_when_it_is_kept_and_how_often_it_was_taken(
    doorbell: Doorbell,
) -> None:
    body = json.dumps({"v": 1, "event_id": "evt_1", "body": "c2VjcmV0"})
    before = int(time.time())
    doorbell.target.client("sqs").send_message(
        QueueUrl=doorbell.target.queue_url("EventsDeadLetter"), MessageBody=body
    )
    (sample,) = doorbell.json("dlq", "list")["events"]["samples"]
    sent, gone = (datetime.fromisoformat(sample.pop(name)).timestamp() for name in ("sent_at", "gone_at"))
    assert before <= sent <= time.time()
    assert gone - sent == 14 * 86_400
    assert sample == {"event_id": "evt_1", "v": 1, "receives": 1, "bytes": len(body)}
