"""Bots as data: drawn by Hypothesis, and built into classes of whichever runtime."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

WORDS = ("yes", "no", "", "reset")
VARIABLES = ("a", "b")
MOVES = ("forward", "forward", "input", "input", "input", "callback", "callback", "end", "me")
KINDS = (
    "input is",
    "callback is",
    "has input",
    "no input",
    "no input",
    "no input",
    "at least",
    "even",
    "count",
    "none",
)


@dataclass(frozen=True)
class Guard:
    """A predicate over variables and inputs, pure."""

    name: str
    kind: str
    word: str
    variable: str
    number: int

    def answer(self, machine: Any) -> Any:
        value = machine.variables.get(self.variable, 0)
        return {
            "input is": machine.current_input == self.word,
            "callback is": machine.current_callback == self.word,
            "has input": machine.current_input is not None,
            "no input": machine.current_input is None and machine.current_callback is None,
            "at least": value >= self.number,
            "even": value % 2 == 0,
            "count": (value + 2) % 3,
            "none": None,
        }[self.kind]


@dataclass(frozen=True)
class State:
    """What a state does when it is entered and left."""

    name: str
    move: str
    says: tuple[int, ...] = ()
    adds: str | None = None
    plugin: str | None = None
    speaks_on_exit: bool = False
    raises_at: int | None = None


@dataclass(frozen=True)
class Way:
    """A transition, as a dict has it."""

    source: str | tuple[str, ...]
    dest: str
    conditions: str | tuple[str, ...] | None
    unless: str | tuple[str, ...] | None

    def sources(self, names: tuple[str, ...]) -> tuple[str, ...]:
        if self.source == "*":
            return ("zero", *names)
        return self.source if isinstance(self.source, tuple) else (self.source,)

    def as_dict(self) -> dict[str, Any]:
        given = {"trigger": "next", "source": _plain(self.source), "dest": self.dest}
        for key in ("conditions", "unless"):
            if (value := getattr(self, key)) is not None:
                given[key] = _plain(value)
        return given


@dataclass(frozen=True)
class Machine:
    """A whole bot."""

    states: tuple[State, ...]
    ways: tuple[Way, ...]
    guards: tuple[Guard, ...]
    outputs: tuple[str, ...] = ()
    plugins: dict[str, Machine] = field(default_factory=dict)
    plugins_first: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states)

    @cached_property
    def guard_by_name(self) -> dict[str, Guard]:
        return {guard.name: guard for guard in self.guards}

    def open_ways(self, machine: Any, order: list[int]) -> list[int]:
        """Return the ways that are open to *machine*, in *order*."""
        return [index for index in order if self._is_open(self.ways[index], machine)]

    def _is_open(self, way: Way, machine: Any) -> bool:
        guards = self.guard_by_name
        return (
            machine.state in way.sources(self.names)
            and all(guards[name].answer(machine) == True for name in _listed(way.conditions))  # noqa: E712
            and all(guards[name].answer(machine) == False for name in _listed(way.unless))  # noqa: E712
        )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


# ---------------------------------------------------------------- drawing


class Dice:
    """Decisions read from bytes: one draw for a whole bot takes a hundredth of the time of a draw for each of them.

    A zero is the simplest choice, so that Hypothesis shrinks a bot by shrinking its bytes.
    """

    def __init__(self, data: bytes) -> None:
        self.bytes = iter(data)

    def below(self, limit: int) -> int:
        return next(self.bytes, 0) % limit

    def pick(self, choices: Sequence[Any]) -> Any:
        return choices[self.below(len(choices))]

    def often(self, times: int) -> bool:
        """Say yes *times* out of eight."""
        return self.below(8) >= 8 - times


def machines() -> st.SearchStrategy[Machine]:
    return st.binary(min_size=500, max_size=500).map(lambda data: read_machine(Dice(data)))


def read_machine(dice: Dice, depth: int = 1, most: int = 12) -> Machine:
    """Read a bot of two to *most* states, with plugins as large unless *depth* is zero."""
    names = [f"s{letter}" for letter in string.ascii_lowercase[: 2 + min(dice.below(most - 1), dice.below(most - 1))]]
    if dice.often(4 if depth else 6):  # plugins that end give outputs
        names[-1] = "end"
    guards = tuple(_guard(name, dice) for name in ("is_a", "is_b", "is_c", "is_d", "is_e")[: 1 + dice.below(5)])
    plugins = {}
    if depth and dice.often(3):
        plugins = {name: read_machine(dice, depth - 1, most) for name in ("p", "q")[: 1 + dice.below(2)]}
    states = tuple(_state(name, tuple(plugins), dice) for name in names)
    ways = [Way("zero", dice.pick(names), None, None)]
    for name in names:
        ways += [_way(name, names, guards, dice) for _ in range(dice.below(4))]
        if dice.often(4):
            ways.append(Way(name, dice.pick(names), None, None))
    if dice.often(2):
        ways.reverse()
    outputs = tuple(name for name in (*VARIABLES, "missing") if dice.often(3))
    return Machine(states, tuple(ways), guards, outputs, plugins, dice.often(4))


def _guard(name: str, dice: Dice) -> Guard:
    return Guard(name, dice.pick(KINDS), dice.pick(WORDS), dice.pick(VARIABLES), 1 + dice.below(3))


def _state(name: str, plugins: tuple[str, ...], dice: Dice) -> State:
    if name == "end" and dice.often(5):
        return State(name, "default", speaks_on_exit=dice.often(2))
    return State(
        name,
        dice.pick(MOVES),
        tuple(dice.below(7) for _ in range(dice.below(3))),
        dice.pick((None, *VARIABLES)),
        dice.pick(plugins) if plugins and dice.often(3) else None,
        dice.often(2),
        2 if dice.below(16) == 1 else None,
    )


def _way(name: str, names: list[str], guards: tuple[Guard, ...], dice: Dice) -> Way:
    def named() -> str | tuple[str, ...] | None:
        chosen = tuple(dice.pick(guards).name for _ in range(dice.pick((0, 1, 1, 2))))
        return chosen[0] if len(chosen) == 1 and dice.often(7) else chosen or None

    source = dice.pick([name] * 6 + [(name,), (name, names[0]), "*"])
    return Way(source, dice.pick([*names, "=", "=", "zero"]), named(), named() if dice.often(2) else None)


@dataclass(frozen=True)
class Given:
    """What reaches a bot in one turn."""

    user: str | bytes | None = None
    callback: str | bytes | None = None
    variables: dict[str, int] = field(default_factory=dict)


def inputs() -> st.SearchStrategy[list[Given]]:
    return st.binary(min_size=40, max_size=40).map(lambda data: read_inputs(Dice(data)))


def read_inputs(dice: Dice) -> list[Given]:
    return [_given(dice) for _ in range(1 + dice.below(8))]


def _given(dice: Dice) -> Given:
    kind = dice.below(5)
    if kind < 2:
        return Given(dice.pick(WORDS))
    if kind == 2:
        return Given(None, dice.pick(WORDS))
    if kind == 3:
        return Given(dice.pick((*WORDS, b"\x00file")), dice.pick((None, *WORDS)))
    return Given(variables={"a": 1})


# ---------------------------------------------------------------- building


class Probe:
    """What a built class reports: every choice between ways, and how often it acted in a turn."""

    def made(self, machine: Any) -> None:
        """An instance begins to be made."""

    def choice(self, machine: Any, spec: Machine) -> None:
        """A way on is about to be chosen."""

    def asked(self) -> None:
        """A guard is asked."""

    def entered(self, machine: Any) -> None:
        """A state is entered."""


def build(spec: Machine, kit: Any, probe: Probe, transitions: Callable[[Machine], list[dict[str, Any]]]) -> Any:
    """Return *spec*, with its *transitions*, as a class of *kit* (a module with AbstractFSM and the models)."""
    plugins = {name: build(inner, kit, probe, transitions) for name, inner in spec.plugins.items()}

    def init(self: Any, send_message: Any, credentials: Any = None) -> None:
        probe.made(self)
        self.credentials = credentials or {}
        made = {name: plugin(send_message) for name, plugin in plugins.items()}
        if spec.plugins_first:
            self.plugins = made
        kit.AbstractFSM.__init__(self, send_message=send_message)
        if not spec.plugins_first:
            self.plugins = made

    body: dict[str, Any] = {
        "__init__": init,
        "states": list(spec.names),
        "transitions": transitions(spec),
        "conditions": {guard.name for guard in spec.guards},
        "output_variables": set(spec.outputs),
        "hop_budget": 100,
    }
    body["on_enter_zero"] = lambda self: probe.entered(self)  # noqa: PLW0108 - a bound method takes no self
    body["about_to_choose"] = lambda self: probe.choice(self, spec)
    for guard in spec.guards:
        body[guard.name] = _guard_method(guard, spec, probe)
    for state in spec.states:
        if state.move != "default":
            body[f"on_enter_{state.name}"] = _enter_method(state, kit, probe)
        if state.speaks_on_exit:
            body[f"on_exit_{state.name}"] = _exit_method(state, kit)
    return type("Generated", (kit.AbstractFSM,), body)


def _guard_method(guard: Guard, spec: Machine, probe: Probe) -> Any:
    def ask(self: Any) -> Any:
        probe.choice(self, spec)
        probe.asked()
        return guard.answer(self)

    return ask


def _enter_method(state: State, kit: Any, probe: Probe) -> Any:
    moves = {
        "forward": kit.Status.MOVE_FORWARD,
        "input": kit.Status.WAIT_FOR_USER_INPUT,
        "callback": kit.Status.WAIT_FOR_CALLBACK,
        "end": kit.Status.END,
        "me": kit.Status.WAIT_FOR_ME,
    }

    def enter(self: Any) -> None:
        self.status = kit.Status.WAIT_FOR_ME
        probe.entered(self)
        for flavour in state.says:
            self.send_message(message(kit, flavour, f"{state.name} {self.current_input!r} {self.current_callback!r}"))
        if state.adds is not None:
            self.variables[state.adds] = self.variables.get(state.adds, 0) + 1
            self.variables.setdefault("seen", []).append([state.name, str(self.current_input)])
        if state.raises_at is not None and self.variables.get("a", 0) >= state.raises_at:
            raise LookupError(f"{state.name} broke")
        if state.plugin is None:
            self.status = moves[state.move]
        elif (result := self.run_plugin(state.plugin, b=self.variables.get("a", 0))) != self.RUN_TOKEN:
            self.variables["result"] = result
            self.status = moves[state.move]

    return enter


def _exit_method(state: State, kit: Any) -> Any:
    def leave(self: Any) -> None:
        self.send_message(message(kit, 0, f"leaving {state.name} with {self.current_input!r} for {self.state}"))

    return leave


def message(kit: Any, flavour: int, text: str) -> Any:
    """Return a message of *kit*, one of seven kinds."""
    data = kit.MessageData(body=text, header="h" if flavour == 1 else None, footer="f" if flavour == 1 else None)
    kinds: list[dict[str, Any]] = [
        {},
        {"dest": "channel", "dialog": "language_selected"},
        {
            "type": kit.MessageType.INTERACTIVE,
            "options_list": [kit.OptionsListType(id="1", title="S"), kit.OptionsListType(id="2", title="L")],
            "menu_selector": "pick",
            "menu_title": "sizes",
        },
        {"type": kit.MessageType.IMAGE, "media_url": "https://pictures.example/1.png"},
        {
            "type": kit.MessageType.DOCUMENT,
            "file": kit.UploadFile(path="/a/b.pdf", mime_type="application/pdf", filename="b.pdf"),
        },
        {
            "type": kit.MessageType.FORM,
            "whatsapp_flow_id": "f",
            "whatsapp_screen_id": "s",
            "form_token": "t",
            "plugin_uuid": "u",
        },
        {"dest": "rag"},
    ]
    return kit.FSMOutput(message_data=data, **kinds[flavour])
