"""Lambda, synchronously: the function's answer is the outcome, as it would be behind a URL of its own."""

import json
from base64 import b64decode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.lambda_function import LAMBDA, payload
from doorbell.targets.service import Said

MAX_BYTES: Final = 6_291_456
"""Of a synchronous invocation, and of its answer. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
FAILED, FINE = 500, 200
MAX_TEXT_CHARS: Final = 200


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    return {"FunctionName": arn.text, "InvocationType": "RequestResponse", "Payload": payload(request)}


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer is read here, where a connection that breaks is told as that."""
    answer: Mapping[str, Any] = client.invoke(**parameters)
    with closing(answer["Payload"]) as stream:
        return {**answer, "Payload": stream.read(MAX_BYTES + 1)}


def _said(answer: Mapping[str, Any]) -> Said:
    """A function that raised, or ran out of time or memory, failed. Else its answer is read as Lambda reads
    it for a function's URL: an object with a `statusCode` says the status, all else is a 200.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads"""
    found = _parsed(answer["Payload"])
    kind = answer.get("FunctionError")
    if kind is not None:
        text = _readable(_of_error(found))
        return Said(FAILED, f"the function failed: {text}", told={"code": str(kind), "message": text})
    status = found.get("statusCode") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(status, int) or not 200 <= status <= 599:
        return Said(FINE, told={"answer": _readable(_text(answer["Payload"]))})
    headers = found.get("headers")
    wait = _header(headers if isinstance(headers, dict) else {}, "retry-after")
    return Said(status, retry_after=wait, told={"answer": _readable(_body(found))})


def _parsed(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _of_error(found: Any) -> str:
    if not isinstance(found, dict):
        return "it says no more"
    return f"{found.get('errorType', 'an error')}: {found.get('errorMessage', 'it says no more')}"


def _body(found: Mapping[str, Any]) -> str:
    body = found.get("body", "")
    if not isinstance(body, str):
        return json.dumps(body)
    if found.get("isBase64Encoded") is not True:
        return body
    try:
        return _text(b64decode(body))
    except ValueError:
        return body


def _header(headers: Mapping[str, Any], name: str) -> str | None:
    return next((str(value) for key, value in headers.items() if str(key).lower() == name), None)


def _text(answer: bytes) -> str:
    return answer.decode(errors="replace")


def _readable(text: str) -> str:
    return "".join(one for one in text[: 4 * MAX_TEXT_CHARS] if one.isprintable())[:MAX_TEXT_CHARS]


LAMBDA_ANSWER = replace(LAMBDA, most_bytes=MAX_BYTES, what_goes=what_goes, call=_call, said=_said)
