"""A new subscription: where it goes is checked as it is typed, the secret shown once, a test event sent."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.domain.presets import signing_of
from doorbell.egress.guard import problem_with
from doorbell.store.items.base import Item
from doorbell.store.items.to_target import ToTarget
from doorbell_cli.configuration import SUBSCRIPTION, policy
from doorbell_cli.console.desk import Desk, tenant_of
from doorbell_cli.console.pages.creating import created, parts, problems_of, spelled_before
from doorbell_cli.ops.spelled import Spelled, spelled
from doorbell_cli.secret_text import generate

OF_TARGETS = tuple(name for name in ToTarget.model_fields if name not in {*Item.model_fields, "target"})
"""What is said of a target beside its ARN."""
FIELDS = ("subscription_id", "url", "event_types", "sources", "filter", "transform", "signing", *OF_TARGETS)
LISTS = ("event_types", "sources")
SIGNINGS = ("standard", "standard-ed25519", "github", "none")
ARN = "arn:"
"""How a target begins. It is typed where a URL is."""


def form(desk: Desk, request: Request) -> Response:
    """No call. With `check` in the address: what is wrong with it, or how else it is written."""
    asked, tenant = request.query_params, tenant_of(request)
    given = {name: asked.get(name, "") for name in FIELDS}
    problems: Sequence[tuple[str, str]] = ()
    same: Spelled | None = None
    if "check" in asked:
        values = _values(given, tenant)
        signs = _signing(values) != "none"
        unseen = {"secrets": ["ssm:/doorbell/not-stored-yet"]} if signs else {}
        problems = problems_of(desk, SUBSCRIPTION, {**values, **unseen})
        same = None if problems else spelled_before(desk, SUBSCRIPTION, values, int(signs))
    return desk.pages.page(
        "new_subscription.html",
        desk.clock(),
        tenant=tenant,
        given=given,
        signings=("", *SIGNINGS),
        of_targets={name: _choices(name) for name in OF_TARGETS},
        problems=problems,
        same=same,
        url_problem=_problem_with(desk, given["url"], tenant, given),
    )


def url_check(desk: Desk, request: Request) -> Response:
    """No call: the guard looks at the text, and looks no name up. Of a target's role and its subscription
    nothing is known yet."""
    url, tenant = request.query_params.get("url", ""), tenant_of(request)
    problem = _problem_with(desk, url, tenant, request.query_params)
    return desk.pages.page("url_check.html", desk.clock(), tenant=tenant, url=url, problem=problem)


def create(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """The page that it answers with shows the secret, once: nobody can ask for it again."""
    tenant = fields.get("tenant", "")
    values = _values(fields, tenant)
    signing = _signing(values)
    secret, text, title = generate(signing) if signing != "none" else ("", "", "")
    item = created(desk, SUBSCRIPTION, values, [secret] if secret else [], tenant)
    return desk.pages.page(
        "made_subscription.html",
        desk.clock(),
        tenant=tenant,
        key=SUBSCRIPTION.key_of(item),
        url=item.get("url") or item["target"],
        title=title,
        text=text,
        same=spelled(SUBSCRIPTION, item, desk.target.table(SUBSCRIPTION.output)),
    )


def _values(given: Mapping[str, str], tenant: str) -> dict[str, Any]:
    typed = {name: text for name in FIELDS if (text := given.get(name, "").strip())}
    if typed.get("url", "").startswith(ARN):
        typed["target"] = typed.pop("url")
    lists = {name: parts(typed[name]) for name in LISTS if name in typed}
    return {"tenant_id": tenant, **typed, **lists}


def _signing(values: Mapping[str, Any]) -> str:
    """As the item has it: nothing is signed that goes to a target, unless it is asked for."""
    signing = signing_of(values)
    if signing not in SIGNINGS:
        raise Refusal(422, "bad_signing", f"signing: must be one of {', '.join(SIGNINGS)}")
    return signing


def _choices(name: str) -> Sequence[str]:
    """Of a field that has a few values; () for free text."""
    for part in get_args(ToTarget.model_fields[name].annotation):
        if found := [choice for choice in get_args(part) if isinstance(choice, str)]:
            return ("", *found)
    return ()


def _problem_with(desk: Desk, text: str, tenant: str, given: Mapping[str, str]) -> str | None:
    """None: the guard lets it through, and so do the stack's parameters a target."""
    ways, text = policy(desk.target), text.strip()
    if not text.startswith(ARN):
        return problem_with(text, ways)
    role = given.get("role_arn", "").strip() or None
    return ways.targets.problem_with(text, tenant, given.get("subscription_id", ""), role)
