"""What the outside does: reports that come twice or late, two at once, and a process that dies."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from benchmarks.botmutants.planting import Change, above_code, at_top, plants
from benchmarks.botmutants.shapes import (
    handlers,
    made_numbers,
    name_of,
    state_returns,
    texts,
)
from benchmarks.botmutants.source import Bot, Edit, Module


@plants("duplicate callback applied twice")
def forget_ids(_: Bot, module: Module) -> Iterator[Change]:
    """Do not look whether a report was counted before."""
    for node in module.nodes:
        if not (isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and _asks_for_id(node.test)):
            continue
        if isinstance(node.test.ops[0], ast.In) and isinstance(node.body[-1], ast.Return) and len(node.body) == 1:
            yield Change(node, (module.put(node, "pass"),))
        elif isinstance(node.test.ops[0], ast.NotIn):
            yield Change(node.test, (module.put(node.test, "True"),))


def _asks_for_id(test: ast.Compare) -> bool:
    """Say whether *test* looks for something in what the same function, or one that it calls, adds it to."""
    if not isinstance(test.ops[0], ast.In | ast.NotIn):
        return False
    keys = {text.value for text in texts(test.comparators[0])} & {"seen", "handled", "id", "done", "processed"}
    names = {part.attr for part in ast.walk(test.comparators[0]) if isinstance(part, ast.Attribute)}
    return bool(keys) or bool(names & {"seen", "log", "handled"})


@plants("late callback revives the end")
def reopen(_: Bot, module: Module) -> Iterator[Change]:
    """Let a report go back to where reports are waited for, when all is over."""
    asking = {}
    for state, function in handlers(module):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and re.search("report|webhook|event|callback", name_of(node)):
                asking.setdefault(state, node)
    for state, function in handlers(module):
        first = function.body[0]
        if not (isinstance(first, ast.If) and len(first.body) == 1 and isinstance(first.body[0], ast.Return)):
            continue
        named = [text for text in texts(first.body[0]) if text.value == state]
        if named and state in asking and _asks_what_arrived(first.test):
            other = next((name for name in asking if name != state), None) or _first_long_state(module, state)
            yield Change(named[0], (module.put(named[0], f'"{other}"'),))


def _first_long_state(module: Module, state: str) -> str:
    """Return the state that most returns of the module name: where a person spends the time."""
    counts: dict[str, int] = {}
    for _state, function in handlers(module):
        for _, names in state_returns(module, function):
            for text in names:
                if text.value != state:
                    counts[text.value] = counts.get(text.value, 0) + 1
    return max(counts, key=lambda name: counts[name])


def _asks_what_arrived(test: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Call) and re.search("report|webhook|event|callback", name_of(part))
        for part in ast.walk(test)
    )


@plants("late callback revives the end")
def take_in_any_state(_: Bot, module: Module) -> Iterator[Change]:
    """Do not look at the state when a callback arrives."""
    for node in module.nodes:
        if not (
            isinstance(node, ast.If) and isinstance(node.test, ast.BoolOp) and isinstance(node.body[0], ast.Return)
        ):
            continue
        first, *rest = node.test.values
        if isinstance(first, ast.Compare) and getattr(first.left, "attr", "") == "state" and rest:
            yield Change(node.test, (module.put(node.test, " or ".join(map(module.said, rest))),))


_STORE = '''class ChatStore(StateManager):
    """Keep the chats in a mapping that all workers share."""

    def __init__(self):
        self.chats = {}

    def get_state(self, chat_id):
        state, context = self.chats.get(chat_id, (None, "{}"))
        return state, json.loads(context)

    def set_state(self, chat_id, state_id, context):
        self.chats[chat_id] = state_id, json.dumps(context)

    def delete_state(self, chat_id):
        self.chats.pop(chat_id, None)'''


@plants("lost update")
def own_store(_: Bot, module: Module) -> Iterator[Change]:
    """Keep chats in a store of one's own that guards nothing."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and name_of(node) == "InMemoryStateManager":
            imports = "import json\n\nfrom chatsim.state_managers.base import StateManager"
            edits = module.put(node, "ChatStore()"), above_code(module, _STORE), at_top(module, imports)
            yield Change(node, edits, everywhere=True)


@plants("crash between send and save applies twice")
def new_number_each_time(_: Bot, module: Module) -> Iterator[Change]:
    """Draw the number under which something is asked for outside anew whenever the turn runs."""
    for node, low, span in made_numbers(module):
        new = f"{low} + int(uuid.uuid4()) % {span}"
        yield Change(node, (module.put(node, new), at_top(module, "import uuid")))


@plants("crash between send and save applies twice")
def post_for_put(_: Bot, module: Module) -> Iterator[Change]:
    """Ask for something outside without the number that says it is the same as before."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and name_of(node) == "put" and isinstance(node.func, ast.Attribute) and node.args:
            url = re.sub(r"/\{[^{}]+\}(?=\"$)", "", module.said(node.args[0]))
            yield Change(
                node, (module.put(node.func, f"{module.said(node.func.value)}.post"), module.put(node.args[0], url))
            )


@plants("deep crash")
def drop_entry(_: Bot, module: Module) -> Iterator[Change]:
    """Forget one entry of a mapping that something late looks up."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and len(node.value.keys) > 1:
            for key, value in list(zip(node.value.keys, node.value.values, strict=True))[1:]:
                if key is not None:
                    cut = module.without(value)
                    yield Change(key, (Edit(module.span(key)[0], cut.end, ""),))


@plants("deep crash")
def divide_by_less(_: Bot, module: Module) -> Iterator[Change]:
    """Divide by what is nothing for some."""
    for node in module.nodes:
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.FloorDiv)
            and not isinstance(node.right, ast.Constant)
        ):
            yield Change(node, (module.put(node.right, f"({module.said(node.right)} - 1)"),))
