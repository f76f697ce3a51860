"""API Gateway's payload format 2.0 to and from requests and answers.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import Refusal
from doorbell.domain.requests import Answer, RawRequest


def request_from(event: Mapping[str, Any]) -> RawRequest:
    """Raises `Refusal` for a body that is marked base64 and is not."""
    http = event["requestContext"]["http"]
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    path, query = event["rawPath"], event.get("rawQueryString", "")
    host = headers.get("host") or event["requestContext"].get("domainName", "")
    return RawRequest(
        method=http["method"],
        url=f"https://{host}{path}" + (f"?{query}" if query else ""),
        path=path,
        raw_query=query,
        headers=headers,
        body=_body(event),
        source_ip=http.get("sourceIp", ""),
    )


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
