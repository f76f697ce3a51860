"""Whether an answer is the one that a file expects, whose texts allow alternatives (`200 or 204`)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from doorbell.domain.requests import Answer


def matches(answer: Answer, expected: object) -> bool:
    """`expected` is a body (text or JSON), or an object with any of status, content_type, headers, body."""
    if isinstance(expected, Mapping) and {"status", "body", "content_type", "headers"} & set(expected):
        return not differences(answer, expected)
    return same_body(answer.body, expected)


def differences(answer: Answer, expected: Mapping[str, Any]) -> list[str]:
    """What is not as expected, in words."""
    found = []
    statuses = {int(number) for number in re.findall(r"\d{3}", str(expected.get("status", "")))}
    if statuses and answer.status not in statuses:
        found.append(f"status {answer.status}, expected {expected['status']}")
    kinds = str(expected.get("content_type", "")).split(" or ")
    if kinds != [""] and answer.content_type.partition(";")[0] not in kinds:
        found.append(f"content type {answer.content_type}, expected {expected['content_type']}")
    sent = {name.lower(): value for name, value in answer.headers.items()}
    for name, value in (expected.get("headers") or {}).items():
        if sent.get(name.lower()) != value:
            found.append(f"header {name} is not {value}")
    if "body" in expected and comparable(expected["body"]) and not same_body(answer.body, expected["body"]):
        found.append("another body")
    return found


def comparable(body: object) -> bool:
    """False for a body that the file only describes."""
    return not isinstance(body, str) or not (body.startswith("see ") or ":..." in body)


def same_body(body: str, expected: object) -> bool:
    """Equal as text, as JSON, or as the one value that the answer's JSON object holds."""
    if body == expected:
        return True
    actual = _parsed(body)
    wanted = _parsed(expected) if isinstance(expected, str) else expected
    if actual is None:
        return False
    return actual == wanted or (isinstance(actual, dict) and list(actual.values()) == [expected])


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
