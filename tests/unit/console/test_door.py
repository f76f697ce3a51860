"""The door of the console: one browser on this machine comes in, and nobody from elsewhere."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from doorbell_cli.console.door import PAGE_HEADERS, Door, DoorKeeper

PORT = 8123
OURS = f"http://127.0.0.1:{PORT}"
FROM_OUR_PAGE = {"origin": OURS, "sec-fetch-site": "same-origin"}


def inside(_: Request) -> Response:
    return PlainTextResponse("inside")


@pytest.fixture
def door() -> Door:
    return Door(PORT)


def browser(door: Door, at: str = OURS) -> TestClient:
    app = Starlette(routes=[Route("/{rest:path}", inside, methods=["GET", "POST"])])
    return TestClient(DoorKeeper(app, door), base_url=at, follow_redirects=False)


@pytest.fixture
def let_in(door: Door) -> TestClient:
    client = browser(door)
    assert client.get(door.first_url).status_code == 303
    return client


def test_the_first_address_becomes_a_cookie_and_the_token_leaves_it(door: Door) -> None:
    client = browser(door)
    assert urlsplit(door.first_url).hostname == "127.0.0.1"
    answer = client.get(f"{door.first_url}&tenant=acme")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?tenant=acme")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"doorbell-console-{PORT}=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert client.get("/").text == "inside"


def test_the_address_is_good_for_one_browser(door: Door) -> None:
    first_url = door.first_url
    first, second = browser(door), browser(door)
    assert first.get(first_url).status_code == 303
    assert second.get(first_url).status_code == 403
    assert second.get("/").status_code == 403
    assert first.get(first_url).status_code == 303  # its own browser, coming back by its history


@pytest.mark.parametrize("token", ["", "guessed", "None", "é"])
@pytest.mark.parametrize("was_used", [False, True])
def test_no_other_token_lets_anybody_in_before_or_after_the_address_was_used(
    door: Door, token: str, was_used: bool
) -> None:
    if was_used:
        assert browser(door).get(door.first_url).status_code == 303
    stranger = browser(door)
    assert stranger.get(f"/?token={token}").status_code == 403
    assert stranger.get("/").status_code == 403


@pytest.mark.parametrize("cookie", ["", "guessed", "é"])
def test_without_the_cookie_nobody_reads_or_posts(door: Door, cookie: str) -> None:
    given = {b"cookie": f"doorbell-console-{PORT}={cookie}".encode()}
    ours = {name.encode(): value.encode() for name, value in FROM_OUR_PAGE.items()}
    client = browser(door)
    assert client.get("/", headers=given).status_code == 403
    assert client.post("/", headers={**given, **ours}).status_code == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", f"localhost.evil.example:{PORT}", f"[::1]:{PORT}", ""],
)
def test_another_host_name_is_refused_even_with_the_cookie(let_in: TestClient, host: str) -> None:
    answer = let_in.get("/", headers={"host": host})
    assert (answer.status_code, "inside" in answer.text) == (421, False)


def test_the_machine_may_be_called_localhost(door: Door, let_in: TestClient) -> None:
    name, _, value = str(let_in.cookies).partition("Cookie ")[2].partition(" ")[0].partition("=")
    cookie = {"cookie": f"{name}={value}", "host": f"localhost:{PORT}"}
    assert browser(door, f"http://localhost:{PORT}").get("/", headers=cookie).text == "inside"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (FROM_OUR_PAGE, 200),
        ({"origin": f"http://localhost:{PORT}", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": OURS}, 200),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-site"}, 403),
        ({"origin": OURS, "sec-fetch-site": "same-site"}, 403),
    ],
)
def test_only_a_page_of_the_console_can_post(
    let_in: TestClient, headers: Mapping[str, str], status: int
) -> None:
    assert let_in.post("/", headers=headers).status_code == status


def test_every_answer_keeps_scripts_frames_and_caches_out(door: Door, let_in: TestClient) -> None:
    answers = [let_in.get("/"), browser(door).get("/"), let_in.get("/", headers={"host": "evil.example"})]
    answers.append(browser(Door(PORT)).get(f"/?token={'x' * 43}"))
    for answer in answers:
        assert {name: answer.headers[name] for name in PAGE_HEADERS} == dict(PAGE_HEADERS)
    policy = PAGE_HEADERS["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert PAGE_HEADERS["referrer-policy"] == "no-referrer"


def test_each_console_has_its_own_secrets() -> None:
    one, other = Door(PORT), Door(PORT)
    assert one.first_url != other.first_url
    assert not one.is_form_token(other.form_token)
    assert one.is_form_token(one.form_token)
    assert one.form_token not in one.first_url
