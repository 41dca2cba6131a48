"""Know a bot again, by whatever name it is called: it is where its class, function or object is made."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from inspect import isclass, isroutine
from pathlib import Path
from typing import Any

from chatsim.coverage.data import BotId
from chatsim.coverage.declare import shown_from
from chatsim.stage import Stage

Namespace = Mapping[str, Any]


def identify(stage: Stage, root: Path) -> tuple[BotId, str]:
    """Return which bot is on *stage*, and ``module:object``; files are named from *root* where they lie below it.

    The same bot is the same, whether it was named from its own folder, from another, or handed over as an object.
    """
    made_of = stage.made_of
    if isinstance(made_of, str):
        return _by_name(made_of.strip(), stage.namespaces(), root)
    return _by_object(made_of, root)


def _by_name(reference: str, namespaces: Iterable[Namespace], root: Path) -> tuple[BotId, str]:
    module, _, name = reference.partition(":")
    loaded = {str(namespace.get("__name__")): namespace for namespace in namespaces}
    # The modules of a folder have private names, which end in their own.
    named = sorted((key for key in loaded if key == module or key.endswith(f".{module}")), key=len)
    home = loaded[named[0]] if named else {}
    value = home.get(name.partition(".")[0])
    for part in name.split(".")[1:]:
        value = getattr(value, part, None)
    if isclass(value) or isroutine(value):
        there = loaded.get(value.__module__) or _loaded(value.__module__)
        if there:
            return BotId(value.__qualname__, _file(there, root)), reference
    return BotId(name, _file(home, root)), reference


def _by_object(value: Any, root: Path) -> tuple[BotId, str]:
    kind = value if isclass(value) or isroutine(value) else type(value)
    module, name = kind.__module__, kind.__qualname__
    if kind is not value:
        from chatsim.recording.tape import name_of  # noqa: PLC0415 - seldom needed, and loads what masks secrets

        # What holds the object tells more than its class, which may be chatsim's own.
        home, _, held = name_of(value).partition(":")
        if held:
            module, name = home, held
    return BotId(name, _file(_loaded(module), root)), f"{module}:{name}"


def _loaded(module: str) -> Namespace:
    return vars(sys.modules[module]) if module in sys.modules else {}


def _file(namespace: Namespace, root: Path) -> str:
    """Return the file of a module, from *root* where it lies below it; nothing for a module that has none."""
    file = namespace.get("__file__")
    if not file:
        return ""
    return shown_from(root, file)
