"""What the faces share over HTTP: errors in words, headers, health, and where nobody is led."""

from typing import Any

import pytest
from flask import Flask
from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from servicedesk.core.jobs import QUEUES, use_redis
from servicedesk.core.timers import beat
from servicedesk.web.sign_in import local_target
from tests.factories import PASSWORD, make_agent, make_incident, make_person, with_password

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ELSEWHERE = [
    None, "", "https://evil.test/", "//evil.test/", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)",
    "http:evil.test", "/ok\r\nLocation: //evil.test", "/\t/evil.test", "evil", "/sign-in", "/sign-in?next=/x",
    "http://[", "//[",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere(app: Flask, target: str | None) -> None:
    with app.test_request_context():
        assert local_target(target) == "/"


def test_a_path_of_our_own_is_gone_to(app: Flask) -> None:
    with app.test_request_context():
        assert local_target("/desk/?state=new&q=a b") == "/desk/?state=new&q=a b"


@pytest.mark.parametrize("path", ["/", "/nothing", "/sign-in", "/healthz", "/api/v1/incidents"])
def test_every_answer_has_its_safety_headers(client: Any, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_static_file_is_taken_for_what_it_is(client: Any) -> None:
    with client.get("/static/css/base.css") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"].startswith("text/css")


def test_pages_of_somebody_signed_in_are_kept_by_nobody(sign_in: Any) -> None:
    assert sign_in(make_person()).get("/").headers["Cache-Control"] == "no-store"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Any) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_what_is_not_there_says_where_to_go_on(client: Any) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert "Start from the home page" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/records/INC-999999",
        "/records/%00",
        "/records/" + "9" * 300,
        "/records/INC-1/files/99999999999999999999",
        "/records/‮",
    ],
)
def test_numbers_that_nobody_has_are_not_there(sign_in: Any, path: str) -> None:
    answer = sign_in(make_person()).get(path)
    assert answer.status_code in (400, 404)
    assert "<h1>" in answer.text


def test_a_wrong_method_names_the_right_ones(client: Any) -> None:
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/desk/?q=a%00b", "/desk/log/people?q=a%00b", "/sign-in?next=%00", "/desk/?desk=99999999999999999999"],
)
def test_odd_signs_and_numbers_make_no_internal_error(sign_in: Any, path: str) -> None:
    assert sign_in(make_agent()).get(path).status_code < 500


def test_too_much_at_once_is_refused_in_words(sign_in: Any) -> None:
    person = make_person()
    answer = sign_in(person).post(
        f"/records/{make_incident(requester=person).number}/answer",
        data=b"x" * (33 * 1024 * 1024),
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 413
    assert "at most 10 MB" in answer.text


def test_a_form_without_its_token_is_offered_again_with_all_that_was_typed(sign_in: Any) -> None:
    browser = sign_in(make_person())
    answer = browser.post("/report?step=1", data={"title": "Tést <b>", "tags": ["one", "two"]})
    assert answer.status_code == 400
    assert "Nothing is lost" in answer.text
    assert 'value="Tést &lt;b&gt;"' in answer.text
    assert answer.text.count('name="tags"') == 2
    assert 'action="/report?step=1"' in answer.text


def test_what_was_typed_outlives_the_session(client: Any, sign_in: Any) -> None:
    person = with_password(make_person())
    asked = client.post("/report", data={"title": "My printer is on fire", "password": "not kept"})
    assert asked.status_code == 401
    kept = asked.text.split('name="kept_form" value="', 1)[1].split('"', 1)[0]
    token = asked.text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    resumed = client.post(
        "/sign-in", data={"csrf_token": token, "mail": person.mail, "password": PASSWORD, "kept_form": kept}
    )
    assert resumed.status_code == 200
    assert "Nothing is lost" in resumed.text
    assert 'value="My printer is on fire"' in resumed.text
    assert "not kept" not in resumed.text
    assert 'action="/report"' in resumed.text


def test_a_forged_kept_form_is_refused(client: Any) -> None:
    person = with_password(make_person())
    answer = client.send("/sign-in", mail=person.mail, password=PASSWORD, kept_form="forged.by.me")
    assert answer.status_code == 400
    assert "type it again" in answer.text


def test_signing_in_and_out(client: Any) -> None:
    person = with_password(make_person(name="Zoë O'Neil"))
    refused = client.send("/sign-in", mail=person.mail, password="wrong password")
    assert refused.status_code == 422
    assert "is not right" in refused.text
    signed = client.send(
        "/sign-in", page="/sign-in?next=/settings", mail=person.mail, password=PASSWORD, next="/settings"
    )
    assert (signed.status_code, signed.headers["Location"]) == (302, "/settings")
    page = client.get("/settings").text
    assert "Zoë O&#39;Neil" in page
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302
    assert client.get("/settings").headers["Location"].startswith("/sign-in?next=")


def test_a_cookie_opens_no_api_and_a_stranger_no_page(sign_in: Any, client: Any) -> None:
    assert sign_in(make_agent()).get("/api/v1/incidents").status_code == 401
    asked = client.get("/desk/")
    assert (asked.status_code, asked.headers["Location"]) == (302, "/sign-in?next=/desk/")


def test_the_process_lives(client: Any) -> None:
    assert client.get("/healthz").json == {"status": "alive"}


def test_what_is_not_running_is_named(client: Any, redis: Redis, app: Flask) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["ready"] is False
    assert answer.json["failing"] == ["timers", "worker"]
    assert answer.json["checks"]["schema"] == "ok"
    use_redis("redis://127.0.0.1:1/0")
    try:
        assert client.get("/readyz").json["failing"] == ["redis", "timers", "worker"]
    finally:
        use_redis(app.config["SETTINGS"].redis_url)


def test_with_everything_running_it_is_ready(client: Any, redis: Redis, db: Any) -> None:
    beat("timers")
    workers = [
        Worker([Queue(name, connection=redis)], connection=redis, serializer=JSONSerializer)
        for name in QUEUES
    ]
    for worker in workers:
        worker.register_birth()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["failing"]) == (200, [])
    assert answer.json["ready"] is True
