"""Bodies of an exact size as the providers send them: JSON of many small members, a form, Braintree's XML."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

HEADERS = {
    "accept": "*/*",
    "content-type": "application/json",
    "host": "bench.execute-api.us-east-1.amazonaws.com",
    "user-agent": "Webhooks/1.0",
    "x-amzn-trace-id": "Root=1-692300a1-0d3b2c1f4e5a6b7c8d9e0f10",
    "x-forwarded-for": "198.51.100.7",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}
FORM = "application/x-www-form-urlencoded"


def row(number: int) -> dict[str, Any]:
    return {
        "id": f"li_{number:08d}",
        "quantity": number % 7,
        "amount": 1299 + number,
        "currency": "eur",
        "paid": number % 2 == 0,
        "note": None,
        "description": "Subscription, one seat, billed by the month",
        "price": {"id": f"price_{number:06d}", "recurring": {"interval": "month", "count": 1}},
    }


def json_body(size: int, head: Mapping[str, Any]) -> bytes:
    """`head`, rows under `data` and a filler, `size` bytes in all."""
    document: dict[str, Any] = {**head, "data": {"object": {"lines": []}}, "filler": ""}
    lines, length = document["data"]["object"]["lines"], len(json.dumps(document))
    while length + len(json.dumps(row(len(lines)))) + 2 <= size:
        length += len(json.dumps(row(len(lines)))) + (2 if lines else 0)
        lines.append(row(len(lines)))
    document["filler"] = "x" * (size - len(json.dumps(document)))
    return json.dumps(document).encode()


def form_body(size: int) -> bytes:
    """A text message's parameters; `Body` fills it up."""
    head = {"AccountSid": "AC" + "0" * 32, "From": "+15550001111", "To": "+15550002222", "NumMedia": "0"}
    room = size - len(urlencode({**head, "Body": ""}))
    words = "a message of many words " * (room // 24 + 1)
    return urlencode({**head, "Body": words[:room]}).encode()


def xml_body(size: int) -> bytes:
    """Braintree's notification whose form, base64 and all, is about `size` bytes."""
    head = '<?xml version="1.0" encoding="UTF-8"?><notification><kind>check</kind>'
    head += '<timestamp type="datetime">2026-11-23T12:00:00Z</timestamp>'
    head += '<subject><check type="boolean">true</check>'
    end = "</subject></notification>"
    rows = max(0, size * 3 // 4 - len(head + end) - 150) // 40
    return (head + "".join(f"<item{n:05d}>a value</item{n:05d}>" for n in range(rows)) + end).encode()
