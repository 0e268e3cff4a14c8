"""The OpenAPI document and the page that shows it."""

from typing import Any

from flask import Flask
from markupsafe import escape


def test_anybody_may_read_the_document(client: Any) -> None:
    document = client.get("/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_each_operation_says_all_that_can_come_back(app: Flask) -> None:
    named = []
    for path, methods in app.extensions["openapi-document"]["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            named.append(operation["operationId"])
            statuses = set(operation["responses"])
            assert {"401", "403"} < statuses
            assert ("404" in statuses) == ("{" in path)
            assert ({"422", "429"} <= statuses) or method == "get"
            assert ({"400", "413", "415"} <= statuses) == ("requestBody" in operation)
            assert "Scope: `" in operation["description"]
    assert len(named) == len(set(named))


def test_every_route_of_the_api_is_in_the_document(app: Flask) -> None:
    paths = app.extensions["openapi-document"]["paths"]
    documented = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            path = "/".join(
                "{" + part.split(":")[1].rstrip(">") + "}" if part.startswith("<") else part
                for part in rule.rule.split("/")
            )
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                assert (path, method) in documented


def test_the_page_shows_every_operation(app: Flask, client: Any) -> None:
    page = client.get("/api/docs")
    text = page.get_data(as_text=True)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for methods in app.extensions["openapi-document"]["paths"].values():
        for operation in (told for method, told in methods.items() if method != "parameters"):
            title = escape(operation["summary"].rstrip("."))
            assert f'<h3 id="{operation["operationId"]}">{title}</h3>' in text
    assert "Authorization: Bearer" in text
    assert " style=" not in text
