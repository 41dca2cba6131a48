"""What is offered: buttons that nothing handles, and those that are taken when they are closed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.botmutants.planting import Change, plants
from benchmarks.botmutants.shapes import (
    CHOOSERS,
    SPEAKERS,
    name_of,
)
from benchmarks.botmutants.source import Bot, Edit, Module


@plants("button without handler")
def offer_more(_: Bot, module: Module) -> Iterator[Change]:
    """Offer what nothing handles beside what was offered."""
    for node in module.nodes:
        if not isinstance(node, ast.Call) or name_of(node) not in SPEAKERS or module.function(node) is None:
            continue
        for offer in _offers(node):
            if isinstance(offer, ast.Dict):
                yield Change(offer, (Edit(*[module.span(offer)[1] - 1] * 2, ', "help": "Talk to a person"'),))
            elif isinstance(offer, ast.List):
                yield Change(offer, (Edit(*[module.span(offer)[1] - 1] * 2, ', "Talk to a person"'),))
            elif isinstance(offer, ast.Call) and name_of(offer) == "list":
                yield Change(offer, (module.put(offer, f'[*{module.said(offer.args[0])}, "Talk to a person"]'),))
            elif isinstance(offer, ast.Name) and offer.id.isupper():
                more = (
                    f'{{**{offer.id}, "help": "Talk to a person"}}'
                    if _is_mapping(module, offer.id)
                    else f'[*{offer.id}, "Talk to a person"]'
                )
                yield Change(offer, (module.put(offer, more),))
            elif isinstance(offer, ast.Constant):
                yield Change(offer, (module.put(offer, f'"{offer.value} anyway"'),))


def _is_mapping(module: Module, name: str) -> bool:
    """Say whether the constant *name* of the module is a mapping."""
    assigned = [
        node.value
        for node in module.tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    ]
    return bool(assigned) and isinstance(assigned[0], ast.Dict)


def _offers(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call that speaks offers: lists and mappings, or titles after the words."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "options")
    words = [at for at, arg in enumerate(call.args) if isinstance(arg, ast.JoinedStr | ast.Constant)]
    if words:
        for arg in call.args[words[0] + 1 :]:
            if isinstance(arg, ast.Dict | ast.List | ast.Name) or (
                isinstance(arg, ast.Constant) and name_of(call) == "say"
            ):
                yield arg


@plants("stale button accepted")
def take_all_choices(_: Bot, module: Module) -> Iterator[Change]:
    """Take any choice that there is where only those may be taken that are open now."""
    filtered = {}
    for function in module.functions:
        for node in function.body:
            if isinstance(node, ast.Return) and (whole := _unfiltered(module, node.value)) is not None:
                filtered[function.name] = whole
    for node in module.nodes:
        if not isinstance(node, ast.Call) or name_of(node) not in CHOOSERS:
            continue
        for arg in node.args:
            inner = arg.value if isinstance(arg, ast.Starred) else arg
            whole = _unfiltered(module, inner)
            if whole is None and isinstance(inner, ast.Call):
                whole = filtered.get(name_of(inner))
            if whole is not None:
                yield Change(node, (module.put(inner, whole),))


def _unfiltered(module: Module, node: ast.AST | None) -> str | None:
    """Return what a comprehension that picks some of something picks from."""
    if isinstance(node, ast.ListComp) and node.generators[0].ifs and isinstance(node.generators[0].iter, ast.Name):
        return module.said(node.generators[0].iter)
    return None


@plants("stale button accepted")
def take_when_closed(_: Bot, module: Module) -> Iterator[Change]:
    """Take a choice without looking whether it is still open."""
    for node in module.nodes:
        if isinstance(node, ast.If) and isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And):
            first, *rest = node.test.values
            if (
                isinstance(first, ast.Call)
                and name_of(first) in CHOOSERS
                and all(isinstance(part, ast.Compare) for part in rest)
            ):
                yield Change(node.test, (module.put(node.test, module.said(first)),))
