"""Whether two logics answer alike for every combination of true and false atoms."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import reduce
from itertools import combinations
from operator import and_, or_

from trialsieve.rules.logic import AllOf, AnyOf, AtLeast, AtomRef, Logic, Not, NotTrue, UnlessShown
from trialsieve.rules.logic_order import atoms_in


def is_same_logic(written: str, logic: Logic) -> bool:
    """Whether a logic in words (`a1 and (a2 or not a3)`) is the same function of the atoms as this one.

    Required evidence is no operand: it only keeps a criterion open, so here it counts as false.
    """
    tree = ast.parse(written, mode="eval").body
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | set(atoms_in(logic)))
    every = (1 << (1 << len(names))) - 1
    # One bit for each row of the truth table: blocks of 2**index rows in which the atom is true, then as many without.
    columns = {name: every // ((1 << (1 << index)) + 1) for index, name in enumerate(names)}
    return _of_words(tree, columns, every) == _of_logic(logic, columns, every)


def _of_words(node: ast.expr, columns: Mapping[str, int], every: int) -> int:
    match node:
        case ast.Name(id=name):
            return columns[name]
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return every & ~_of_words(inner, columns, every)
        case ast.BoolOp(op=operator, values=parts):
            combine = and_ if isinstance(operator, ast.And) else or_
            return reduce(combine, (_of_words(part, columns, every) for part in parts))
    raise ValueError(f"not a logic of atoms: {ast.unparse(node)}")


def _of_logic(logic: Logic, columns: Mapping[str, int], every: int) -> int:
    match logic:
        case AtomRef(id=name):
            return columns[name]
        case AllOf(of=parts):
            return reduce(and_, (_of_logic(part, columns, every) for part in parts))
        case AnyOf(of=parts):
            return reduce(or_, (_of_logic(part, columns, every) for part in parts))
        case AtLeast(count=count, of=parts):
            each = [_of_logic(part, columns, every) for part in parts]
            return reduce(or_, (reduce(and_, chosen) for chosen in combinations(each, count)))
        case Not(of=inner) | NotTrue(of=inner):
            return every & ~_of_logic(inner, columns, every)
        case UnlessShown():
            return 0
