"""`doorbell providers`: found by any part of a name, counted, shown with what a request looks like."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import parse_qsl

import pytest
from typer.testing import CliRunner, Result

from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.aliases import ALIASES
from doorbell_cli.commands.providers import providers
from doorbell_cli.providers import index
from doorbell_cli.providers.limits import NO_BODY, WEAK, limits_of
from doorbell_cli.providers.looks import request_of
from doorbell_cli.providers.texts import proof
from tests.unit.signatures.cases import CASES


def run(*arguments: str) -> Result:
    return CliRunner().invoke(providers, list(arguments))


def test_the_index_is_what_the_catalogue_says() -> None:
    assert index.FILE.read_text() == index.written(), "write it anew: make docs"
    assert [row.name for row in index.rows()] == list(names())


def test_listing_loads_no_entry() -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from doorbell_cli.commands.providers import providers\n"
        "result = CliRunner().invoke(providers, [])\n"
        "assert result.exit_code == 0, result.output\n"
        "print([m for m in sys.modules if m.startswith('doorbell.signatures')])\n"
    )
    run_it = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run_it.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("GIT", {"github", "github.sha1", "gitlab", "gitlab.signed", "gitea"}),
        ("cal.com", {"calcom"}),
        ("sign", {"docusign"}),
        ("whatsapp", {"meta"}),
        ("lemon squeezy", {"lemonsqueezy"}),
    ],
)
def test_a_provider_is_found_by_any_part_of_any_name(part: str, expected: set[str]) -> None:
    result = run("find", part, "--json")
    assert result.exit_code == 0
    assert expected <= {row["name"] for row in json.loads(result.stdout)}


def test_a_part_of_a_name_needs_no_command() -> None:
    result = run("githu")
    assert result.exit_code == 0
    assert "github.sha1" in result.stdout
    assert "stripe" not in result.stdout


def test_what_is_in_no_name_is_told_with_what_comes_close() -> None:
    assert run("nothing-like-it").exit_code == 1
    result = run("show", "strpe")
    assert result.exit_code == 1
    assert "Did you mean stripe" in result.stderr
    assert "Did you mean gitea" in run("show", "gite").stderr
    assert "Did you mean stripe" in run("find", "stirpe").stderr


def test_the_list_ends_with_how_many_need_a_token_alone() -> None:
    rows = index.rows()
    alone = [row.name for row in rows if not row.needs]
    assert f"{len(alone)} of {len(rows)} can be set up with a token alone" in run().stdout
    assert {"github", "stripe", "telegram"} <= set(alone)
    assert not {"hmac", "jwt", "meta", "notion", "square", "braintree"} & set(alone)


@pytest.mark.parametrize("name", sorted(names()))
def test_what_a_request_is_said_to_look_like_has_the_headers_of_one_that_is_signed(name: str) -> None:
    case = CASES[name]
    if case.entry.special in ("declared", "cloudevents"):
        return
    added = set(case.signed().headers) - set(case.headers)
    shown = request_of(case.entry)
    said = {line.partition(":")[0].lower() for line in shown.splitlines() if ": " in line}
    assert not added or said & added, shown
    if case.entry.scheme is not None:
        assert added <= said | {"content-type"}, shown
    in_url = {key for key, value in parse_qsl(case.signed().raw_query) if value == case.signing}
    where = f"/in/{name}" + "".join(f"?{key}=<secret>" for key in in_url)
    assert shown.splitlines()[0] in (f"POST {where}", f"GET {where}")


def test_show_says_who_proved_it_what_is_not_signed_and_how_a_request_looks() -> None:
    own, third = run("show", "buildkite").stdout, run("show", "vercel").stdout
    assert "proof          the provider's own" in own
    assert "proof          third-party" in third
    assert "not signed     URL, other headers" in own
    assert "x-buildkite-signature: timestamp=<seconds>, signature=<hex HMAC-SHA256>" in own
    assert "needs          the secret alone" in own
    assert "needs          public_url" in run("show", "trello").stdout


def test_every_other_name_leads_to_an_entry() -> None:
    assert [other for other, name in ALIASES.items() if find(name) is None] == []
    assert set(ALIASES) & set(names()) == set()


@pytest.mark.parametrize("name", sorted(names()))
def test_an_entry_says_how_its_scheme_is_known_and_where_third_parties_only(name: str) -> None:
    entry = find(name)
    assert entry is not None
    assert entry.proof in ("", "third-party")
    assert entry.docs.startswith("https://")
    assert entry.setup.endswith((".", "…", ".…", ")"))


def test_who_writes_a_scheme_that_proves_little_is_told_what_it_means() -> None:
    assert limits_of(None) == limits_of({"signature": {"header": "x"}}) == []
    assert limits_of({"binds_body": False}) == [NO_BODY]
    assert limits_of({"weak": True}) == [WEAK]
    assert limits_of({"binds_body": False, "weak": True}) == [NO_BODY, WEAK]


@pytest.mark.parametrize("name", names())
def test_how_a_request_is_proven_is_said_without_gaps(name: str) -> None:
    entry = find(name)
    assert entry is not None
    assert "None" not in proof(entry)
