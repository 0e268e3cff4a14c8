"""Files and texts: what is kept, under which name, and what is refused in words."""

from typing import Any

import pytest
from sqlalchemy import select

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import RuleViolation
from servicedesk.records.models import Attachment, Watch
from servicedesk.records.operations import (
    LARGEST_FILE,
    LONGEST_TEXT,
    MOST_FILES,
    File,
    add_files,
    add_watcher,
    check_files,
    clean_name,
    clean_text,
)
from tests.factories import acting, make_incident, make_person


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\zoe\Desktop\shot.PNG", "shot.PNG"),
        ("innocent\u202egnp.exe", "innocentgnp.exe"),
        ("new\r\nline\x00\x1b.txt", "newline.txt"),
        ("Zoë 🐿 ‏שלום.docx", "Zoë 🐿 שלום.docx"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("folder/", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_kept_without_its_tricks(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (File("big.pdf", b"x" * (LARGEST_FILE + 1)), "“big.pdf” is larger than 10 MB"),
        (File("empty.pdf", b""), "“empty.pdf” is empty"),
        (File("run.exe", b"MZ"), "“run.exe” is of a kind that we cannot take"),
        (File("page.html", b"<script>"), "of a kind that we cannot take"),
        (File("picture.svg", b"<svg>"), "of a kind that we cannot take"),
        (File("pdf", b"x"), "of a kind that we cannot take"),
        (File(".pdf", b"x"), "of a kind that we cannot take"),
        (File("photo.png\u202efdp.exe", b"x"), "of a kind that we cannot take"),
    ],
)
def test_a_file_that_cannot_be_kept_is_named(file: File, words: str) -> None:
    with pytest.raises(RuleViolation, match=words) as refusal:
        check_files([File("good.pdf", b"x"), file])
    assert list(refusal.value.messages) == ["files"]


def test_one_too_many_is_refused_and_the_largest_allowed_is_kept(db: Any) -> None:
    with pytest.raises(RuleViolation, match="at most 10 files"):
        check_files([File("a.txt", b"x")] * (MOST_FILES + 1))
    check_files([File("a.txt", b"x" * LARGEST_FILE)] * MOST_FILES)


def test_a_file_is_kept_with_its_size_hash_and_a_type_of_our_choosing(db: Any) -> None:
    incident = make_incident()
    add_files(incident, [File("a/shot.PNG", b"<script>")], actor=acting(make_person()), now=utcnow())
    kept = db.session.scalars(select(Attachment)).one()
    assert (kept.name, kept.media_type, kept.size) == ("shot.PNG", "image/png", 8)
    assert len(kept.sha256) == 64
    assert kept.is_public


@pytest.mark.parametrize("text", ["", "   ", "\r\n\t", "\x00"])
def test_a_text_without_anything_in_it_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="Write your answer"):
        clean_text(text, field="text", missing="Write your answer.")


def test_a_text_is_kept_as_written_up_to_its_limit() -> None:
    assert clean_text(" a\r\nb\x00 ", field="text", missing="") == "a\nb"
    longest = "🐿" * LONGEST_TEXT
    assert clean_text(longest, field="text", missing="") == longest
    with pytest.raises(RuleViolation, match=r"at most 50,000 characters; this has 50,001"):
        clean_text(longest + "x", field="text", missing="")


def test_somebody_watches_once(db: Any) -> None:
    incident, person = make_incident(), make_person()
    for _ in range(2):
        add_watcher(incident, person.id, actor=acting(person), now=utcnow())
    assert len(db.session.scalars(select(Watch)).all()) == 1
