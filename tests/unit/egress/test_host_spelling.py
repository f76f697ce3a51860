"""A host that cannot be sent to gets one answer, where a subscription is written and where it is sent to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.host_names import beyond_ascii, in_ascii, problem_with_name
from doorbell.egress.guard import EgressPolicy, problem_with
from doorbell.store.items.models import problems

POLICY = EgressPolicy()
ITEM = {"tenant_id": "acme", "subscription_id": "audit", "signing": "none"}


def when_written(url: str) -> list[str]:
    return [error.problem for error in problems({**ITEM, "url": url}) if error.field == "url"]


@pytest.mark.parametrize(
    "url",
    [
        "https://my_hooks.example.com/", "https://hooks.my_company.example.com/", "https://_dmarc.example.com/",
        "https://-hooks.example.com/", "https://hooks..example.com/", "https://hooks.example.com./",
        "https://*.example.com/", "https://" + "a" * 64 + ".example.com/", "https://" + "a." * 127 + "com/",
        "https://b\u00fccher.example/", "https://B\u00dcCHER.example/hook", "https://\u4f8b\u3048.example/",
        "https://my_b\u00fccher.example/", "https://127\u30020\u30020\u30021/", "https://loc\u00adalhost/",
        "https://hooks.example.com/b\u00fccher?token=s3cr3t", "https://hooks.example.com/?a=\ud800",
    ],
)  # fmt: skip
def test_what_is_refused_at_sending_is_refused_at_writing_in_the_same_words(url: str) -> None:
    said = problem_with(url, POLICY)
    assert said is not None
    assert when_written(url) == [said]
    oauth = {"token_url": url, "client_id": "c", "client_secret_ref": "ssm:/s"}
    (token_url,) = problems({**ITEM, "url": "https://hooks.example.com/", "oauth": oauth})
    assert (token_url.field, token_url.problem) == ("oauth.token_url", said)
    assert "s3cr3t" not in said


@pytest.mark.parametrize(
    "url", ["https://xn--bcher-kva.example/", "https://3com.example/", "https://[2606:4700:4700::1111]/"]
)
def test_what_can_be_sent_to_can_be_written(url: str) -> None:
    assert problem_with(url, POLICY) is None
    assert when_written(url) == []


@pytest.mark.parametrize(
    ("host", "form"),
    [
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("BU\u0308CHER.example", "xn--bcher-kva.example"),  # a U and its dots apart
        ("fa\u00df.example", "xn--fa-hia.example"),  # "fass" is another name
        ("\u4f8b\u3048.\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah"),
        ("\u092a\u0941\u0938\u094d\u0924\u0915.example", "xn--11b3ar0d1b5d.example"),
    ],
)
def test_the_answer_to_a_name_beyond_ascii_bears_its_xn_form(host: str, form: str) -> None:
    for said in (problem_with(f"https://{host}:8443/hook", POLICY), *when_written(f"https://{host}/")):
        assert said is not None
        assert said.endswith(form)
    assert problem_with(f"https://{form}/", POLICY) is None


@pytest.mark.parametrize(
    "host", ["127\u30020\u30020\u30021", "\uff11\uff12\uff17.0.0.1", "loc\u00adalhost", "\u24c1ocalhost"]
)
def test_a_name_that_programs_read_differently_is_not_spelt_out(host: str) -> None:
    assert in_ascii(host) is None
    assert "127.0.0.1" not in (beyond_ascii(f"https://{host}/") or "")


def test_an_underscore_is_named() -> None:
    assert "underscore" in (problem_with_name("my_hooks.example.com") or "")


@given(st.text(max_size=80))
def test_every_url_has_an_answer(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}.example/"):
        said = beyond_ascii(url)
        assert (said is None) == url.isascii()
        assert said is None or said.isascii()
