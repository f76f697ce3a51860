"""Configuration in YAML: what is in it, and on which line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from doorbell.egress.guard import EgressPolicy
from doorbell_cli.configfile import FileError, read_file

POLICY = EgressPolicy()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "doorbell.yaml"


def refusal(file: Path, text: str) -> str:
    file.write_text(text)
    with pytest.raises(FileError) as raised:
        read_file(file)
    return str(raised.value).removeprefix(str(file))


def test_both_lists_are_read_in_order(file: Path) -> None:
    file.write_text(
        "sources:\n  - {source_id: a}\n  - {source_id: b}\nsubscriptions:\n  - {subscription_id: c}\n"
    )
    assert [entry.label for entry in read_file(file)] == [
        "source a",
        "source b",
        "subscription default/c",
    ]


@pytest.mark.parametrize("text", ["source_id: a\n", "- source_id: a\n", "---\nsource_id: a\n---\n"])
def test_one_item_can_stand_alone(file: Path, text: str) -> None:
    file.write_text(text)
    assert [entry.label for entry in read_file(file)] == ["source a"]


def test_a_subscription_that_names_its_sources_can_stand_alone_too(file: Path) -> None:
    """As `subscriptions show --json` writes it. `sources` is also the name of a list of a whole file."""
    for text in (
        "subscription_id: ci\nsources: [github]\nurl: https://example.com/\n",
        "sources: [github]\nurl: https://example.com/\nsubscription_id: ci\n",
    ):
        file.write_text(text)
        (entry,) = read_file(file)
        assert (entry.label, entry.values["sources"]) == ("subscription default/ci", ["github"])


def test_an_item_with_a_url_is_a_subscription_even_without_its_id(file: Path) -> None:
    file.write_text("url: https://example.com/\nsigning: none\n")
    (entry,) = read_file(file)
    (problem,) = entry.problems(POLICY)
    assert problem.endswith(":1: subscription default/?: subscription_id: missing")


def test_each_problem_is_on_the_line_of_its_field(file: Path) -> None:
    file.write_text(
        "subscriptions:\n"
        "- subscription_id: ci\n"
        "  url: http://10.0.0.1/\n"
        "  signing: none\n"
        "  filter: 'length('\n"
        "  retry:\n"
        "    schedule:\n"
        "      - 0\n"
        "      - soon\n"
    )
    (entry,) = read_file(file)
    lines = [problem.removeprefix(f"{file}:").split(":")[0] for problem in entry.problems(POLICY)]
    assert sorted(lines) == ["3", "5", "9"]
    assert entry.line("url") == 3
    assert entry.line("nowhere") == 2
    assert entry.line() == 2


def test_what_only_the_checks_know_is_on_its_line_too(file: Path) -> None:
    file.write_text("subscription_id: ci\nsigning: none\nurl: https://10.0.0.1/\nfilter: nope(@)\n")
    (entry,) = read_file(file)
    assert [problem.removeprefix(f"{file}:")[0] for problem in entry.problems(POLICY)] == ["3", "4"]


def test_two_equal_keys_are_refused_instead_of_the_last_one_winning(file: Path) -> None:
    assert refusal(file, "source_id: a\nprovider: github\nprovider: stripe\n") == ":3: provider: given twice"


def test_two_equal_keys_deep_inside_are_refused_too(file: Path) -> None:
    assert refusal(file, "source_id: a\noptions:\n  x: 1\n  x: 2\n") == ":4: x: given twice"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: {a: b}\n", ":1: sources: must be a list"),
        ("sources:\n  - hello\n", ":2: an item must be a map of fields"),
        ("sources: []\nsauces: []\n", ":2: sauces: must be sources or subscriptions"),
        ("just text\n", ":1: must be an item, a list of items, or sources and subscriptions"),
        ("a: [\n", ":2: not YAML"),
        ("a: !!python/object:os.system {}\n", ":1: not YAML"),
    ],
)
def test_what_is_no_configuration_is_refused_with_its_line(file: Path, text: str, said: str) -> None:
    assert refusal(file, text).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "source_id: a\ndescription: 2026-13-45\n",
            ":2: looks like a YAML timestamp and is not a valid one: quote it if it is text",
        ),
        ("source_id: a\nx: !!int many\n", ":2: looks like a YAML int"),
        ("source_id: a\nx: !!timestamp soon\n", ":2: looks like a YAML timestamp"),
        ("source_id: a\nx: !!bool perhaps\n", ":2: looks like a YAML bool"),
        ("source_id: a\nx: [1, 0x_]\n", ":2: looks like a YAML int"),
        ("source_id: a\n? [b]\n: 1\n", ":2: a field's name must be text"),
        ("source_id: a\nx: " + "[" * 5000 + "]" * 5000, ": nested too deeply"),
    ],
)
def test_a_value_that_is_not_what_it_looks_like_is_refused_with_its_line(
    file: Path, text: str, said: str
) -> None:
    assert refusal(file, text).startswith(said)


@pytest.mark.parametrize("text", ["*hunter2", "!hunter2 x", "!!int hunter2", "!!float hunter2"])
def test_a_secret_that_was_not_quoted_is_not_repeated(file: Path, text: str) -> None:
    said = refusal(file, f"source_id: a\nsecrets: [{text}]\n")
    assert "quote it if it is text" in said
    assert "hunter2" not in said


def test_what_others_in_the_process_teach_yaml_is_not_taken_over(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught = {"!": lambda loader, suffix, node: {suffix: node.value}}
    monkeypatch.setattr(yaml.SafeLoader, "yaml_multi_constructors", taught)
    assert "quote it if it is text" in refusal(file, "source_id: a\nsecrets: [!hunter2 x]\n")


def test_merge_keys_and_anchors_are_understood(file: Path) -> None:
    file.write_text(
        "- &base {subscription_id: a, url: https://example.com/, signing: none}\n"
        "- {<<: *base, subscription_id: b}\n"
    )
    entries = read_file(file)
    assert [entry.values["subscription_id"] for entry in entries] == ["a", "b"]
    assert [entry.problems(POLICY) for entry in entries] == [[], []]


@pytest.mark.parametrize(
    "text",
    [
        "sources:\n- &a {source_id: x, provider: github, options: *a}\n",
        "sources:\n- {source_id: x, secrets: &a [one, [*a]]}\n",
        "subscriptions: \n- &a\n  <<: *a\n",
    ],
)
def test_an_item_that_contains_itself_is_refused_with_its_line(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(FileError, match=r":2: contains itself$"):
        read_file(file)


def test_an_alias_used_often_is_walked_once(file: Path) -> None:
    """Each line has the one before it nine times: 9^20 paths."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 21))]
    file.write_text("\n".join(lines))
    assert [entry.label for entry in read_file(file)]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file"):
        read_file(tmp_path / "none.yaml")
