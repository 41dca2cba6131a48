"""Find the bot that ``module:object`` names."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import FunctionType, ModuleType

from chatsim.bots.base import Bot
from chatsim.bots.modules import ONLY_ONCE, FolderModules, modules_of
from chatsim.bots.recognise import Origin, recognise
from chatsim.bots.setup_errors import nearest_name, raised
from chatsim.errors import SetupError
from chatsim.trace import JsonObject

_SLASHES = re.compile(r"[/\\]")


def load_bot(
    reference: str, folder: Path | FolderModules, credentials: JsonObject | None = None, *, anew: bool = False
) -> Bot:
    """Return the bot that *reference* names.

    Args:
        reference: ``module:object``; both parts may have dots (``shop.bots:Menu.bot``).  The module is looked for
            in *folder* first, then on ``sys.path``.
        folder: A folder, most often that of the scenario.  Its modules are imported under private names, so the
            same name in another folder is another module.  Given as the folder's modules (`own_modules`), the bot
            shares none of them with whoever else loads from the folder.
        credentials: What the bot's framework takes as credentials, if it takes any.
        anew: Import the bot's modules again, as a new process would.  From the folder, these are all its modules;
            from ``sys.path``, those of the package that *reference* names.

    Raises:
        SetupError: when there is no such module or object, when the bot raises while it is imported or made, or
            when the object is no bot of any kind that chatsim knows.
    """
    module, value = load_object(reference, folder, anew=anew)
    return recognise(value, Origin(reference, module, dict(credentials or {})))


def load_object(reference: str, folder: Path | FolderModules, *, anew: bool = False) -> tuple[ModuleType, object]:
    """Return the module and the object that *reference* names; parameters and errors are those of `load_bot`."""
    module_name, object_name = _parts(reference)
    module = _load_module(reference, module_name, folder, anew=anew)
    value: object = module
    for depth, name in enumerate(parts := object_name.split(".")):
        if not hasattr(value, name):
            where = f"module {module_name!r} ({_file(module)})" if depth == 0 else repr(".".join(parts[:depth]))
            names = [known for known in dir(value) if not known.startswith("_")]
            hint = nearest_name(name, names) or _own_objects(value)
            raise SetupError(f"bot {reference!r}: {where} has no {name!r}.{hint}")
        value = getattr(value, name)
    return module, value


_MOST_NAMED = 8


def _own_objects(owner: object) -> str:
    """Return a sentence that names what a module makes itself, the bot most likely among it; nothing if that is much."""
    if not isinstance(owner, ModuleType):
        return ""
    own = [name for name, value in vars(owner).items() if not name.startswith("_") and _is_made_in(owner, value)]
    return f" It has {', '.join(own)}." if 0 < len(own) <= _MOST_NAMED else ""


def _is_made_in(module: ModuleType, value: object) -> bool:
    if isinstance(value, (type, FunctionType)):
        return value.__module__ == module.__name__
    home = type(value).__module__.partition(".")[0]
    return home not in sys.stdlib_module_names and not isinstance(value, ModuleType)


def namespaces_of(reference: str, folder: Path | FolderModules) -> list[dict[str, object]]:
    """Return the ``__dict__`` of every loaded module of the package, or folder, that *reference* names."""
    top = reference.strip().partition(":")[0].partition(".")[0]
    modules = _modules(folder)
    if modules.has(top):
        return [vars(module) for module in modules.loaded()]
    return [vars(module) for name, module in list(sys.modules.items()) if name.partition(".")[0] == top]


def placed(reference: str, folder: Path) -> tuple[str, Path]:
    """Return the ``module:object`` in *reference*, and the folder in which it is looked for first.

    That is *folder*, unless a path that leads out of it stands before the module.

    >>> placed("../shop:Bot", Path("witnesses"))[0], placed("shop:Bot", Path("shops"))
    ('shop:Bot', ('shop:Bot', PosixPath('shops')))
    """
    prefix, slash, rest = reference.strip().rpartition("/")
    leads_out = prefix == ".." or prefix.startswith(("../", "/"))
    return (rest, folder / prefix) if slash and leads_out else (reference, folder)


def why_not_found(reference: str, folder: Path) -> str:
    """Return why there is no module for *reference*, as far as that is known without importing anything, or nothing."""
    try:
        name, _ = _parts(reference)
    except SetupError as error:
        return str(error)
    top, modules = name.partition(".")[0], modules_of(folder)
    if modules.has(top) or top in sys.modules or importlib.util.find_spec(top) is not None:
        return ""
    return _not_found(reference, name, modules)


def importer_of(folder: Path | FolderModules) -> Callable[[str], ModuleType]:
    """Return what imports a module by its name, from *folder* first."""

    def import_module(name: str) -> ModuleType:
        modules = _modules(folder)
        found = modules if modules.has(name.partition(".")[0]) else importlib
        return found.import_module(name)

    return import_module


def _parts(reference: str) -> tuple[str, str]:
    module, colon, name = reference.strip().partition(":")
    folders = _SLASHES.split(module.removesuffix(".py"))
    path = ".".join(folder for folder in folders if folder not in {"", "."})
    if ".." in folders or (len(folders) > 1 and not folders[0]):
        raise SetupError(
            f"bot {reference!r}: a bot is named as in an import, from the scenario's folder or sys.path; only a path that "
            f"leads out of that folder may stand before it.\nWrite {folders[-1]}:{name or 'Bot'}, or "
            f"../{folders[-1]}:{name or 'Bot'} for one in the folder above"
        )
    if len(folders) > 1:
        raise SetupError(f"bot {reference!r}: a module is named with dots, as in an import: {path}:{name or 'Bot'}")
    if module.endswith(".py"):
        raise SetupError(
            f"bot {reference!r}: a module is named without its ending, as in an import: {path}:{name or 'Bot'}"
        )
    if all(part.isidentifier() for part in (*module.split("."), *name.split("."))):
        return module, name
    path, dot, last = module.rpartition(".")
    plain = not colon and module.replace(".", "").isidentifier()
    example = (f"{path}:{last}" if dot and last[:1].isupper() else f"{module}:Bot") if plain else "pizzeria:PizzaBot"
    raise SetupError(f"bot {reference!r}: write module:object, for example {example}")


def _modules(folder: Path | FolderModules) -> FolderModules:
    return folder if isinstance(folder, FolderModules) else modules_of(folder)


def _load_module(reference: str, name: str, folder: Path | FolderModules, *, anew: bool) -> ModuleType:
    modules = _modules(folder)
    if not os.path.isdir(modules.folder):  # noqa: PTH112 - a text, for every bot of a run
        raise SetupError(f"bot {reference!r}: there is no folder {modules.folder}")
    top = name.partition(".")[0]
    if anew:
        modules.drop()
    private = modules.has(top)
    if anew and not private and top not in ONLY_ONCE and top not in sys.stdlib_module_names:
        _forget(top)
    try:
        with modules.public_names() if private else nullcontext():
            if _exists(name, modules if private else None):
                return modules.import_module(name) if private else importlib.import_module(name)
    except BaseException as error:
        raise raised(f"bot {reference!r}: importing module {name!r}", error) from error
    raise SetupError(_not_found(reference, name, modules))


def _exists(name: str, modules: FolderModules | None) -> bool:
    """Say whether there is a module *name*; its parent packages are imported on the way, and may raise."""
    parent, _, last = name.rpartition(".")
    if last and not parent and modules is not None:
        return True  # that is why it is looked for there
    if parent:
        if not _exists(parent, modules):
            return False
        package = importlib.import_module(parent) if modules is None else modules.import_module(parent)
        if not hasattr(package, "__path__"):
            return False
    if modules is None:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    return bool(last) and modules.exists(name)


def _forget(top: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == top]:
        del sys.modules[name]


def _not_found(reference: str, name: str, modules: FolderModules) -> str:
    top, dot, rest = name.partition(".")
    known = list(modules.names())
    if dot and (modules.has(top) or importlib.util.find_spec(top) is not None):
        return f"bot {reference!r}: package {top!r} has no module {rest!r}"
    hint = nearest_name(name, known) or nearest_name(name, (module.name for module in pkgutil.iter_modules()))
    return f"bot {reference!r}: there is no module {name!r}, neither in {modules.folder} nor on sys.path.{hint}"


def _file(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or "without a file"
