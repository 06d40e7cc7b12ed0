"""Where a module can be changed, which small changes are possible there, and what a change becomes.

The changes are those of cosmic-ray. Left out is what no call can notice: annotations, caches, and the arguments that
check what always holds (``zip(strict=True)``, ``dataclass(frozen=True)``) or say what is copied.
"""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

# Operators that need arguments, or whose change is another's as well.
LEFT_OUT = ("core/VariableReplacer", "core/VariableInserter")
CACHES = ("cache", "lru_cache")
CHECKS = ("strict", "frozen", "slots", "kw_only", "deep", "copy")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Place:
    """A place in a module, and the operators that change it: each with the number that the place has for it."""

    path: str
    line: int
    column: int
    choices: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Change:
    """One change of a module: what the line was and becomes, and the whole text of the module with it."""

    path: str
    line: int
    column: int
    operator: str
    number: int
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells this change from all others."""
        return self.path, self.operator, self.number


@dataclass(frozen=True)
class Scope:
    """What runs a place: the lines of its statement, and the function whose body it is in, if any.

    The function is the outermost one: its name with its classes, the first line and the last line of its body.
    """

    first: int
    last: int
    function: str | None
    body: tuple[int, int] | None


def places_of(tree: Path, path: str) -> Iterator[Place]:
    """Yield the places of a module at which a change can be noticed."""
    source = (tree / path).read_text(encoding="utf-8")
    hidden = unnoticeable(source)
    nodes = list(ast_nodes(get_ast(source)))
    found: dict[tuple[str, tuple[int, int]], list[tuple[str, int]]] = defaultdict(list)
    known: dict[str, list[tuple[int, int]]] = {}
    for name in sorted(set(operator_names()) - set(LEFT_OUT)):
        operator = get_operator(name)()
        # All that replace one binary operator replace it at the same places.
        key = name.rsplit("_", 1)[0] if "BinaryOperator" in name else name
        if key not in known:
            known[key] = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for number, start in enumerate(known[key]):
            if not any(first <= start < last for first, last in hidden):
                found[name.split("_")[0], start].append((name, number))
    for (_, start), choices in sorted(found.items()):
        yield Place(path, *start, tuple(choices))


def changed(tree: Path, place: Place, operator: str, number: int) -> Change | None:
    """Return one change of a place; None when it changes nothing, or is no Python."""
    source = (tree / place.path).read_text(encoding="utf-8")
    new = mutate_code(source, get_operator(operator)(), number)
    if new is None or new == source:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # "is" beside a number
            compile(new, place.path, "exec")
    except SyntaxError:
        return None
    before = source.splitlines()[place.line - 1].strip()
    after = (new.splitlines()[place.line - 1 : place.line] or [""])[0].strip()
    return Change(place.path, place.line, place.column, operator.removeprefix("core/"), number, before, after, new)


def scope_of(source: str, line: int, column: int) -> Scope:
    """Return what runs a place of a module."""
    at = (line, column)
    first, last, function, body = 1, 1, None, None
    nodes: list[tuple[ast.AST, tuple[str, ...]]] = [(ast.parse(source), ())]
    while nodes:
        node, names = nodes.pop()
        for child in ast.iter_child_nodes(node):
            inside = names
            if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                start, end = _span(child)
                if not start <= at < end:
                    continue
                blocks = getattr(child, "body", None)
                first = start[0]
                last = blocks[0].lineno - 1 if blocks else end[0]
                last = max(last, first)
                if isinstance(child, ast.ClassDef | Function):
                    inside = (*names, child.name)
                if isinstance(child, Function) and function is None and _span(child.body[0])[0] <= at:
                    function, body = ".".join(inside), (child.body[0].lineno, child.end_lineno or child.lineno)
            nodes.append((child, inside))
    return Scope(first, last, function, body)


def names_defined(source: str, scope: Scope) -> set[str]:
    """Return the names that the statement of a place gives to values of its module, or the function that it is in."""
    if scope.function is not None:
        return {scope.function.split(".")[-1]}
    for node in ast.parse(source).body:
        if node.lineno <= scope.first <= (node.end_lineno or node.lineno):
            if isinstance(node, Function):
                return {node.name}
            targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
            return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return set()


def _span(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where a statement begins, with its decorators, and ends."""
    if isinstance(node, ast.match_case):
        node_end = _span(node.body[-1])[1]
        return (node.pattern.lineno, node.pattern.col_offset), node_end
    first = min([node, *getattr(node, "decorator_list", [])], key=lambda each: each.lineno)
    start = (first.lineno, max(first.col_offset - (first is not node), 0))
    return start, (node.end_lineno, node.end_col_offset)


def unnoticeable(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where the types, caches and checks of a module stand: lines from 1, columns from 0."""
    nodes: list[ast.AST | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            nodes.append(node.returns)
            nodes += [d for d in node.decorator_list if ast.unparse(d).split("(")[0].split(".")[-1] in CACHES]
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            nodes.append(node.annotation)
        elif isinstance(node, ast.keyword) and node.arg in CHECKS:
            nodes.append(node.value)
    # A decorator's place is its "@", the column before.
    return [((n.lineno, max(n.col_offset - 1, 0)), (n.end_lineno, n.end_col_offset)) for n in nodes if n is not None]
