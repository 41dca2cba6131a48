"""Stand-ins for senders: a step that is only tried out must speak as in earnest, and reach nobody."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

from chatsim.senders.console import ConsoleMessageSender
from chatsim.senders.recording import RecordingSender
from chatsim.senders.whatsapp import WhatsAppSender
from chatsim.trace import Reply

_OURS = (ConsoleMessageSender, WhatsAppSender, RecordingSender)


def double_factory(sender: Any) -> Callable[[], tuple[Any, list[Reply]]]:
    """Return a function that makes stand-ins for *sender*, each with the list that its messages go into.

    A sender of chatsim's is recorded where it would deliver, so that what a subclass adds to it, or a sender that
    wraps one, runs as in earnest.  Any other sender is replaced by a `RecordingSender` that has its methods and
    attributes beside its own.
    """
    if type(sender) in (ConsoleMessageSender, RecordingSender):
        return _plain_double
    if _reaches_ours(sender, set()):
        return lambda: _wired_double(sender)
    return lambda: _foreign_double(sender)


def _plain_double() -> tuple[RecordingSender, list[Reply]]:
    sender = RecordingSender()
    return sender, sender.replies


def _wired_double(sender: Any) -> tuple[Any, list[Reply]]:
    recorder = RecordingSender()
    return _rewired(sender, recorder, {}), recorder.replies


def _foreign_double(sender: Any) -> tuple[RecordingSender, list[Reply]]:
    double = _ForeignDouble(sender)
    return double, double.replies


def _reaches_ours(sender: Any, seen: set[int]) -> bool:
    """Say whether *sender* is one of chatsim's, or holds one, at whatever depth."""
    if isinstance(sender, _OURS):
        return True
    if id(sender) in seen or not hasattr(sender, "send_message"):
        return False
    seen.add(id(sender))
    return any(_reaches_ours(part, seen) for part in _attributes(sender).values())


def _rewired(sender: Any, recorder: RecordingSender, done: dict[int, Any]) -> Any:
    """Return a copy of *sender* whose deliveries go to *recorder*, and so those of the senders that it holds."""
    if id(sender) in done:
        return done[id(sender)]
    double = done[id(sender)] = copy.copy(sender)
    if isinstance(sender, _OURS):
        double.redirect(recorder)
    for name, part in _attributes(sender).items():
        if id(part) in done or _reaches_ours(part, set()):
            setattr(double, name, _rewired(part, recorder, done))
    return double


def _attributes(instance: Any) -> dict[str, Any]:
    """Return the attributes of *instance* itself, none if it has no ``__dict__``."""
    return dict(getattr(instance, "__dict__", {}))


class _ForeignDouble(RecordingSender):
    """Records `send_message`; has the other methods of a sender, which then call the recording one."""

    def __init__(self, original: Any) -> None:
        super().__init__()
        self._original = original

    def __getattr__(self, name: str) -> Any:
        original = self.__dict__["_original"]
        static = inspect.getattr_static(type(original), name, None)
        return MethodType(static, self) if isinstance(static, FunctionType) else getattr(original, name)
