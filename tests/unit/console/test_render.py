"""Texts of the catalogue in HTML."""

from __future__ import annotations

import pytest

from doorbell_cli.console.render import coded


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("set `scheme` and `key`", "set <code>scheme</code> and <code>key</code>"),
        ("no code", "no code"),
        ("one ` alone", "one ` alone"),
        ("`<b>`\u202e & <i>", "<code>&lt;b&gt;</code>\\x202e &amp; &lt;i&gt;"),
    ],
)
def test_what_stands_between_backticks_is_code_and_nothing_else_is_markup(text: str, shown: str) -> None:
    assert coded(text) == shown
