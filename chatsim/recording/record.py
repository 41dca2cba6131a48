"""`record`: let a bot in production write down its chats."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from chatsim.bots.base import Bot
from chatsim.bots.recognise import class_of
from chatsim.errors import SetupError
from chatsim.orchestrator.chat_orchestrator import ChatOrchestrator
from chatsim.recording.machines import record_machine
from chatsim.recording.orchestrators import record_orchestrator
from chatsim.recording.tape import Tape, only
from chatsim.trace import Event, Snapshot, Turn

T = TypeVar("T")

_is_own_machine = class_of("chatsim.fsm", "AbstractFSM")
_is_jb_machine = class_of("jb_manager_bot", "AbstractFSM")


def record(
    target: T,
    path: str | os.PathLike[str],
    *,
    secrets: Iterable[Any] | Mapping[str, Any] = (),
    patterns: Iterable[str | re.Pattern[str]] = (),
    chat: Callable[[], str] | None = None,
    bot: str = "",
) -> T:
    """Record the chats of *target* in the file at *path*, one JSON line a turn, and return *target*.

    Threads and processes may write to one file.  What goes wrong while recording is logged, and the bot goes on.
    ``chatsim scenario`` writes the chats in such a file as scenarios.

    Secrets are masked: the credentials that a machine is given, *secrets*, in plain, in JSON, in URLs and in base64;
    what stands under keys like ``password``, ``token`` or ``authorization``; what looks like a token; and *patterns*.

    Args:
        target: A `ChatOrchestrator` (its `handle_message` is recorded), an `AbstractFSM` class of ``chatsim.fsm`` or
            ``jb_manager_bot`` (its `run_machine`), or a `Bot` (its `step`).  It is changed where it is.
        path: The file.  Made when it is not there, readable by its owner alone.
        secrets: Values that must not be written, or mappings of such; those of fewer than 6 characters are not masked.
        patterns: Regular expressions of what must not be written either.
        chat: Returns the id of the chat that is handled, for machines, which are not told.  By default chats are told
            apart by their states.
        bot: ``module:object``, by which a scenario will find the bot, where the name that is found would not do.

    Raises `SetupError` where *target* is none of these.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from chatsim.senders.console import ConsoleMessageSender
    >>> from chatsim.state_managers.inmemory import InMemoryStateManager
    >>> folder = tempfile.TemporaryDirectory()
    >>> shop = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
    >>> shop = record(shop, f"{folder.name}/traces.jsonl", secrets=["hunter22"])
    >>> @shop.register_step("start")
    ... def start(chat_id, user_input, context, sender):
    ...     sender.send_message(chat_id, "Hello!")
    ...     return "start", {}
    >>> shop.handle_message("ann", "my password is hunter22")
    [ann] Hello!
    >>> "hunter22" in Path(folder.name, "traces.jsonl").read_text()
    False
    >>> folder.cleanup()
    """
    tape = Tape(path, target, bot, secrets, patterns)
    if isinstance(target, ChatOrchestrator):
        record_orchestrator(target, tape)
    elif _is_own_machine(target) or _is_jb_machine(target):
        record_machine(target, tape, chat)
    elif isinstance(target, Bot) and not isinstance(target, type):
        _record_bot(target, tape)
    else:
        raise SetupError(
            f"{target!r:.80} cannot be recorded: pass a ChatOrchestrator, an AbstractFSM class, or a Bot with start and step"
        )
    return target


def _record_bot(bot: Bot, tape: Tape) -> None:
    step = bot.step

    def stepping(snapshot: Snapshot, event: Event) -> Turn:
        turn = step(snapshot, event)
        chat = event.chat
        tape.note(lambda: (chat, snapshot.chats.get(chat), _alone(turn)))
        return turn

    try:
        bot.step = stepping  # type: ignore[method-assign]
    except AttributeError:
        what = (
            f"a {type(bot).__name__} cannot be recorded: its step cannot be replaced, because the class has __slots__"
        )
        raise SetupError(what) from None


def _alone(turn: Turn) -> Turn:
    """Return *turn* with the snapshot of its own chat alone."""
    return Turn(
        event=turn.event,
        effects=turn.effects,
        hops=turn.hops,
        snapshot=only(turn.snapshot, turn.event.chat),
        ended=turn.ended,
        error=turn.error,
    )
