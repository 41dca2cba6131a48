"""The reference orchestrator: one function per state, called with what a person sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from os import PathLike
from threading import get_ident
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from chatsim.errors import (
    BadResult,
    InitialStateNotFoundError,
    OrchestratorError,
    UnknownState,
    did_you_mean,
)
from chatsim.handlers import Handler, handler_problem, returned
from chatsim.orchestrator.steps_file import load_steps
from chatsim.senders.base import MessageSender
from chatsim.state_managers.base import GuardedStateManager, StateManager
from chatsim.state_managers.threads import ThreadGuard
from chatsim.trace import JsonObject

H = TypeVar("H", bound=Callable[..., Any])
UNKNOWN_STATE_MESSAGE = "Unknown state: {state_id}. Resetting to initial state."
_log = logging.getLogger(__name__)


Stepped: TypeAlias = tuple[str, str, JsonObject]
"""What a step came to: the state whose step ran, the state that it named, and the context that it returned."""


class ChatOrchestrator:
    """Runs a chat as a state machine: looks its state up, calls the step of that state, remembers what it returns.

    Two messages of one chat are handled one after the other, also when they reach different processes, if the
    state manager is one of chatsim's; a message waits for the one before it, and is never handled twice.  If a
    lock expired because its holder died or took too long, the one who comes second raises `StateConflict` and
    changes nothing.

    Args:
        state_manager: Where to remember chats; see `chatsim.state_managers.base.StateManager`.
        message_sender: What the steps speak through; they get it as their fourth argument.
        initial_state_id: The state of a chat that nothing is known of.
        unknown_state_message: With `lenient`, what a person reads whose state no step handles; ``{state_id}`` in
            it is replaced.
        lenient: Handle unknown states as the original does: a next state that no step handles is stored all the
            same, and the next message gets `unknown_state_message` and goes to the initial step, with an empty
            context.  By default such a next state raises `UnknownState`, and nothing is stored.

    >>> from chatsim.senders.recording import RecordingSender
    >>> from chatsim.state_managers.inmemory import InMemoryStateManager
    >>> sender = RecordingSender()
    >>> orchestrator = ChatOrchestrator(InMemoryStateManager(), sender)
    >>> @orchestrator.register_step("start")
    ... def start(chat_id, user_input, context, sender):
    ...     sender.send_message(chat_id, f"You said {user_input}")
    ...     return "start", {"count": context.get("count", 0) + 1}
    >>> orchestrator.handle_message("ann", "hi")
    >>> sender.texts, orchestrator.state_manager.get_state("ann")
    (['You said hi'], ('start', {'count': 1}))
    """

    def __init__(
        self,
        state_manager: StateManager,
        message_sender: MessageSender,
        initial_state_id: str = "start",
        unknown_state_message: str = UNKNOWN_STATE_MESSAGE,
        *,
        lenient: bool = False,
    ) -> None:
        self.state_manager = state_manager
        self.message_sender = message_sender
        self.initial_state_id = initial_state_id
        self.unknown_state_message = unknown_state_message
        self.lenient = lenient
        self._steps: dict[str, Handler] = {}
        self._store: GuardedStateManager = (
            state_manager if isinstance(state_manager, GuardedStateManager) else ThreadGuard(state_manager)
        )
        self._handling: dict[str, int] = {}

    @property
    def steps(self) -> Mapping[str, Handler]:
        """The registered steps by state id, in the order of their registration; read-only."""
        return MappingProxyType(self._steps)

    def register_step(self, state_id: str, *, replace: bool = False) -> Callable[[H], H]:
        """Return a decorator that registers a function as the step of *state_id*, and returns it unchanged.

        Raises `OrchestratorError` for what cannot be called with the four arguments of a step, and for a state
        that has a step already, unless *replace*.
        """
        if not isinstance(state_id, str):
            raise OrchestratorError(f"a state id is a str, not {type(state_id).__name__}: {state_id!r:.80}")

        def register(handler: H) -> H:
            problem = handler_problem(handler)
            if problem:
                raise OrchestratorError(f"step {state_id!r}: {problem}")
            self.register_steps({state_id: handler}, replace=replace)
            return handler

        return register

    def register_steps(self, steps: Mapping[str, Handler], *, replace: bool = False) -> None:
        """Register all of *steps*, or none of them if one of their states has a step already and not *replace*."""
        taken = [] if replace else [state_id for state_id in steps if state_id in self._steps]
        if taken:
            names = ", ".join(map(repr, taken))
            raise OrchestratorError(f"{names}: there is a step already; pass replace=True to put another in its place")
        self._steps.update(steps)

    def register_steps_from_json(
        self, path: str | PathLike[str], *, replace: bool = False, modules: tuple[str, ...] | None = None
    ) -> None:
        """Register the steps that a JSON file names, all of them or none.

        The file is an object from state ids to either a dotted name (``my_app.handlers.start``), imported as
        ``import`` would, or inline code: the full definition of one function (`chatsim.sandbox` has the rules).

        Args:
            path: The file, UTF-8.
            replace: Whether steps may take the place of registered ones.
            modules: The packages and modules that may be imported; by default any but those of the standard library.

        Raises `StepsError` with all problems of the file at once; it is a `SecurityError` if inline code breaks a
        rule.  As far as it can be known beforehand that an entry is wrong, nothing is imported.
        """
        taken = () if replace else tuple(self._steps)
        self._steps.update(load_steps(path, taken=taken, modules=modules))

    def handle_message(self, chat_id: str, user_input: Any) -> None:
        """Hand *user_input* (None to begin a chat without any) to the step of the chat's state.

        What the step raises passes through, and the chat stays as it was before.  Messages that the step sent
        until then have been sent.

        Raises:
            InvalidChatId: *chat_id* is not a plain `str`.
            InitialStateNotFoundError: The chat begins, and the initial state has no step.
            UnknownState: The chat is in, or the step named, a state without a step (not if `lenient`).
            BadResult: The step returned anything but ``(state, mapping)``.
            ContextNotSerializable: The step returned a context that JSON cannot hold, or (`ContextTooLarge`) one
                that is larger than the store takes.
            StateStoreError: The store failed, holds no state (`StateCorrupted`), the message before this one took
                too long (`ChatBusy`), or the state was changed meanwhile (`StateConflict`).
        """
        store = self._store
        turn = store.turn(chat_id)
        thread = get_ident()
        if self._handling.get(chat_id) == thread:
            raise OrchestratorError(
                f"a step of chat {chat_id!r} called handle_message for its own chat, which would wait for itself; "
                "return the next state instead"
            )
        with turn:
            self._handling[chat_id] = thread
            try:
                state_id, context, version = store.load(chat_id)
                entered, target, after = self.run_step(state_id, context, chat_id, user_input, self.message_sender)
                store.replace(chat_id, target, after, version)
            finally:
                del self._handling[chat_id]
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("chat %r: %s -> %s, context %r", chat_id, entered, target, after)

    def run_step(
        self, state_id: str | None, context: JsonObject, chat_id: str, user_input: Any, sender: MessageSender
    ) -> Stepped:
        """Run the step of *state_id* (None for a chat that begins) without loading or storing anything.

        *context* is the step's to keep and to change, and what comes back is as the step returned it; both are
        the caller's to isolate.  Raises what `handle_message` raises, less what comes of the store.
        """
        if state_id is None:
            state_id = self.initial_state_id
            handler = self._steps.get(state_id)
            if handler is None:
                raise self._no_initial_step()
        else:
            handler = self._steps.get(state_id)
            if handler is None:
                handler, context = self._reset(state_id, chat_id, sender), {}
                state_id = self.initial_state_id
        result = handler(chat_id, user_input, context, sender)
        # The common result, checked without a call; everything else goes the long way.
        if type(result) is tuple and len(result) == 2:  # noqa: PLR2004
            target, after = result
            if type(after) is dict and type(target) is str and target in self._steps:
                return state_id, target, after
        return self._checked(state_id, result)

    def _no_initial_step(self) -> InitialStateNotFoundError:
        return InitialStateNotFoundError(
            f"no step is registered for the initial state {self.initial_state_id!r}. "
            f"{did_you_mean(self.initial_state_id, self._steps)}"
        )

    def _reset(self, state_id: str, chat_id: str, sender: MessageSender) -> Handler:
        """Return the initial step for a chat in an unknown state; its person is told if that is lenient."""
        if not self.lenient:
            raise UnknownState(
                f"chat {chat_id!r} is in state {state_id!r}, which no step handles. "
                f"{did_you_mean(state_id, self._steps)} Register a step for it, delete the chat's state, or pass "
                "lenient=True to begin such chats anew."
            )
        handler = self._steps.get(self.initial_state_id)
        if handler is None:
            raise self._no_initial_step()
        sender.send_message(chat_id, self.unknown_state_message.replace("{state_id}", state_id))
        return handler

    def _checked(self, state_id: str, result: Any) -> Stepped:
        """Return a step's result; raise `BadResult` for what is none, `UnknownState` for a state without a step."""
        is_pair = isinstance(result, tuple) and len(result) == 2  # noqa: PLR2004
        if not is_pair or not isinstance(result[0], str) or not isinstance(result[1], Mapping):
            raise BadResult(f"step {state_id!r} {returned(result)}")
        target, after = str.__str__(result[0]), result[1]
        if target not in self._steps and not self.lenient:
            raise UnknownState(
                f"step {state_id!r} named the next state {target!r}, which no step handles. "
                f"{did_you_mean(target, self._steps)}"
            )
        return state_id, target, after if isinstance(after, dict) else dict(after)
