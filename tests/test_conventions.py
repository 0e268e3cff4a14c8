"""The rules of the house that a machine can see."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path
from string import Formatter
from typing import Any

from flask import Flask

from servicedesk.core.audit import KINDS
from servicedesk.core.jobs import JOBS, QUEUES
from servicedesk.core.permissions import EVERYWHERE_ONLY, ROLE_PERMISSIONS, Permission
from servicedesk.core.timers import TIMER_FUNCTIONS
from servicedesk.notifications.rules import RULES, TOPIC_WORDS, Topic
from servicedesk.supervision.system import workers
from tests.source import ROOT, dotted, imported, modules, nodes, tracked_texts

LONGEST_MODULE = 300
LONGEST_FUNCTION = 25
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today", "func.now",
    "func.current_timestamp",
}  # fmt: skip
IN_TRANSACTIONS = ("servicedesk/core/jobs.py", "servicedesk/web/transaction.py")
OWN_PATH = re.compile(r"^(servicedesk|catalogue)(\.\w+)+$")
MACHINE_PATH = re.compile(r"""(?<![\w.>)}])/(?:work|root|home|Users)/[\w.-]""")
IDS = ("int", "id")
ROUTE_WORD = re.compile(r"^[a-z0-9]+(?:[-.][a-z0-9]+)*$")


def own_paths() -> dict[str, Any]:
    """Return everything of ours that the code names by a dotted path, and what each path leads to."""
    found = {}
    for _, node in nodes(ast.Constant):
        if isinstance(node.value, str) and OWN_PATH.match(node.value):
            found[node.value] = resolved(node.value)
    return found


def resolved(path: str) -> Any:
    """Return the module or the attribute that a path names; None if there is neither."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name, None)


def views(app: Flask) -> dict[str, Any]:
    """Return every view that answers something."""
    answered = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.build_only}
    return {name: view for name, view in app.view_functions.items() if name in answered}


# Where what may be done


def test_only_jobs_and_requests_commit() -> None:
    committing = {
        path
        for path, call in nodes(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    }
    assert committing == set(IN_TRANSACTIONS)


def test_only_web_knows_flasks_session_and_who_is_signed_in() -> None:
    names = {"flask.session", "flask_login.current_user"}
    assert [path for path, name in imported() if name in names and "/web/" not in path] == []


def test_only_settings_read_the_environment() -> None:
    readers = {path for path, node in nodes(ast.Attribute) if dotted(node) in ("os.environ", "os.getenv")}
    readers |= {path for path, name in imported() if name in ("os.environ", "os.getenv")}
    assert readers == {"servicedesk/settings.py"}


def test_only_the_clock_reads_the_time() -> None:
    readers = {path for path, node in nodes(ast.Attribute) if dotted(node) in CLOCKS}
    readers |= {path for path, name in imported() if name in ("time.time", "time.time_ns")}
    assert readers == {"servicedesk/core/clock.py"}


def test_only_the_supervisor_and_commands_measure_how_long_something_takes() -> None:
    measuring = {path for path, node in nodes(ast.Attribute) if dotted(node).startswith("time.monotonic")}
    assert [
        path for path in measuring if not path.startswith(("servicedesk/supervision/", "servicedesk/cli/"))
    ] == []


# Routes and rights


def test_every_route_declares_who_may_open_it(app: Flask) -> None:
    undeclared = [
        name
        for name, view in views(app).items()
        if not hasattr(view, "required_permission") and not hasattr(view, "is_public")
    ]
    assert undeclared == []


def test_every_route_is_kebab_case_and_types_what_varies(app: Flask) -> None:
    wrong = []
    for rule in app.url_map.iter_rules():
        for part in filter(None, rule.rule.split("/")):
            varies = re.fullmatch(r"<(?:(\w+):)?(\w+)>(?:\.[a-z]+)?", part)
            if varies is None:
                is_wrong = not ROUTE_WORD.match(part)
            else:
                is_wrong = varies[2].endswith("_id") and varies[1] not in IDS
            if is_wrong:
                wrong.append(rule.rule)
    assert wrong == []


def test_every_permission_is_held_by_a_role() -> None:
    held = frozenset().union(EVERYWHERE_ONLY, *ROLE_PERMISSIONS.values())
    assert set(Permission) - held == set()


def test_every_permission_is_asked_for_somewhere() -> None:
    asked = {
        node.attr
        for path, node in nodes(ast.Attribute)
        if dotted(node.value) in ("Permission", "_P") and not path.endswith("core/permissions.py")
    }
    assert {permission.name for permission in Permission} - asked == set()


def test_permissions_are_named_and_sorted_alike() -> None:
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert [name.replace("_", ":", 1).lower() for name in Permission.__members__] == values


# The audit trail and what follows from it


def test_every_audit_kind_has_words_that_its_keys_can_fill(app: Flask) -> None:
    unfilled = {}
    for name, kind in KINDS.items():
        wanted = {key for _, key, _, _ in Formatter().parse(kind.words) if key}
        if not kind.words or wanted - kind.keys:
            unfilled[name] = kind.words
    assert KINDS
    assert unfilled == {}


def test_every_event_that_is_written_has_a_declared_kind(app: Flask) -> None:
    calls = [call for _, call in nodes(ast.Call) if dotted(call.func).split(".")[-1] == "write_audit_event"]
    named = {call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)}
    assert named
    assert named - set(KINDS) == set()


def test_every_kind_that_is_told_has_its_mail_and_every_mail_its_kind(app: Flask) -> None:
    mails = {path.stem for path in (ROOT / "templates/mail").glob("*.txt")} - {"base"}
    assert mails == set(RULES)
    assert set(RULES) <= set(KINDS)


def test_every_topic_can_be_chosen_and_is_used() -> None:
    assert set(TOPIC_WORDS) == set(Topic)
    assert {rule.topic for rules in RULES.values() for rule in rules} == set(Topic)


# What is named by its path


def test_whatever_is_named_by_a_path_exists() -> None:
    assert [path for path, found in own_paths().items() if found is None] == []


def test_whatever_a_path_lets_run_is_declared_as_a_job_or_for_timers() -> None:
    functions = {path for path, found in own_paths().items() if callable(found)}
    assert functions
    assert functions - set(JOBS) - TIMER_FUNCTIONS == set()


def test_every_job_has_a_queue_and_every_queue_a_worker() -> None:
    own_paths()
    served = {program.argv[-1] for program in workers() if "worker" in program.argv}
    assert set(JOBS.values()) <= set(QUEUES)
    assert served == set(QUEUES)


def test_every_table_is_known_to_a_factory_that_has_just_started(tmp_path: Path) -> None:
    program = (
        "from servicedesk.app import create_app; from servicedesk.settings import Settings;"
        f"create_app(Settings.from_env({{'SERVICEDESK_VAR': {str(tmp_path)!r}}}));"
        "from servicedesk.core.db import db; print(*db.metadata.tables)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert declared_tables()
    assert declared_tables() - set(told.stdout.split()) == set()


def declared_tables() -> set[str]:
    """Return the name of every table that a class of ours declares by its columns."""
    tables = set()
    for _, entity in nodes(ast.ClassDef):
        has_columns = any(isinstance(part, ast.AnnAssign) for part in entity.body)
        for part in entity.body:
            if isinstance(part, ast.Assign) and dotted(part.targets[0]) == "__tablename__" and has_columns:
                tables.add(ast.literal_eval(part.value))
    return tables


# A joy to read


def test_no_module_is_longer_than_can_be_read_in_one_sitting() -> None:
    lengths = {
        path: len((ROOT / path).read_text().splitlines()) for path in modules("servicedesk", "catalogue")
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_can_be_seen_at_once() -> None:
    long = {
        f"{path}:{function.name}": length
        for path, function in nodes(ast.FunctionDef)
        if (length := body_lines(function)) > LONGEST_FUNCTION
    }
    assert long == {}


def body_lines(function: ast.FunctionDef) -> int:
    """Return how many lines a function's body has, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_nothing_is_left_to_be_done_later() -> None:
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    assert [path for path, text in tracked_texts() if is_ours(path) and marks.search(text)] == []


def test_at_most_ten_checks_are_ignored_and_each_with_a_reason() -> None:
    marks = re.compile(r"# (?:noqa|type: ignore)(?:\[|:)[^\n]*")
    found = [mark for path, text in tracked_texts() if path.endswith(".py") for mark in marks.findall(text)]
    assert len(found) <= 10, found


def test_no_test_replaces_our_own_code() -> None:
    replaced = [
        (path, node.lineno)
        for path, node in nodes(ast.ImportFrom, "tests")
        if (node.module or "").startswith(("unittest.mock", "mock", "pytest_mock"))
    ]
    replaced += [
        (path, node.lineno) for path, node in nodes(ast.arg, "tests") if node.arg in ("monkeypatch", "mocker")
    ]
    assert replaced == []


def test_no_file_knows_the_machine_that_it_was_written_on() -> None:
    found = [
        (path, mark[0])
        for path, text in tracked_texts()
        if is_ours(path) and (mark := MACHINE_PATH.search(text))
    ]
    assert found == []


def test_locks_pin_hashes_and_name_no_registry() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text()
        assert "--hash=sha256:" in lock
        assert "://" not in lock
        assert "index-url" not in lock


def is_ours(path: str) -> bool:
    """Return whether a file is of our own making, not vendored."""
    return "/vendor/" not in path
