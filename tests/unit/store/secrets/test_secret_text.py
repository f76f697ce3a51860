"""A stored secret is used to the letter: only a line end after it is no part of it."""

from typing import Any

import pytest

from doorbell.store.secrets.secrets import SecretStore


class Stored:
    """Each service has the one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        return {"Parameter": {"Value": self.text}}

    def get_secret_value(self, **_: Any) -> dict[str, Any]:
        return {"SecretString": self.text}

    def decrypt(self, **_: Any) -> dict[str, Any]:
        return {"Plaintext": self.text.encode()}


PLACES = ("ssm:/doorbell/a", "secretsmanager:doorbell/a", "kms:YWJj")


@pytest.mark.parametrize("reference", PLACES)
@pytest.mark.parametrize("secret", [" blank before", "blank after ", "\ttab\t", " \u00a0both\u2003"])
def test_blanks_at_the_ends_of_a_secret_belong_to_it(reference: str, secret: str) -> None:
    store = SecretStore(lambda name: Stored(f"{secret}\n"))
    assert store.resolve([reference], owner={"source_id": "a"}) == (secret,)


def test_blanks_at_the_ends_of_a_secret_in_a_json_object_belong_to_it() -> None:
    store = SecretStore(lambda name: Stored('{"key": " both ends "}'))
    found = store.resolve(["secretsmanager:doorbell/a#key"], owner={"source_id": "a"})
    assert found == (" both ends ",)
