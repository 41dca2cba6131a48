"""Orchestrators as bots: the step of the chat's state, run on what the snapshot remembers."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from chatsim.bots.base import Guards, QuickStep
from chatsim.bots.store_guards import guards_of_store
from chatsim.errors import UnknownState, did_you_mean
from chatsim.failures import failure_from, raised_by_bot
from chatsim.jsondata import json_clone, json_copy, to_json
from chatsim.orchestrator.chat_orchestrator import ChatOrchestrator
from chatsim.senders.doubles import double_factory
from chatsim.state_managers.base import encoded_pair
from chatsim.trace import (
    DEFAULT_CHAT,
    Callback,
    ChatState,
    Event,
    File,
    Form,
    Hop,
    JsonObject,
    Reply,
    Save,
    Snapshot,
    Tap,
    Text,
    Turn,
    Waits,
)


class OrchestratorBot:
    """A `chatsim.orchestrator.ChatOrchestrator` as a `chatsim.bots.base.Bot`.

    The steps run as in earnest, but on the snapshot instead of the state manager, and with a stand-in for the
    message sender: nothing is sent, printed or stored.  A context that no store takes is an error here as well.

    >>> from chatsim.senders.console import ConsoleMessageSender
    >>> from chatsim.state_managers.inmemory import InMemoryStateManager
    >>> orchestrator = ChatOrchestrator(InMemoryStateManager(), ConsoleMessageSender())
    >>> @orchestrator.register_step("start")
    ... def start(chat_id, user_input, context, sender):
    ...     sender.send_message(chat_id, f"You said {user_input}")
    ...     return "start", {}
    >>> bot = OrchestratorBot(orchestrator)
    >>> bot.step(bot.start(), Text("hi")).replies[0].text
    'You said hi'
    """

    def __init__(self, orchestrator: ChatOrchestrator) -> None:
        self.orchestrator = orchestrator
        self._steps = orchestrator.steps
        self._double = double_factory(orchestrator.message_sender)
        self._guards: Guards | None = None
        self._spare = [self._double()]

    def start(self) -> Snapshot:
        """Return a snapshot in which no chat has begun."""
        return Snapshot()

    def step(self, snapshot: Snapshot, event: Event) -> Turn:
        """Return what comes of *event*, without touching anything but copies."""
        began = perf_counter()
        chat = event.chat
        before = snapshot.chats.get(chat)
        state_id = before.state if before is not None else None
        context = json_clone(before.context) if before is not None else {}
        sender, replies = self._double()
        try:
            entered, target, after = self.orchestrator.run_step(state_id, context, chat, user_input_of(event), sender)
            remembered = ChatState(target, encoded_pair(after)[1])
        except BaseException as caught:  # noqa: BLE001 - whatever the bot raises is the turn's outcome
            return _failed(event, snapshot, replies, raised_by_bot(caught), began)
        return Turn(
            event=event,
            effects=(*replies, Save(chat)),
            hops=_hops(state_id, entered, target),
            snapshot=snapshot.with_chat(chat, remembered),
            seconds=perf_counter() - began,
        )

    def guards(self) -> Guards:
        """Return what the orchestrator's state manager does to keep two turns of one chat apart."""
        if self._guards is None:
            self._guards = guards_of_store(self.orchestrator.state_manager)
        return self._guards

    def state_names(self) -> tuple[str, ...]:
        """Return the states that have a step, in the order of their registration."""
        return tuple(self.orchestrator.steps)

    def hears(self) -> tuple[type[Event], ...]:
        """Return what a channel brings to an orchestrator: what people write and choose, and what webhooks say."""
        return (Text, Tap, Callback)

    def code_for(self, state: str | None) -> tuple[Any, ...]:
        """Return the step of *state*."""
        step = self._steps.get(self.orchestrator.initial_state_id if state is None else state)
        return () if step is None else (step,)

    def takes(self, event: Event) -> Any:
        """Return what a step gets as its *user_input*."""
        return user_input_of(event)

    def quickly(self, state: str) -> QuickStep | None:
        """Return what runs the step of *state*: the step itself, and what its result comes to.

        The stand-in of the sender is another one only once something was said with it: to make one takes longer than
        many a step, and in earnest it is always the same.
        """
        steps, double, spare = self._steps, self._double, self._spare
        handler = steps.get(state)
        if handler is None:
            return None

        def run(user_input: Any, context: JsonObject) -> tuple[str, JsonObject, list[Reply]] | None:
            sender, replies = spare[0]
            try:
                result = handler(DEFAULT_CHAT, user_input, context, sender)
            except BaseException as caught:  # noqa: BLE001 - the turn that is made in full says what it was
                spare[0] = double()
                raised_by_bot(caught)
                return None
            if replies:
                spare[0] = double()
            if type(result) is tuple and len(result) == 2:  # noqa: PLR2004
                target, after = result
                if type(after) is dict and type(target) is str and target in steps:
                    return target, after, replies
            return None

        return run

    def start_at(self, chat: str, state: str, context: JsonObject, waits: Waits | None = None) -> Snapshot:
        """Return a snapshot in which *chat* is in *state* with *context*; an orchestrator always waits for input.

        Raises `UnknownState` for a state without a step, `ContextNotSerializable` for what JSON cannot hold.
        """
        if state not in self.orchestrator.steps:
            raise UnknownState(f"no step handles {state!r}. {did_you_mean(state, self.orchestrator.steps)}")
        return Snapshot({chat: ChatState(state, json_copy(context), waits or "input")})


def user_input_of(event: Event) -> Any:
    """Return what a step gets for *event* as its *user_input*, as an orchestrator's platform delivers it.

    A start is None, a tap the option's title, a form its fields as JSON text, a file its bytes, a callback its
    body.

    >>> user_input_of(Tap("s", "Small")), user_input_of(Form({"qty": 2}))
    ('Small', '{"qty":2}')
    """
    match event:
        case Text():
            return event.text
        case Tap():
            return event.title
        case Form() | File():
            return to_json(event.data) if isinstance(event, Form) else event.data
        case Callback():
            return event.body
        case _:
            return None


def _hops(state_id: str | None, entered: str, target: str) -> tuple[Hop, ...]:
    """Return the hops of a turn; a lenient orchestrator has come from an unknown state to the one it entered."""
    if state_id is None or state_id == entered:
        return (Hop(entered, target),)
    return Hop(state_id, entered), Hop(entered, target)


def _failed(event: Event, snapshot: Snapshot, replies: list[Reply], error: BaseException, began: float) -> Turn:
    return Turn(
        event=event,
        effects=tuple(replies),
        snapshot=snapshot,
        error=failure_from(error),
        seconds=perf_counter() - began,
        exception=error,
    )
