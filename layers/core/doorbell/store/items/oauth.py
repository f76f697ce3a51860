"""How a subscription asks for the access tokens that it is delivered with."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from doorbell.domain.credentials import is_credential, is_secret_reference
from doorbell.domain.subscriptions import OAuth
from doorbell.store.items.base import Part
from doorbell.store.items.checks import bad
from doorbell.store.items.fields import Reference
from doorbell.store.items.urls import Target

TOKEN_PARAMETER = re.compile(r"[A-Za-z0-9._-]{1,64}")  # RFC 6749, appendix A
OF_THE_GRANT = frozenset({"grant_type", "scope", "client_id", "client_secret"})
SECRET_PARAMETERS = frozenset({"assertion", "client_assertion", "code"})


def check_token_parameters(parameters: dict[str, str]) -> dict[str, str]:
    """None that has a field of its own, and no secret: what is written here stands in the table."""
    for name, value in parameters.items():
        if not TOKEN_PARAMETER.fullmatch(name):
            raise bad("a name that no parameter can have: letters, digits and -._")
        if name in OF_THE_GRANT:
            raise bad("has a field of its own", name)
        is_secret = name.lower() in SECRET_PARAMETERS or is_credential(name.lower().replace("_", "-"))
        if is_secret or is_secret_reference(value):
            raise bad("no secret can be sent here: only client_secret_ref is looked up", name)
    return parameters


type TokenParameters = Annotated[
    dict[str, Annotated[str, Field(min_length=1, max_length=1024)]],
    Field(max_length=10),
    AfterValidator(check_token_parameters),
]


class OAuthPart(Part):
    """`parameters` go beside those of RFC 6749, 4.4.2: `audience`, `resource`, what a token server wants."""

    token_url: Target
    client_id: Annotated[str, Field(min_length=1, max_length=256)]
    client_secret_ref: Reference
    scope: Annotated[str, Field(max_length=1024)] = ""
    client_authentication: Literal["basic", "post"] = "basic"
    parameters: TokenParameters = Field(default_factory=dict)

    def to_domain(self) -> OAuth:
        return OAuth(
            self.token_url,
            self.client_id,
            self.client_secret_ref,
            self.scope,
            self.client_authentication,
            tuple(self.parameters.items()),
        )
