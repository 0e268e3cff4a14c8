"""Every check, cheapest first, until the first that fails: `python -m tests [fast|browser|bench|soak]`."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
APART = "browser or processes"
BENCHMARKS = "tests/benchmarks"


@dataclass(frozen=True, slots=True)
class Check:
    """One command and what it makes sure of; the tests among them also leave a count."""

    heading: str
    command: tuple[str, ...]
    is_pytest: bool = False

    def argv(self, folder: Path) -> list[str]:
        """Return the command to run, with the tools of this very environment."""
        if not self.is_pytest:
            return [str(BIN / self.command[0]), *self.command[1:]]
        report = folder / f"{len(list(folder.iterdir()))}.xml"
        return [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *self.command]


def _tests(heading: str, *arguments: str) -> Check:
    """Return a check that is a run of pytest."""
    return Check(heading, arguments, is_pytest=True)


STATIC = (
    Check("Format", ("ruff", "format", "--check", "--quiet", ".")),
    Check("Lint", ("ruff", "check", "--quiet", ".")),
    Check("Import contracts", ("lint-imports", "--no-logo")),
    Check("Types", ("mypy",)),
)
UNIT = _tests("Unit and wiring", "-n", "2", "-m", f"not ({APART} or soak)", f"--ignore={BENCHMARKS}")
JOURNEYS = _tests("Browser and processes", "-m", f"({APART}) and not soak", f"--ignore={BENCHMARKS}")
ROUNDS = {
    "all": (*STATIC, UNIT, JOURNEYS),
    "fast": (*STATIC, UNIT),
    "browser": (JOURNEYS,),
    "bench": (_tests("Speed with many records", "-s", BENCHMARKS),),
    "soak": (_tests("Long rounds", "-m", "soak", f"--ignore={BENCHMARKS}"),),
}


def main(arguments: list[str]) -> int:
    """Run one round of checks and return the exit status of the first that fails."""
    name = arguments[0] if arguments else "all"
    if len(arguments) > 1 or name not in ROUNDS:
        say(f"There is no such round. Choose one of: {', '.join(ROUNDS)} (without a name: all).")
        return 2
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="servicedesk-checks-") as folder:
        for check in ROUNDS[name]:
            if status := run(check, Path(folder)):
                return status
        say(f"\n{closing_line(Path(folder), time.monotonic() - began)}")
    return 0


def run(check: Check, folder: Path) -> int:
    """Run one check under its heading; say how long it took, or how to run it alone."""
    say(f"\n── {check.heading} " + "─" * (70 - len(check.heading)))
    if check is JOURNEYS and not shutil.which("chromium"):
        say("!!! NO CHROMIUM: THE BROWSER JOURNEYS ARE SKIPPED. As root: apt-get install chromium !!!")
    argv = check.argv(folder)
    began = time.monotonic()
    status = subprocess.run(argv, cwd=ROOT, check=False).returncode
    took = f"{time.monotonic() - began:.1f} s"
    say(f"{check.heading}: {'FAILED' if status else 'in order'} ({took})")
    if status:
        say(f"Again by itself: {' '.join(part for part in argv if not part.startswith('--junit'))}")
    return status


def closing_line(folder: Path, seconds: float) -> str:
    """Return the sum of all runs of pytest in the words with which pytest closes one."""
    counts: Counter[str] = Counter()
    for report in folder.glob("*.xml"):
        for suite in ElementTree.parse(report).iter("testsuite"):
            counts.update(
                {name: int(suite.get(name, 0)) for name in ("tests", "skipped", "failures", "errors")}
            )
    passed = counts["tests"] - counts["skipped"] - counts["failures"] - counts["errors"]
    words = [f"{passed} passed"] + ([f"{counts['skipped']} skipped"] if counts["skipped"] else [])
    return f"===== {', '.join(words)} in {seconds:.2f}s ====="


def say(text: str) -> None:
    """Write a line at once, so that it stands before what the check writes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
