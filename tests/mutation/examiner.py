"""Runs tests against changed code: the project is imported once, and each change gets a child process of that one.

The body of a changed function replaces the one that was imported. A change elsewhere, and one of a function that runs
while the project is imported, gets a process that has imported no more than the libraries.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
import types
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

# Tests that take longer than so many seconds of processor time are left out: many changes are tried in their time.
LONGEST_TEST = 3.0
# A change that makes a test take so many times its seconds, and ten more, is noticed: its loop does not end.
MUCH_LONGER, LONGER_BY = 5.0, 10.0
PLUGINS_LEFT_OUT = ("cacheprovider", "xdist", "pytest_cov", "terminal", "faulthandler")
# Tables of the project that many tests load, and none of the rooms makes.
LAYERS = ("country", "admin1", "admin2")


@dataclass
class Baseline:
    """What the tests do before anything is changed: their seconds, and which of them run a line of a module.

    `imported` has the lines of a module that run while it and the tests are imported.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    tests: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    imported: dict[str, set[int]] = field(default_factory=dict)


class Examiner:
    """Asks a process that has imported the project whether tests pass with a change."""

    def __init__(self, tree: Path, modules: list[str], tests: list[str]) -> None:
        self._tree = tree
        question, self._ask = _pipe()
        self._answer, answer = _pipe()
        if os.fork() == 0:
            self._ask.close()
            _be_pytest(tree, tests, _Server(tree, modules, question, answer))
        question.close()
        answer.close()
        told = json.loads(self._answer.readline() or '{"failed": ["the tests could not be collected"]}')
        self.baseline = Baseline(told.get("seconds", {}), told["failed"])
        for path, lines in told.get("tests", {}).items():
            self.baseline.tests[path] = {int(line): names for line, names in lines.items()}
        self.baseline.imported = {path: set(lines) for path, lines in told.get("imported", {}).items()}

    def first_failing(self, path: str, source: str, function: str | None, tests: list[str]) -> str | None:
        """Return the first of the tests that fails when a module has another text; None when all pass.

        `function` is the only one whose body differs; None when the project has to be imported anew.
        """
        file = self._tree / path
        kept = file.read_text(encoding="utf-8")
        limits = {test: LONGER_BY + MUCH_LONGER * self.baseline.seconds[test] for test in tests}
        limit = int(20 + 3 * sum(self.baseline.seconds[test] for test in tests))
        file.write_text(source, encoding="utf-8")
        try:
            if function is not None:
                question = {"path": path, "function": function, "tests": limits, "limit": limit}
                self._ask.write(json.dumps(question) + "\n")
                self._ask.flush()
                answer = json.loads(self._answer.readline())
                if answer != "anew":
                    return answer
            files = sorted({test.split("::")[0] for test in tests})
            return _in_child(limit, lambda told: _be_pytest(self._tree, files, _Chosen(limits, told)))
        finally:
            file.write_text(kept, encoding="utf-8")

    def close(self) -> None:
        """End the process that has imported the project."""
        self._ask.close()
        self._answer.close()
        os.wait()


class _Server:
    """A plugin of pytest: runs all tests once, and then those that are asked for, each time in a child."""

    def __init__(self, tree: Path, modules: list[str], question: IO[str], answer: IO[str]) -> None:
        import coverage

        os.environ["COVERAGE_CORE"] = "ctrace"  # the one that knows which test runs a line
        self._tree = tree
        self._modules = modules
        self._question = question
        self._answer = answer
        self._coverage = coverage.Coverage(data_file=None, config_file=False, include=[str(tree / m) for m in modules])
        self._coverage.start()

    def pytest_sessionstart(self) -> None:
        _take_the_same_examples()

    def pytest_runtestloop(self, session: Any) -> bool:
        """Serve until nobody asks any more."""
        for module in self._modules:
            importlib.import_module(module.removesuffix(".py").replace("/", "."))
        prepare_units = importlib.import_module("geoevents.joins.areas.prepared").prepare_units
        for layer in LAYERS:
            prepare_units(layer)
        self._coverage.stop()
        items = {item.nodeid: item for item in session.items}
        self._answer.write(json.dumps({**self._imported(), **self._first_run(session.items)}) + "\n")
        self._answer.flush()
        functions = _functions(self._tree)
        for line in self._question:
            asked = json.loads(line)
            found = _replacements(functions, self._tree / asked["path"], asked["function"])
            chosen = [items[test] for test in asked["tests"]]
            failed = "anew"
            if found is not None:
                failed = _in_child(asked["limit"], partial(_run_changed, found, chosen, asked["tests"]))
            self._answer.write(json.dumps(failed) + "\n")
            self._answer.flush()
        os._exit(0)

    def _imported(self) -> dict[str, Any]:
        data = self._coverage.get_data()
        return {"imported": {module: data.lines(str(self._tree / module)) or [] for module in self._modules}}

    def _first_run(self, items: list[Any]) -> dict[str, Any]:
        """Run all tests in a child; return their seconds, those that fail, and which of them run each line."""
        reading, writing = _pipe()
        child = os.fork()
        if child == 0:
            first = _First(self._coverage)
            items[0].config.pluginmanager.register(first)
            self._coverage.erase()
            self._coverage.start()
            _run(items)
            self._coverage.stop()
            data = self._coverage.get_data()
            tests = {}
            for module in self._modules:
                lines = data.contexts_by_lineno(str(self._tree / module))
                tests[module] = {n: [t for t in names if t in first.seconds] for n, names in lines.items()}
            json.dump({"seconds": first.seconds, "failed": first.failed, "tests": tests}, writing)
            writing.flush()
            os._exit(0)
        writing.close()
        told = reading.read()
        os.waitpid(child, 0)
        return dict(json.loads(told)) if told else {"failed": ["the tests ended their process"]}


class _First:
    """A plugin of pytest: what each test takes; one that takes too long is ended and forgotten."""

    def __init__(self, coverage: Any) -> None:
        self._coverage = coverage
        self._begun = 0.0
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def pytest_runtest_setup(self, item: Any) -> None:
        self._coverage.switch_context(item.nodeid)

    def pytest_runtest_call(self) -> None:
        """Begin to count processor time: a busy machine makes no test longer."""
        signal.signal(signal.SIGPROF, _skip)
        signal.setitimer(signal.ITIMER_PROF, LONGEST_TEST)
        self._begun = time.process_time()

    def pytest_runtest_logreport(self, report: Any) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - self._begun
        if report.failed and (report.when != "call" or seconds < LONGEST_TEST):
            self.failed.append(report.nodeid)
        elif report.when == "call" and report.passed:
            self.seconds[report.nodeid] = seconds


class _Told:
    """A plugin of pytest: the first test that fails, or takes too long, ends the process; what fails is told."""

    def __init__(self, limits: dict[str, float], told: IO[str]) -> None:
        self._limits = limits
        self._told = told

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        # Without a handler, which would wait for the end of a loop in a library.
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, self._limits[nodeid])

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._tell(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        """Notice a module that cannot be imported any more, too."""
        if report.failed:
            self._tell(report.nodeid)

    def _tell(self, name: str) -> None:
        self._told.write(name)
        self._told.flush()
        os._exit(1)


class _Chosen(_Told):
    """A plugin of pytest: runs these tests only, in their order."""

    def pytest_sessionstart(self) -> None:
        _take_the_same_examples()

    def pytest_runtestloop(self, session: Any) -> bool:
        items = {item.nodeid: item for item in session.items}
        gone = [test for test in self._limits if test not in items]
        if gone:  # a change of what the tests are made from
            self._tell(gone[0])
        _run([items[test] for test in self._limits])
        os._exit(0)


def _take_the_same_examples() -> None:
    """Let property tests try the same examples each time, and make no failing example smaller."""
    import hypothesis

    hypothesis.settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),  # a busy machine draws slowly
    )
    hypothesis.settings.load_profile("mutation")


def _skip(*_: object) -> None:
    import pytest

    pytest.skip("takes too long")


def _run(items: list[Any]) -> None:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)


def _functions(tree: Path) -> dict[tuple[str, str], list[types.FunctionType]]:
    """Return the functions of the project that live, by file and name, in the order of their lines."""
    found = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__code__.co_filename.startswith(str(tree)):
            found[thing.__code__.co_filename, thing.__code__.co_qualname].append(thing)
    return {key: sorted(each, key=lambda f: f.__code__.co_firstlineno) for key, each in found.items()}


def _replacements(
    functions: dict[tuple[str, str], list[types.FunctionType]], file: Path, name: str
) -> list[tuple[types.FunctionType, types.CodeType]] | None:
    """Return the functions of a name and what their code is in the file now; None when that is not told by the name."""
    with warnings.catch_warnings(action="ignore"):
        code = [compile(file.read_text(encoding="utf-8"), str(file), "exec")]
    for part in name.split("."):
        code = [c for each in code for c in each.co_consts if isinstance(c, types.CodeType) and c.co_name == part]
    living = functions.get((str(file), name), [])
    if len(living) != len(code) or any(
        f.__code__.co_freevars != c.co_freevars for f, c in zip(living, code, strict=True)
    ):
        return None
    return list(zip(living, code, strict=True))


def _run_changed(
    replacements: list[tuple[types.FunctionType, types.CodeType]],
    items: list[Any],
    limits: dict[str, float],
    told: IO[str],
) -> None:
    for function, code in replacements:
        function.__code__ = code
    items[0].config.pluginmanager.register(_Told(limits, told))
    _run(items)


def _in_child(limit: int, work: Any) -> str | None:
    """Do some work in a child, which has so much processor time, and four times that by the clock.

    The work writes what failed; None when it ends well without.
    """
    reading, writing = _pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            reading.close()
            os.setsid()
            sys.dont_write_bytecode = True  # of a changed module
            used = int(time.process_time())
            resource.setrlimit(resource.RLIMIT_CPU, (used + limit, used + limit))
            work(writing)
            os._exit(0)
        os._exit(70)
    writing.close()
    end = threading.Timer(4 * limit, os.killpg, (child, 9))
    end.start()
    told = reading.read()  # until the child is gone
    _, status = os.waitpid(child, 0)
    end.cancel()
    end.join()  # no child is forked from two threads
    reading.close()
    return told or (None if status == 0 else "the process ended")


def _pipe() -> tuple[IO[str], IO[str]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, encoding="utf-8"), os.fdopen(writing, "w", encoding="utf-8")


def _be_pytest(tree: Path, tests: list[str], plugin: Any) -> None:
    """Become the process of some tests, which ends with them; nothing is printed."""
    import pytest

    os.chdir(tree)
    sys.path.insert(0, str(tree))
    os.environ.update(PYTHONPATH=str(tree), CI="true", PYTHONDONTWRITEBYTECODE="1")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    without = [word for name in PLUGINS_LEFT_OUT for word in ("-p", f"no:{name}")]
    os._exit(int(pytest.main(["--assert=plain", "-m", "not browser", *without, *tests], plugins=[plugin])))
