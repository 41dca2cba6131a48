"""Where conversations with a bot are held: the bot, loaded, and the world around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from chatsim.bots.base import Bot
from chatsim.bots.loading import importer_of, load_bot, namespaces_of
from chatsim.bots.modules import modules_of
from chatsim.bots.modules import own_modules as new_modules
from chatsim.errors import SetupError
from chatsim.trace import JsonObject
from chatsim.world.functions import ImportModule
from chatsim.world.mocks import Mocks
from chatsim.world.world import World


class Stage:
    """A bot, and the world in which it is stepped.

    Args:
        bot: The bot.
        namespaces: The ``__dict__`` of its modules, see `World`.
        import_module: Imports the modules that mocks of functions name; by default `importlib.import_module`.
        anew: Loads the bot as a new process would.  Without it, the bot cannot restart.
        allow: Hosts that the bot reaches for real.
        made_of: What the bot was made of: ``module:object``, or the object itself; by default the bot.
        folder: Where its module was looked for first, for a bot that was named.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        namespaces: Callable[[], Iterable[dict[str, Any]]] = tuple,
        import_module: ImportModule | None = None,
        anew: Callable[[], Bot] | None = None,
        allow: Iterable[str] = (),
        made_of: Any = None,
        folder: Path | None = None,
    ) -> None:
        self.bot = bot
        self.made_of = bot if made_of is None else made_of
        self.folder = folder
        self.namespaces = namespaces
        self._options: dict[str, Any] = {"allow": tuple(allow)}
        if import_module is not None:
            self._options["import_module"] = import_module
        self._anew = anew
        self._worlds: dict[int, World] = {}
        self._entered: World | None = None
        self._replaced: set[str] = set()
        self._at_close = ExitStack()

    @classmethod
    def of(
        cls,
        reference: str,
        folder: Path,
        credentials: JsonObject | None = None,
        *,
        own_modules: bool = False,
        starts: bool = False,
    ) -> Stage:
        """Return the stage of the bot that *reference* names; arguments and errors are those of `load_bot`.

        With *own_modules*, the folder's modules are loaded for this stage alone, until it is closed: what other
        conversations left in their globals is not there.  With *starts*, the bot is started once, to see whether it
        can be; what it raises then is raised as it is.
        """
        modules = new_modules(folder) if own_modules else modules_of(folder)

        def load(*, anew: bool = False) -> Bot:
            return load_bot(reference, modules, credentials, anew=anew)

        def namespaces() -> Iterable[dict[str, Any]]:
            return namespaces_of(reference, modules)

        importer = importer_of(modules)
        world = World(import_module=importer)
        with ExitStack() as stack:
            if own_modules:
                stack.callback(modules.release)
            with world, world.clock:
                bot = load()
                world.reach_into(namespaces())
                if starts:
                    world.start(bot)
            stage = cls(
                bot,
                namespaces=namespaces,
                import_module=importer,
                anew=lambda: load(anew=True),
                made_of=reference,
                folder=folder,
            )
            stage._worlds[world.chance.seed] = world  # to make another one takes as long as to use it
            stage._at_close = stack.pop_all()
        return stage

    def close(self) -> None:
        """Forget the modules that were loaded for this stage alone.  Nothing can be said on it any more."""
        self._at_close.close()

    def inside(self, mocks: Mocks, seed: int = 0) -> AbstractContextManager[World]:
        """Have a world around the bot during this block, in which *mocks* answer and the clock is entered.

        Within such a block it is the same world.  Raises `SetupError` for a mock of a function that is not there.
        """
        entered = self._entered
        if entered is not None and entered.chance.seed == seed and _targets(mocks) <= self._replaced:
            entered.mocks = mocks
            return nullcontext(entered)  # of ten that lie in each other in a test, nine are this one: it must be cheap
        return self._entering(mocks, seed)

    @contextmanager
    def _entering(self, mocks: Mocks, seed: int) -> Iterator[World]:
        entered = self._entered
        world, before = self._world(mocks, seed), (entered, self._replaced)
        with world, world.clock:
            self._entered, self._replaced = world, _targets(mocks)
            try:
                yield world
            finally:
                self._entered, self._replaced = before

    def _world(self, mocks: Mocks, seed: int) -> World:
        """Return a world that is not entered.  Making one takes longer than using it: most often it is the last one."""
        world = self._worlds.get(seed)
        if world is None or world.is_entered or mocks.functions:
            world = World(seed=seed, namespaces=self.namespaces(), **self._options)
            if not mocks.functions:
                self._worlds[seed] = world
        world.mocks = mocks
        return world

    @property
    def can_restart(self) -> bool:
        """Whether the bot was loaded by its name, so that it can be loaded anew."""
        return self._anew is not None

    def restart(self) -> Bot:
        """Load the bot as a new process would, and return it.

        Raises `SetupError` for a bot that was not loaded by its name, and where it cannot be loaded any more.
        """
        if self._anew is None:
            raise SetupError(
                "this bot cannot restart: it is an object that was made before. Name it as module:object, so that it "
                "can be loaded anew"
            )
        self.bot = self._anew()
        self._worlds.clear()
        return self.bot


def _targets(mocks: Mocks) -> set[str]:
    return {mock.target for mock in mocks.functions} if mocks.mocks else set()


def in_a_world(load: Callable[[], Bot]) -> Bot:
    """Return what *load* loads, by a clock that stands still and with seeded chance.

    An event loop that the bot's adapter makes then lives by the clock of the world in which the bot is stepped.
    """
    with World() as world, world.clock:
        return load()
