"""The class that FSM bots inherit from, and the loop that runs them."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Sequence
from copy import copy
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Self

from chatsim.errors import BadResult
from chatsim.fsm.data_models import Status
from chatsim.fsm.declared import nearest
from chatsim.fsm.faults import FaultyMachine, UnknownPlugin
from chatsim.fsm.firing import call, fire_next, no_way_on
from chatsim.fsm.program import compile_machine, program_of
from chatsim.fsm.routes import Program
from chatsim.fsm.sanity import find_faults
from chatsim.fsm.table import INITIAL
from chatsim.jsondata import json_clone, json_copy
from chatsim.trace import Guard, Hop

# The members by names of the module: to look one up on its enumeration takes several times as long.
_MOVE_FORWARD, _END = Status.MOVE_FORWARD, Status.END
_FOR_INPUT, _FOR_CALLBACK, _FOR_PLUGIN = Status.WAIT_FOR_USER_INPUT, Status.WAIT_FOR_CALLBACK, Status.WAIT_FOR_PLUGIN
_BY_VALUE: dict[Any, Status] = {status.value: status for status in Status}


class AbstractFSM(ABC):  # noqa: B024 - bots may add abstract methods
    """A bot as a finite state machine: `states`, `transitions` between them, a method ``on_enter_<state>`` for each.

    A new instance serves each turn: what a bot wants to know in the next one goes into `variables`, which are
    JSON.  A turn runs from state to state while `status` is MOVE_FORWARD; of the transitions from a state the
    first one whose conditions hold is taken.  Beside its own methods a machine has those of its triggers
    (``self.next()``, ``self.may_next()``, ``self.trigger("next")``) and states (``self.is_pay()``,
    ``self.to_pay()``).

    >>> from chatsim.fsm import FSMOutput, MessageData
    >>> class Greeter(AbstractFSM):
    ...     states = ["hello", "end"]
    ...     transitions = [
    ...         {"trigger": "next", "source": "zero", "dest": "hello"},
    ...         {"trigger": "next", "source": "hello", "dest": "end"},
    ...     ]
    ...
    ...     def on_enter_hello(self):
    ...         self.send_message(FSMOutput(message_data=MessageData(body="Hello!")))
    ...         self.status = Status.WAIT_FOR_USER_INPUT
    >>> Greeter.run_machine(lambda message: print(message.message_data.body))
    Hello!
    {'main': {'state': 'hello', 'status': 1, 'variables': {}}, 'plugins': {}}
    """

    states: ClassVar[Any] = []
    transitions: ClassVar[Any] = []
    conditions: ClassVar[Any] = set()
    output_variables: ClassVar[Any] = set()
    RUN_TOKEN: ClassVar[str] = "RUNNING"  # noqa: S105 - no password: what `run` returns while the bot is not done
    hop_budget: int = 1000
    """How many hops a turn may have, those of plugins among them, before it counts as a loop."""

    credentials: Any = None
    plugins: Any = None
    _fsm_program: Program | None = None
    _fsm_trail: list[Hop] | None = None
    _fsm_hops: list[Hop] | None = None
    _fsm_odd: dict[str, Any] | None = None
    _fsm_name: str = ""
    _fsm_woken: bool = False
    __input__: Any = None
    __callback__: Any = None

    def __init__(self, send_message: Callable[[Any], Any], credentials: dict[str, Any] | None = None) -> None:
        """Make a machine in its first state that says what it has to say through *send_message*.

        Raises `FaultyMachine` with everything that is wrong with the class.
        """
        program = self._fsm_program
        if program is None or program.owner is not type(self):
            program = program_of(type(self))
        if self.states is not program.states or self.transitions is not program.transitions:
            self._fsm_program = compile_machine(self, type(self))
        self.send_message = send_message
        self.state: str = INITIAL
        self.status = _MOVE_FORWARD
        self.variables: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        if credentials is not None:
            self.credentials = credentials
        elif self.credentials is None:
            self.credentials = {}
        if self.plugins is program.plugins:
            self.plugins = _fresh(program.plugins) if program.plugins else {}

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Stand for the methods that a machine offers beside those of its class (see there)."""

    # ------------------------------------------------------------ what a bot uses

    # Guards and states read them all the time, and a getter in C takes half of the time of one in Python.
    current_input: Any = property(
        attrgetter("__input__"),
        doc="What the user sent, in the guards and the state that come after a state that waited for it; else None.",
    )
    current_callback: Any = property(
        attrgetter("__callback__"),
        doc="What a webhook sent, in the guards and the state that come after a state that waited for it; else None.",
    )

    def run_plugin(self, plugin: str, **kwargs: Any) -> Any:
        """Run a plugin until it waits or is done: RUN_TOKEN, and this state waits with it, or its outputs.

        *kwargs* become variables of a plugin that is about to begin.  Raises `UnknownPlugin`.
        """
        machine = self.plugins.get(plugin)
        if not machine:
            raise UnknownPlugin(f"No such plugin found: {plugin}{nearest(plugin, self.plugins)}")
        if machine.state == INITIAL:
            machine.initialise(**kwargs)
        else:
            machine.submit_callback(self.current_callback)
            machine.submit_input(self.current_input)
        result = self._fsm_run_within(machine, plugin)
        if result == machine.RUN_TOKEN:
            self.status = _FOR_PLUGIN
            return self.RUN_TOKEN
        machine.reset()
        return result

    def set_outputs(self) -> None:
        """Copy the `output_variables` to `outputs`, for whoever runs this machine as a plugin."""
        for key in self.output_variables:
            self.outputs[key] = self.variables.get(key)

    def on_enter_end(self) -> None:
        """End the conversation."""
        self.status = Status.WAIT_FOR_ME
        self.set_outputs()
        self.status = _END

    # ------------------------------------------------------------ what runs a bot

    def initialise(self, **kwargs: Any) -> None:
        """Set variables."""
        self.variables.update(kwargs)

    def submit_input(self, fsm_input: Any) -> None:
        """Store what the user sent; it wakes a bot that waits for it."""
        if fsm_input is not None:
            self.__input__ = fsm_input
            if self.status is _FOR_INPUT:
                self.status = _MOVE_FORWARD
                self._fsm_woken = True

    def submit_callback(self, fsm_callback: Any) -> None:
        """Store what a webhook sent; it wakes a bot that waits for it."""
        if fsm_callback is not None:
            self.__callback__ = fsm_callback
            if self.status is _FOR_CALLBACK:
                self.status = _MOVE_FORWARD
                self._fsm_woken = True

    def reset_inputs(self) -> None:
        """Forget the input and the callback."""
        self.__input__ = None
        self.__callback__ = None

    def run(self) -> Any:
        """Go on until the bot waits (RUN_TOKEN) or ends (its outputs).

        Raises `NoWayOn` where no guard holds, `HopLoop` after `hop_budget` hops, and what the bot raises.
        """
        outermost = self._fsm_trail is None
        if outermost:
            self._fsm_trail = self._fsm_hops = []
        try:
            if self._fsm_woken:
                self._fsm_woken = False
            else:
                self._fsm_go_on_unasked()
            while self.status is _MOVE_FORWARD:
                asked = fire_next(self)
                if asked is not None:
                    self._fsm_look_again(asked)
                self.reset_inputs()
        finally:
            if outermost:
                self._fsm_trail = None
        return self.outputs if self.status is _END else self.RUN_TOKEN

    def reset(self) -> None:
        """Go back to the beginning, plugins too."""
        self.state = INITIAL
        self.status = _MOVE_FORWARD
        self.variables = {}
        self.outputs = {}
        for plugin in self.plugins.values():
            plugin.reset()
        self.reset_inputs()

    @classmethod
    def get_machine(  # noqa: PLR0917 - the original's signature
        cls,
        send_message: Callable[[Any], Any],
        credentials: dict[str, Any] | None = None,
        state: str | None = None,
        status: Status | int | None = None,
        variables: dict[str, Any] | None = None,
        plugin_states: dict[str, dict[str, Any]] | None = None,
    ) -> Self:
        """Return a new machine that goes on from a saved state, or from the beginning."""
        machine = cls(send_message, credentials)
        machine._restore_state(
            INITIAL if state is None else state,
            _MOVE_FORWARD if status is None else status,
            {} if variables is None else variables,
            plugin_states,
        )
        return machine

    @classmethod
    def run_machine(
        cls,
        send_message: Callable[[Any], Any],
        user_input: str | bytes | None = None,
        callback_input: str | bytes | None = None,
        credentials: dict[str, Any] | None = None,
        state: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Run one turn: from *state*, as the turn before returned it, to the state to be saved.

        *kwargs* become variables.  The state that comes back shares nothing with *state* nor with the bot, and
        is JSON: raises `ContextNotSerializable` where it cannot be.
        """
        if state:
            main, plugins = state["main"], state["plugins"]
            machine = cls.get_machine(
                send_message,
                credentials,
                main["state"],
                main["status"],
                json_clone(main["variables"]),
                json_clone(plugins) if plugins else None,
            )
        else:
            machine = cls.get_machine(send_message, credentials)
        if kwargs:
            machine.initialise(**kwargs)
        machine.submit_callback(callback_input)
        machine.submit_input(user_input)
        machine.run()
        if machine.status is _END:
            machine.reset()
        return {
            "main": {
                "state": machine.state,
                "status": machine._fsm_status_value(),
                "variables": json_copy(machine.variables, "$.main.variables"),
            },
            "plugins": json_copy(machine._fsm_plugin_states(), "$.plugins") if machine.plugins else {},
        }

    @classmethod
    def check_sanity(cls) -> None:
        """Raise `FaultyMachine` with everything that is wrong with the class; one without states is abstract."""
        if faults := find_faults(cls):
            raise FaultyMachine(cls.__name__, faults)

    # ------------------------------------------------------------ inside

    def _save_state(self) -> dict[str, Any]:
        main = {"state": self.state, "status": self._fsm_status_value(), "variables": self.variables}
        return {"main": main, "plugins": self._fsm_plugin_states()}

    def _fsm_plugin_states(self) -> dict[str, dict[str, Any]]:
        return {name: plugin._save_state() for name, plugin in self.plugins.items()}

    def _fsm_status_value(self) -> int:
        status: Any = self.status
        try:
            value: int = status._value_  # `value` goes through a descriptor, which takes five times as long
        except AttributeError:
            raise BadResult(f"status is {status!r} in state {self.state}; set it to a member of Status") from None
        return value

    def _restore_state(
        self, state: str, status: Status | int, variables: dict[str, Any], plugin_states: dict[str, Any] | None
    ) -> None:
        self.state = state
        self.variables = variables
        try:
            self.status = _BY_VALUE[status]
        except (KeyError, TypeError):
            self.status = Status(status)
        if plugin_states:
            self._fsm_restore_plugins(plugin_states)

    def _fsm_restore_plugins(self, plugin_states: dict[str, dict[str, Any]]) -> None:
        for name, saved in plugin_states.items():
            if name not in self.plugins:
                raise UnknownPlugin(
                    f"No such plugin found: {name}, which the saved state has{nearest(name, self.plugins)}"
                )
            main = saved["main"]
            self.plugins[name]._restore_state(main["state"], main["status"], main["variables"], saved["plugins"])

    def _fsm_run_within(self, machine: Any, name: str) -> Any:
        """Run the plugin *machine* so that its hops are part of this turn."""
        machine._fsm_trail = self._fsm_trail
        machine.hop_budget = self.hop_budget
        machine._fsm_name = f"{self._fsm_name}.{name}" if self._fsm_name else name
        try:
            return machine.run()
        finally:
            machine._fsm_trail = None

    def _fsm_go_on_unasked(self) -> None:
        """Do what comes before the hops of a turn that no input and no callback woke."""
        if self.status is _FOR_PLUGIN:
            for action in self._fsm_program.enters(self.state):  # type: ignore[union-attr]
                call(self, action, (), {})
        elif self.status is _MOVE_FORWARD and self.state == INITIAL:
            self.reset_inputs()  # nobody waited for them

    def _fsm_look_again(self, asked: Sequence[Guard]) -> None:
        """Ask once more, without the input, as later states see it; raise `NoWayOn` if nothing is open then, either."""
        if self.status is not _MOVE_FORWARD:
            return
        error = no_way_on(self, asked)
        if self.__input__ is not None or self.__callback__ is not None:
            self.reset_inputs()
            if fire_next(self) is None:
                return
        if self.status is _MOVE_FORWARD:
            raise error


def _fresh(plugins: dict[str, Any]) -> dict[str, Any]:
    """Return copies of plugins that a class holds for all its instances: one chat's must not reach the next one."""
    fresh = {name: _copied(plugin) for name, plugin in plugins.items()}
    for plugin in fresh.values():
        plugin.reset()
    return fresh


def _copied(plugin: Any) -> Any:
    twin = copy(plugin)
    twin.plugins = {name: _copied(inner) for name, inner in plugin.plugins.items()}
    return twin
