"""A new subscription: the URL checked as it is typed, the secret shown once, a test event sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.egress.guard import problem_with
from doorbell_cli.configuration import SUBSCRIPTION, policy
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.pages.creating import created, parts, problems_of, spelled_before
from doorbell_cli.ops.spelled import Spelled, spelled
from doorbell_cli.secret_text import generate

FIELDS = ("subscription_id", "url", "event_types", "sources", "filter", "signing")
LISTS = ("event_types", "sources")
SIGNINGS = ("standard", "standard-ed25519", "github", "none")


def form(desk: Desk, request: Request) -> Response:
    """No call. With `check` in the address: what is wrong with it, or how else it is written."""
    asked, tenant = request.query_params, tenant_of(request)
    given = {name: asked.get(name, "") for name in FIELDS}
    problems: Sequence[tuple[str, str]] = ()
    same: Spelled | None = None
    if "check" in asked:
        values, signing = _values(given, tenant), _signing(given)
        problems = problems_of(desk, SUBSCRIPTION, {**values, "secrets": ["ssm:/doorbell/not-stored-yet"]})
        same = None if problems else spelled_before(desk, SUBSCRIPTION, values, int(signing != "none"))
    return desk.pages.page(
        "new_subscription.html",
        desk.clock(),
        tenant=tenant,
        given=given,
        signings=SIGNINGS,
        problems=problems,
        same=same,
        url_problem=_url_problem(desk, given["url"]),
    )


def url_check(desk: Desk, request: Request) -> Response:
    """No call: the guard looks at the text, and looks no name up."""
    url = request.query_params.get("url", "")
    return desk.pages.page(
        "url_check.html", desk.clock(), tenant=tenant_of(request), url=url, problem=_url_problem(desk, url)
    )


def create(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """The page that it answers with shows the secret, once: nobody can ask for it again."""
    tenant, signing = fields.get("tenant", ""), _signing(fields)
    secret, text, title = generate(signing) if signing != "none" else ("", "", "")
    values = _values(fields, tenant)
    item = created(desk, SUBSCRIPTION, values, [secret] if secret else [], tenant)
    return desk.pages.page(
        "made_subscription.html",
        desk.clock(),
        tenant=tenant,
        key=SUBSCRIPTION.key_of(item),
        url=item["url"],
        title=title,
        text=text,
        same=spelled(SUBSCRIPTION, item, desk.target.table(SUBSCRIPTION.output)),
    )


def _values(given: Mapping[str, str], tenant: str) -> dict[str, Any]:
    typed = {name: text for name in FIELDS if (text := given.get(name, "").strip())}
    lists = {name: parts(typed[name]) for name in LISTS if name in typed}
    return {"tenant_id": tenant, **typed, **lists}


def _signing(given: Mapping[str, str]) -> str:
    signing = given.get("signing") or SIGNINGS[0]
    if signing not in SIGNINGS:
        raise Refusal(422, "bad_signing", f"signing: must be one of {', '.join(SIGNINGS)}")
    return signing


def _url_problem(desk: Desk, url: str) -> str | None:
    """None: the guard lets it through."""
    return problem_with(url.strip(), policy(desk.target))
