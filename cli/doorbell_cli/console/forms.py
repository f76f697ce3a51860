"""What a form sent: its fields, when it is one of ours."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from doorbell.domain.errors import Refusal
from doorbell_cli.console.door import Door

FORM_TOKEN = "form_token"
MOST_BYTES = 256 * 1024
MOST_FIELDS = 1000


async def fields_of(request: Request, door: Door) -> Mapping[str, str]:
    """Refuses (403) a form that no page of the console made, and (413) one that is too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refusal(413, "form_too_large", f"The form has more than {MOST_BYTES:,} bytes.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refusal(400, "form_malformed", "That is not a form.") from None
    fields = dict(pairs)
    if not door.is_form_token(fields.pop(FORM_TOKEN, "")):
        raise Refusal(
            403, "form_expired", "The page is older than this console. Load it again, and send it again."
        )
    return fields
