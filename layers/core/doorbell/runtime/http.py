"""API Gateway's payload format 2.0 to and from requests and answers.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.errors import Refusal
from doorbell.domain.requests import Answer, RawRequest

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def request_from(event: Mapping[str, Any]) -> RawRequest:
    """Raises `Refusal` for a body that is marked base64 and is not, and for half a surrogate pair elsewhere:
    it is no text, no message could bear it, and what was accepted would be lost behind the door."""
    http = event["requestContext"]["http"]
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    path, query = event["rawPath"], event.get("rawQueryString", "")
    if not _is_text("".join((path, query, *headers, *headers.values()))):
        raise Refusal(400, "request_malformed", "half a surrogate pair in a header or in the URL")
    host = headers.get("host") or event["requestContext"].get("domainName", "")
    return RawRequest(
        method=http["method"],
        url=f"https://{host}{path}" + (f"?{query}" if query else ""),
        path=path,
        raw_query=query,
        headers=headers,
        body=_body(event),
        source_ip=http.get("sourceIp", ""),
        came_at=_came_at(event["requestContext"].get("timeEpoch")),
    )


def _came_at(milliseconds: object) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int) and milliseconds > 0 else None


def source_id_of(event: Mapping[str, Any]) -> str:
    """The source's id, out of the path; with what lies below it, which makes it nobody's."""
    found = event.get("pathParameters") or {}
    below = found.get("proxy", "").strip("/")
    source_id: str = found.get("source_id", "")
    return f"{source_id}/{below}" if below else source_id


def _is_text(text: str) -> bool:
    return text.isascii() or _SURROGATE.search(text) is None


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode("utf-8", "surrogatepass")
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal(400, "body_malformed", "the body cannot be read") from error


def principal_of(event: Mapping[str, Any]) -> str:
    """The IAM identity API Gateway authenticated; raises `Refusal` 403 where there is none."""
    iam = event["requestContext"].get("authorizer", {}).get("iam") or {}
    principal = iam.get("userArn")
    if not isinstance(principal, str) or not principal:
        raise Refusal(403, "not_authenticated", "the request bears no IAM identity")
    return principal


def response_of(answer: Answer) -> dict[str, Any]:
    """No answer may be sniffed or cached."""
    headers = {
        "content-type": answer.content_type,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    return {"statusCode": answer.status, "headers": {**headers, **answer.headers}, "body": answer.body}
