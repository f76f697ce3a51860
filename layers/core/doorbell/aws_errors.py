"""The one place that reads botocore's errors, for the store and the queues.

Whatever goes wrong with a call becomes `Unavailable`, a refused permission and a malformed request
included: to the caller the call did not do its work, and asking again is safe. The one exception is a
condition that did not hold, which is an answer and passes through. Codes decide, never messages.
https://docs.aws.amazon.com/boto3/latest/guide/error-handling.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from doorbell.domain.errors import Unavailable

CONDITION_FAILED = "ConditionalCheckFailedException"


@contextmanager
def translated(service: str, operation: str) -> Iterator[None]:
    """Inside it, botocore's errors come out as `Unavailable`; a condition that failed comes out as it is."""
    try:
        yield
    except ClientError as error:
        if is_condition_failed(error):
            raise
        raise Unavailable(service, operation, code_of(error)) from error
    except (BotoCoreError, HTTPClientError) as error:
        # The class (ReadTimeoutError, EndpointConnectionError, …): messages can hold what was sent.
        raise Unavailable(service, operation, type(error).__name__) from error


def code_of(error: ClientError) -> str:
    """The service's code; "http <status>" from something that answered without one."""
    response: Any = error.response
    code = response.get("Error", {}).get("Code")
    if code:
        return str(code)
    return f"http {response.get('ResponseMetadata', {}).get('HTTPStatusCode', 'unknown')}"


def is_condition_failed(error: BaseException) -> bool:
    return isinstance(error, ClientError) and code_of(error) == CONDITION_FAILED


def item_of(error: ClientError) -> dict[str, Any]:
    """The item a condition failed on, in DynamoDB's own form; {} when nothing was there, or when the call
    did not ask for it with ReturnValuesOnConditionCheckFailure=ALL_OLD."""
    response: Any = error.response
    return dict(response.get("Item") or {})
