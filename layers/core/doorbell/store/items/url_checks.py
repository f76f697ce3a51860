"""URLs in items: what can be said of them by their spelling. Without pydantic, as `checks`."""

import re
from urllib.parse import urlsplit

from doorbell.domain.host_names import beyond_ascii, host_in, problem_with_name
from doorbell.store.items.checks import bad

MAX_URL_CHARS = 2048
_URL_TEXT = re.compile(r"[\x21-\x7e]+")


def check_url(text: str) -> str:
    """What can be said of a URL by its spelling; where it leads is the egress guard's to say."""
    if problem := _url_problem(text):
        raise bad(problem)
    return text


def check_target(text: str) -> str:
    """Of a URL that Doorbell calls: its host as the egress guard will want it spelt."""
    check_url(text)
    host = host_in(text)
    if not host.startswith("[") and (problem := problem_with_name(host)):
        raise bad(problem)
    return text


def check_arn(text: str) -> str:
    """Of a target, by its spelling; whether it may be sent to is its stack's and tenant's matter."""
    from doorbell.domain.targets import parse  # for those alone that have one

    found = parse(text)
    if isinstance(found, str):
        raise bad(found)
    return text


def check_role(text: str) -> str:
    from doorbell.domain.targets import is_role

    if not is_role(text):
        raise bad("not the ARN of a role, such as arn:aws:iam::123456789012:role/doorbell")
    return text


def check_key(text: str) -> str:
    from doorbell.domain.target_keys import problem_with_key

    if problem := problem_with_key(text):
        raise bad(problem)
    return text


def _url_problem(text: str) -> str | None:
    if len(text) > MAX_URL_CHARS:
        return f"a URL has at most {MAX_URL_CHARS} characters"
    if problem := beyond_ascii(text):
        return problem
    if not _URL_TEXT.fullmatch(text):
        return "not a URL: spaces, control characters"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        return "not a URL of the form https://host/path"
    if "@" in parts.netloc or "#" in text:
        return "a user name, password or fragment in the URL"
    return None
