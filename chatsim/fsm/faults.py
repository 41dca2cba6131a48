"""What can be wrong with an FSM bot beside its turns."""

from __future__ import annotations

from collections.abc import Iterable

from chatsim.errors import BotError


class FaultyMachine(BotError, ValueError):
    """A bot class cannot run as it is declared.  `faults` holds everything that is wrong with it.

    >>> print(FaultyMachine("Pizza", ["state 'pay' has no method on_enter_pay(self)"]))
    Pizza cannot run, 1 fault:
    - state 'pay' has no method on_enter_pay(self)
    """

    kind = "faulty-machine"

    def __init__(self, name: str, faults: Iterable[str]) -> None:
        self.name = name
        self.faults = tuple(faults)
        count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}"
        super().__init__(f"{name} cannot run, {count}:" + "".join(f"\n- {fault}" for fault in self.faults))


def received(user_input: object) -> str:
    """Say what arrived, where that is not what the person wrote: a choice and a form come as JSON.

    >>> received('[{"option_id": "1", "option_text": "Small"}]')
    '; current_input is [{"option_id": "1", "option_text": "Small"}]'
    >>> received("small")
    ''
    """
    return f"; current_input is {user_input}" if isinstance(user_input, str) and user_input[:1] in ("[", "{") else ""


class UnknownPlugin(BotError, ValueError):
    """A plugin was named that the bot does not have."""

    kind = "unknown-plugin"
