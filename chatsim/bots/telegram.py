"""Applications of python-telegram-bot as bots: updates in, Bot API calls out, and no network.

A chat's context is the ``user_data`` of its person; ``chat_data`` is in its `extra`, ``bot_data``, conversations and
what Telegram itself remembers in what the chats share.  What JSON cannot hold there is written reversibly, see
`chatsim.bots.reversible`.  A persistence that the bot has is not used: the snapshot takes its place, and no file is
touched.  Jobs of the job queue are timers of the snapshot; they run when time passes.  An asyncio task of the bot that
outlives its turn goes on when time passes, but no snapshot holds it: a chat that goes on from elsewhere is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from telegram import Update
from telegram.ext import Application, ConversationHandler

from chatsim.bots.framework import FrameworkBot, Record
from chatsim.bots.private_loop import PrivateLoop
from chatsim.bots.recognise import BotRuns, Origin
from chatsim.bots.setup_errors import raised
from chatsim.bots.telegram_api import Memory, OfflineRequest, chat_number
from chatsim.bots.telegram_conversations import END, Conversations
from chatsim.bots.telegram_data import fill, is_data, plain_data
from chatsim.bots.telegram_filters import patterns_of
from chatsim.bots.telegram_jobs import Jobs
from chatsim.bots.telegram_updates import update_for
from chatsim.errors import SetupError, UnknownState, did_you_mean
from chatsim.jsondata import json_clone, json_copy
from chatsim.trace import ChatState, Event, Hop, JsonObject, Snapshot, Start, Tap, Text, Turn, Wait, Waits
from chatsim.world.clock import DEFAULT_START
from chatsim.world.tellers import current_clock
from chatsim.world.virtual_loop import VirtualLoop

AnyApplication: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
_LONGEST_TASK = 5.0
"""How long, in seconds, a turn waits for handlers that do not block."""


class TelegramBot(FrameworkBot):
    """A telegram Application; *module* is where the names of its states are looked for."""

    def __init__(self, application: AnyApplication, origin: Origin) -> None:
        self.application = application
        self.api = OfflineRequest()
        self.conversations = Conversations(application, origin.module)
        self.jobs = Jobs(application, self.conversations)
        self._loop = PrivateLoop()
        self._snapshot = Snapshot()
        self._furniture: dict[Any, Any] = {}
        self._errors: list[BaseException] = []
        self._tasks_of: Any = None
        self._loop.run(self._begin())
        self._first_bot_data = self._bot_data()

    # ------------------------------------------------------------ the framework's state

    def load(self, snapshot: Snapshot) -> None:
        """Put *snapshot* into the application."""
        self._snapshot = snapshot
        shared = snapshot.shared or {}
        application, api = self.application, self.api
        api.memory = Memory(**json_clone(shared.get("telegram", {})))
        api.memory.clock = snapshot.clock
        people = [person for group in api.memory.groups.values() for person in group]
        api.names = {api.memory.number(chat): chat for chat in (*people, *snapshot.chats)}
        self.conversations.load(shared.get("conversations"))
        application._user_data.clear()  # noqa: SLF001 - only a persistence may fill it, once
        application._chat_data.clear()  # noqa: SLF001
        for chat, state in snapshot.chats.items():
            number = api.memory.number(chat)
            if chat not in api.memory.groups:  # the data of its people are those of their private chats
                self._put(application._user_data, number, state.context)  # noqa: SLF001
            self._put(application._chat_data, number, state.extra)  # noqa: SLF001
        self._load_bot_data(shared.get("bot_data", self._first_bot_data))
        self.jobs.load(shared.get("jobs", []))
        if shared.get("tasks") and shared is not self._tasks_of:
            raise SetupError(
                f"{shared['tasks']} asyncio tasks of the bot were running here, and no snapshot holds them: only the "
                "chat that they were begun in can go on. Let the bot use its job queue, or take the fork out"
            )
        if not shared.get("tasks"):
            self._loop.run(_cancel_tasks())

    def dispatch(self, event: Event, record: Record) -> None:
        """Let the application process *event* as an update; the first error of a handler is raised afterwards."""
        chat = event.chat
        if event.by:
            self._speaks(event.by, chat)
        self.api.names[self.api.memory.number(chat)] = chat
        before = self._state_of(chat)
        if isinstance(event, Wait):
            work, chats = self._pass(event.seconds), tuple(self._snapshot.chats)
        else:
            update = Update.de_json(update_for(event, self.api), self.application.bot)
            work, chats = self._process(update), (chat,)
        self.api.record = record
        self._errors.clear()
        try:
            with _watching(self, record):
                self._loop.run(work)
        finally:
            self.api.record = None
        if self._errors:
            raise self._errors[0]
        self._remember(chats)
        if before is not None and self._state_of(chat) is None:
            record.ended = ChatState(before, self._user_data(chat), "end", self._chat_data(chat))

    def save(self) -> Snapshot:
        """Return what the application holds now."""
        shared: JsonObject = {
            "telegram": {
                "last_message": self.api.memory.last_message,
                "last_update": self.api.memory.last_update,
                "messages": json_copy(self.api.memory.messages),
                "files": dict(self.api.memory.files),
                **({"groups": json_copy(self.api.memory.groups)} if self.api.memory.groups else {}),
            },
            "conversations": self.conversations.save(),
            "bot_data": self._bot_data(),
        }
        jobs = self.jobs.save()
        if jobs:
            shared["jobs"] = jobs
        tasks = self._loop.run(_count_tasks())
        if tasks:
            shared["tasks"] = tasks
        self._tasks_of = shared
        before = self._snapshot
        clock = current_clock()
        at = before.clock if clock is None else clock.now
        return Snapshot(before.chats, at, self.jobs.timers(self.api.names), shared)

    def wait(self, snapshot: Snapshot, event: Wait) -> Turn:
        """Return what comes of it when time passes: the jobs that are due have run, in order."""
        return self.step(snapshot, event)

    def state_names(self) -> tuple[str, ...]:
        """Return the names of the states of all conversations."""
        return self.conversations.names()

    def hears(self) -> tuple[type[Event], ...]:
        """Return what Telegram brings to a bot from a person."""
        return (Start, Text, Tap)

    def code_for(self, state: str | None) -> tuple[Any, ...]:
        """Return the callbacks of the handlers for *state*, with the commands and patterns that they are for."""
        outside = [handler for group in self.application.handlers.values() for handler in group]
        found: list[Any] = []
        for handler in (*self.conversations.handlers_in(state), *outside):
            found += [f"/{command}" for command in sorted(getattr(handler, "commands", ()))]
            found += patterns_of(getattr(handler, "filters", None))
            callback = getattr(handler, "callback", None)
            found += [] if callback is None else [callback]
        return tuple(dict.fromkeys(found))

    def start_at(self, chat: str, state: str, context: JsonObject, waits: Waits | None = None) -> Snapshot:
        """Return a snapshot in which *chat* is in *state* of a conversation, with *context* as ``user_data``."""
        names = self.state_names()
        if state not in names:
            raise UnknownState(f"no conversation has a state {state!r}. {did_you_mean(state, names)}")
        self.load(Snapshot())
        self.conversations.load(self.conversations.put(chat_number(chat), chat_number(chat), state))
        there = ChatState(state, json_copy(context), waits or "input", {})
        self._snapshot = Snapshot({chat: there})
        return self.save()

    # ------------------------------------------------------------ parts of it

    def _speaks(self, person: str, chat: str) -> None:
        """Take note of who speaks in a group.  Its first words make a group of what it was until then."""
        memory = self.api.memory
        self.api.names[chat_number(person)] = person
        if chat not in memory.groups:
            old = chat_number(chat)
            memory.speaks(person, chat)
            self.conversations.move((old, old), (memory.number(chat), chat_number(person)))
            state = self._snapshot.chat(chat) or ChatState()
            self._put(self.application._user_data, chat_number(person), state.context)  # noqa: SLF001
            self._put(self.application._chat_data, memory.number(chat), state.extra)  # noqa: SLF001
            for held in (self.application._user_data, self.application._chat_data):  # noqa: SLF001
                held.pop(old, None)
        memory.speaks(person, chat)

    def _state_of(self, chat: str) -> str | None:
        """Return the state of a chat: in a group, of who spoke last there."""
        memory = self.api.memory
        return self.conversations.state_of(memory.number(chat), chat_number(memory.speaker(chat)))

    def _remember(self, chats: tuple[str, ...]) -> None:
        """Take what the application holds of every chat that it was in touch with into the snapshot."""
        numbers = (*self.application.user_data, *self.application.chat_data)
        touched = [self.api.names.get(number, str(number)) for number in numbers]
        for name in dict.fromkeys((*chats, *touched, *self.api.memory.groups)):
            state = ChatState(self._state_of(name), self._user_data(name), "input", self._chat_data(name))
            self._snapshot = self._snapshot.with_chat(name, state)

    def _user_data(self, chat: str) -> JsonObject:
        return plain_data(self.application._user_data.get(chat_number(self.api.memory.speaker(chat))), "$")  # noqa: SLF001

    def _chat_data(self, chat: str) -> JsonObject:
        return plain_data(self.application._chat_data.get(self.api.memory.number(chat)), "$chat_data")  # noqa: SLF001

    def _put(self, held: Any, number: int, data: JsonObject) -> None:
        """Fill the entry *number* of the application's user or chat data, which makes it of the bot's own class."""
        if data:
            fill(held[number], data)

    def _bot_data(self) -> JsonObject:
        data = self.application.bot_data
        if not isinstance(data, dict):
            return plain_data(data, "$bot_data")
        kept = {key: value for key, value in data.items() if self._furniture.get(key, data) is not value}
        return plain_data(kept, "$bot_data")

    def _load_bot_data(self, data: JsonObject) -> None:
        held = self.application.bot_data
        if isinstance(held, dict):
            held.clear()
            held.update(self._furniture)
        fill(held, data)

    async def _begin(self) -> None:
        """Do what running the application does before the first update."""
        application = self.application
        application.persistence = None
        application.bot._request = (self.api, self.api)  # noqa: SLF001 - the builder takes one, but the bot is built
        await application.initialize()
        if application.post_init is not None:
            await application.post_init(application)
        self.jobs.begin()
        application._running = True  # noqa: SLF001 - handlers that do not block are awaited only then
        if isinstance(application.bot_data, dict):
            self._furniture = {key: value for key, value in application.bot_data.items() if not is_data(value)}

    async def _process(self, update: Update) -> None:
        await self.application.process_update(update)
        await _settled()

    async def _pass(self, seconds: float) -> None:
        """Let *seconds* pass, with all that happens meanwhile."""
        until = (self._snapshot.clock or DEFAULT_START) + seconds
        while (job := self.jobs.next(until)) is not None:
            await _sleep_until(job.next_run_time.timestamp())
            self.api.memory.clock = job.next_run_time.timestamp()
            await self.jobs.fire(job)
            await _settled(0)
        await _sleep_until(until)
        await _settled(0)

    # ------------------------------------------------------------ what is seen of the framework at work

    def saw_error(self, error: BaseException) -> None:
        """Be told that a handler raised *error*, which the application hands to its error handlers."""
        self._errors.append(error)

    def saw_move(self, record: Record, handler: ConversationHandler[Any], before: object, after: object) -> None:
        """Be told that a conversation of *handler* went from one state to another; None is no conversation."""
        if before is None and after is None:
            return
        name = self.conversations.name
        source = None if before is None else name(before)
        target = END if after is None else name(after)
        record.hops.append(Hop(source, target, (), self.conversations.handler_name(handler)))


def adapt(application: AnyApplication, origin: Origin) -> TelegramBot:
    """Return *application* as a bot; raise `SetupError` when its ``post_init`` raises."""
    try:
        return TelegramBot(application, origin)
    except BaseException as error:
        raise raised(f"bot {origin.reference!r}: initialising the application", error) from error


# ---------------------------------------------------------------- tasks


def _others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def _settled(patience: float = _LONGEST_TASK) -> None:
    """Wait for what handlers began and did not wait for, as far as something of it is done within *patience* seconds."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        if tasks := _others():
            await asyncio.wait(tasks, timeout=patience)
        return
    longest = loop.time() + patience
    while tasks := _others():
        done, _ = await asyncio.wait(tasks, timeout=0)
        following = loop.next_timer()
        if not done and (following is None or following > longest):
            break
        if not done and following is not None:
            await asyncio.wait(tasks, timeout=max(following - loop.time(), 0), return_when=asyncio.FIRST_COMPLETED)


async def _sleep_until(at: float) -> None:
    """Let it be *at*; on a loop that lives by the real clock, at once."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop) and at > loop.time():
        await asyncio.sleep(at - loop.time())


async def _cancel_tasks() -> None:
    for task in _others():
        task.cancel()
    await asyncio.gather(*_others(), return_exceptions=True)


async def _count_tasks() -> int:
    return len(_others())


# ---------------------------------------------------------------- replaced while a bot is set up, or a turn runs

_ONE_AT_A_TIME = threading.RLock()


@contextlib.contextmanager
def _replaced(*replacements: tuple[type, str, Callable[..., Any]]) -> Iterator[None]:
    """Replace methods of the library within the block.  One block at a time, whichever thread it runs in."""
    with _ONE_AT_A_TIME:
        originals = [(owner, name, vars(owner)[name]) for owner, name, _ in replacements]
        for owner, name, replacement in replacements:
            setattr(owner, name, replacement)
        try:
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)


@contextlib.contextmanager
def captured() -> Iterator[None]:
    """Stop an application where it would begin to run, or to talk with Telegram, and raise `BotRuns` there."""

    def run(application: AnyApplication, *_: Any, **__: Any) -> None:
        raise BotRuns(application)

    async def begin(application: AnyApplication) -> None:
        raise BotRuns(application)

    with _replaced(
        (Application, "run_polling", run),
        (Application, "run_webhook", run),
        (Application, "initialize", begin),
        (Application, "start", begin),
    ):
        yield


@contextlib.contextmanager
def _watching(bot: TelegramBot, record: Record) -> Iterator[None]:
    """Show *bot* the errors and the moves that the library keeps to itself."""
    process_error = Application.process_error
    update_state = ConversationHandler._update_state  # noqa: SLF001 - the one place where a conversation moves

    async def seen_error(
        application: AnyApplication, update: object, error: Exception, *rest: Any, **more: Any
    ) -> bool:
        bot.saw_error(error)
        # Without error handlers the library only logs, and the turn says it better.
        return bool(application.error_handlers) and await process_error(application, update, error, *rest, **more)

    def seen_move(handler: ConversationHandler[Any], state: object, key: Any, by: Any = None) -> None:
        before = handler._conversations.get(key)  # noqa: SLF001
        update_state(handler, state, key, by)
        if state is not None:
            bot.saw_move(record, handler, before, handler._conversations.get(key))  # noqa: SLF001

    with (
        _replaced((Application, "process_error", seen_error), (ConversationHandler, "_update_state", seen_move)),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "Ignoring `conversation_timeout`")
        yield
