"""Every state that a `return` of a step can name, read from its source."""

import enum
import functools
import json
import random
import re
from typing import NamedTuple

import pytest

from chatsim.graph.declared.dispatch import declared_graph
from chatsim.graph.declared.orchestrator import orchestrator_graph
from chatsim.graph.model import NO_RESULT
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager

MENU = "menu"
ROUTES = {"pay": "checkout", "look": "catalogue"}
PATHS = ["first", "second"]
PAIR = ("paired", {})


class State(enum.Enum):
    ASK = "ask"
    DONE = "done"


class TextState(str, enum.Enum):  # noqa: UP042 - as people write it
    ASK = "ask"


class Config:
    after = "from_class"

    @staticmethod
    def following():
        return "static"

    @classmethod
    def made(cls):
        return cls.after

    @property
    def secret(self):
        return "never read"


CONFIG = Config()
CONFIG.here = "on_instance"


def orchestrator(**steps):
    found = ChatOrchestrator(InMemoryStateManager(), RecordingSender())
    found.register_steps(steps)
    return found


def ways(step):
    """Return where *step* may lead and when, None where that cannot be known."""
    graph = orchestrator_graph(orchestrator(start=step))
    return {way.target: way.when for way in graph.transitions}


def targets(step):
    return set(ways(step))


# ---------------------------------------------------------------- steps, as their authors write them


def literal(chat_id, text, context, sender):
    return "menu", context


def module_constant(chat_id, text, context, sender):
    return MENU, {}


def whole_pair(chat_id, text, context, sender):
    return PAIR


def conditional(chat_id, text, context, sender):
    return ("yes" if text == "y" else "no"), context


def fstring(chat_id, text, context, sender):
    kind = "big" if len(text) > 3 else "small"
    return f"ask_{kind}_{MENU!s:>5}", context


def unknown_fstring(chat_id, text, context, sender):
    return f"ask_{text}", context


def dict_lookup(chat_id, text, context, sender):
    return ROUTES[text], context


def dict_get(chat_id, text, context, sender):
    return ROUTES.get(text, "start"), context


def dict_get_known(chat_id, text, context, sender):
    return ROUTES.get("pay", "start"), context


def dict_get_missing(chat_id, text, context, sender):
    return ROUTES.get("nothing", "start"), context


def written_dict(chat_id, text, context, sender):
    following = {"a": "one", "b": MENU, **ROUTES}
    return following[text], context


def open_dict(chat_id, text, context, sender):
    following = {"a": "one", **context}
    return following.get("a"), context


def changed_dict(chat_id, text, context, sender):
    following = {"a": "one"}
    following["b"] = text
    return following["b"], context


def list_index(chat_id, text, context, sender):
    return PATHS[0], context


def list_any_index(chat_id, text, context, sender):
    return PATHS[len(text)], context


def chosen(chat_id, text, context, sender):
    return random.choice(PATHS), context


def first_of(chat_id, text, context, sender):
    return next((path for path in PATHS), "none"), context


def next_of(chat_id, text, context, sender):
    return next(iter(PATHS), "none"), context


def local(chat_id, text, context, sender):
    following = "one"
    if text == "x":
        following = "two"
    elif text == "y":
        following = "three"
    return following, context


def loop(chat_id, text, context, sender):
    for path in PATHS:
        if path == text:
            return path, context
    return "start", context


def endless(chat_id, text, context, sender):
    tries = 0
    while True:
        tries += 1
        if tries > 3:
            break
        if text:
            return "text", context
    return "nothing", context


def growing(chat_id, text, context, sender):
    name = "a"
    for _ in text:
        name += "b"
    return name, context


def tried(chat_id, text, context, sender):
    try:
        number = int(text)
    except ValueError:
        return "again", context
    except KeyError as error:
        return str(error), context
    else:
        following = "enough" if number > 3 else "more"
    finally:
        sender.send_message(chat_id, "ok")
    return following, context


def with_block(chat_id, text, context, sender):
    with open(text) as file:  # noqa: PTH123
        if file:
            return "file", context
    return "none", context


def matched(chat_id, text, context, sender):
    match text:
        case "a" | "b":
            return text, context
        case "c":
            following = "letter_c"
        case [first, *_] if first:
            return first, context
        case other:
            return "other", {"x": other}
    return following, context


def walrus(chat_id, text, context, sender):
    if (following := ROUTES.get(text)) is not None:
        return following, context
    return "start", context


def narrowed(chat_id, text, context, sender):
    if text in ("red", "green"):
        return text, context
    if text == "blue" and context:
        return text, context
    return "start", context


def helper(chat_id, text, context, sender):
    return after(text), context


def after(text, default="start"):
    if text == "pay":
        return "checkout"
    return default


def delegating(chat_id, text, context, sender):
    if text:
        return literal(chat_id, text, context, sender)
    return conditional(chat_id, text, context, sender)


def keywords(chat_id, text, context, sender):
    return after(text=text, default="elsewhere"), context


def spread(chat_id, text, context, sender):
    return after(*[text]), context


def recursive(chat_id, text, context, sender):
    if text == "again":
        return recursive(chat_id, text[1:], context, sender)
    return "done", context


def inner_function(chat_id, text, context, sender):
    def following(name="inner"):
        return f"{name}_state"

    if text:
        return following(), context
    return following("other"), context


def by_lambda(chat_id, text, context, sender):
    pick = lambda key: ROUTES[key]  # noqa: E731
    return pick("pay"), context


def with_partial(chat_id, text, context, sender):
    return AFTER_PAY(), context


AFTER_PAY = functools.partial(after, "pay")


def by_enum(chat_id, text, context, sender):
    return (State.ASK.value if text else State["DONE"].value), context


def by_text_enum(chat_id, text, context, sender):
    return TextState.ASK, context


def by_any_enum(chat_id, text, context, sender):
    return random.choice(list(State)).value, context


def by_enum_call(chat_id, text, context, sender):
    return State("done").value, context


def by_class(chat_id, text, context, sender):
    if text == "1":
        return Config.after, context
    if text == "2":
        return Config.following(), context
    if text == "3":
        return CONFIG.here, context
    if text == "4":
        return Config.made(), context
    return CONFIG.secret, context


def by_methods(chat_id, text, context, sender):
    return "-".join(["A", "b"]).lower().replace("-", "_"), context  # noqa: FLY002


def by_format(chat_id, text, context, sender):
    return "{}_{kind}".format("ask", kind=MENU), context


def by_percent(chat_id, text, context, sender):
    return "ask_%s" % MENU, context  # noqa: UP031


def by_or(chat_id, text, context, sender):
    return context.get("next") or "start", context


def context_get(chat_id, text, context, sender):
    return context.get("next", "menu"), context


def from_context(chat_id, text, context, sender):
    return context["next"], context


def unpacked(chat_id, text, context, sender):
    following, context = "unpacked", {**context}
    return following, context


def unpacked_helper(chat_id, text, context, sender):
    following, context = pair()
    return following, context


def pair():
    return "of_pair", {}


def falls_off(chat_id, text, context, sender):  # noqa: RET503
    if text:
        return "menu", context


def returns_none(chat_id, text, context, sender):
    return None


def raises(chat_id, text, context, sender):
    raise ValueError(text)


def not_a_state(chat_id, text, context, sender):
    return 3, context


def a_list(chat_id, text, context, sender):
    return ["menu", context]


def imported(chat_id, text, context, sender):
    from json import loads

    return loads(text), context


def annotated(chat_id, text, context, sender):
    following: str
    other: str = "typed"
    following = other
    return following, context


def starred_names(chat_id, text, context, sender):
    first, *_ = [text, "a"]
    return first, context


def appended(chat_id, text, context, sender):
    found = ["a"]
    found.append(text)
    return found[0], context


def deleted(chat_id, text, context, sender):
    found = {"a": "one", "b": "two"}
    del found["b"]
    return found["a"], context


def inner_class(chat_id, text, context, sender):
    class Local:
        name = "inner"

    return Local.name, context


def decorated_inside(chat_id, text, context, sender):
    @functools.cache
    def following():
        return "x"

    return following(), context


def skipping(chat_id, text, context, sender):
    following = "none"
    for letter in text:
        if letter == " ":
            continue
        following = "letter"
    return following, context
    return "never", context


def two_handlers(chat_id, text, context, sender):
    try:
        int(text)
    except ValueError:
        following = "value"
    except:  # noqa: E722
        return "any", context
    else:
        following = "number"
    return following, context


def always_raising(chat_id, text, context, sender):
    try:
        raise ValueError
    finally:
        sender.send_message(chat_id, "bye")


def named_case(chat_id, text, context, sender):
    match text:
        case "a" | "b" as letter:
            return letter, context
        case str() as word:
            return word, context
    return "other", context


def merged(chat_id, text, context, sender):
    return (ROUTES | {"x": "extra"})[text], context


def merged_constants(chat_id, text, context, sender):
    return (ROUTES | MORE)[text], context


MORE = {"more": "more_state"}


def multiplied(chat_id, text, context, sender):
    return "ab" * 3, context


def shortened(chat_id, text, context, sender):
    state = "a"
    state += "b"
    context["n"] += 1
    return state, context


def with_keywords(chat_id, text, context, sender):
    def following(prefix, *rest, suffix="x", **more):
        return f"{prefix}_{suffix}"

    if text == "1":
        return following("a", "b", suffix="c", other=1), context
    if text == "2":
        return following(**context), context
    return following("d"), context


def values_of(chat_id, text, context, sender):
    for state in ROUTES.values():
        if text:
            return state, context
    for name in ROUTES.keys():  # noqa: SIM118
        if text:
            return name, context
    return PATHS.pop(), context


def copied(chat_id, text, context, sender):
    return ROUTES.copy(), context


def negative(chat_id, text, context, sender):
    return (PATHS[-1] if -len(text) else PATHS[~0]), context


def and_or(chat_id, text, context, sender):
    return (text and "said") or "silent", context


async def waiting():
    return "awaited"


def late_cell():
    def step(chat_id, text, context, sender):
        return later, context

    if step is None:
        later = "x"
    return step


class Result(NamedTuple):
    state: str
    context: dict


def named_tuple(chat_id, text, context, sender):
    if text:
        return Result("menu", context)
    return Result(state="start", context=context)


FIELDS = ["name", "age"]


def left_over(chat_id, text, context, sender):
    missing = [field for field in FIELDS if field not in context]
    if missing:
        return f"ask_{missing[0]}", context
    return "done", context


def dict_comprehension(chat_id, text, context, sender):
    following = {field: f"ask_{field}" for field in FIELDS}
    return following[text], context


def dict_items(chat_id, text, context, sender):
    for word, state in ROUTES.items():
        if word in text:
            return state, context
    return "start", context


def written_items(chat_id, text, context, sender):
    for word, state in {"a": "one", "b": "two"}.items():
        if word in text:
            return state, context
    return {"x": "three"}.get(text, "four"), context


def numbered(chat_id, text, context, sender):
    for number, path in enumerate(PATHS):
        if number == len(text):
            return path, context
    for path, field in zip(PATHS, FIELDS, strict=True):
        if text == path:
            return field, context
    return max(PATHS), context


def sorted_paths(chat_id, text, context, sender):
    return (sorted(PATHS)[0] if text else list(filter(None, PATHS))[0]), context  # noqa: FURB192, RUF015


def narrowed_in_a_comprehension(chat_id, text, context, sender):
    return next((word for word in context if word in ("x", "y")), "z"), context


BY_OBJECT = {State.ASK: "for_ask", (1, 2): "for_pair"}


def by_member(chat_id, text, context, sender):
    return BY_OBJECT[State.ASK], context


def many(chat_id, text, context, sender):
    letters = "abcdefghijklmnopqrstuvwxyz"
    return f"{random.choice(list(letters))}{random.choice(PATHS)}", context


class TestTargets:
    @pytest.mark.parametrize(
        ("step", "expected"),
        [
            (literal, {"menu"}),
            (module_constant, {"menu"}),
            (whole_pair, {"paired"}),
            (conditional, {"yes", "no"}),
            (fstring, {"ask_big_ menu", "ask_small_ menu"}),
            (unknown_fstring, {None}),
            (dict_lookup, {"checkout", "catalogue"}),
            (dict_get, {"checkout", "catalogue", "start"}),
            (dict_get_known, {"checkout"}),
            (dict_get_missing, {"start"}),
            (written_dict, {"one", "menu", "checkout", "catalogue"}),
            (open_dict, {"one", None}),
            (changed_dict, {None}),
            (list_index, {"first"}),
            (list_any_index, {"first", "second"}),
            (chosen, {"first", "second"}),
            (first_of, {"first", "second", "none"}),
            (next_of, {"first", "second", "none"}),
            (local, {"one", "two", "three"}),
            (loop, {"first", "second", "start"}),
            (endless, {"text", "nothing"}),
            (tried, {"again", "enough", "more", None}),
            (with_block, {"file", "none"}),
            (matched, {"a", "b", "letter_c", "other", None}),
            (walrus, {"checkout", "catalogue", "start", None}),
            (narrowed, {"red", "green", "blue", "start"}),
            (helper, {"checkout", "start"}),
            (delegating, {"menu", "yes", "no"}),
            (keywords, {"checkout", "elsewhere"}),
            (spread, {"checkout", None}),
            (recursive, {"done", None}),
            (inner_function, {"inner_state", "other_state"}),
            (by_lambda, {"checkout"}),
            (with_partial, {"checkout", "start"}),
            (by_enum, {"ask", "done"}),
            (by_text_enum, {"ask"}),
            (by_any_enum, {"ask", "done"}),
            (by_enum_call, {"done"}),
            (by_class, {"from_class", "static", "on_instance", None}),
            (by_methods, {"a_b"}),
            (by_format, {"ask_menu"}),
            (by_percent, {"ask_menu"}),
            (by_or, {"start", None}),
            (from_context, {None}),
            (context_get, {"menu", None}),
            (unpacked, {"unpacked"}),
            (unpacked_helper, {"of_pair"}),
            (falls_off, {"menu", None}),
            (returns_none, {None}),
            (raises, set()),
            (not_a_state, {None}),
            (a_list, {"menu"}),
            (imported, {None}),
            (named_tuple, {"menu", "start"}),
            (left_over, {"ask_name", "ask_age", "done"}),
            (dict_comprehension, {"ask_name", "ask_age"}),
            (dict_items, {"checkout", "catalogue", "start"}),
            (written_items, {"one", "two", "three", "four"}),
            (numbered, {"first", "second", "name", "age"}),
            (sorted_paths, {"first", "second"}),
            (narrowed_in_a_comprehension, {"x", "y", "z"}),
            (by_member, {"for_ask"}),
            (annotated, {"typed"}),
            (starred_names, {None}),
            (appended, {None}),
            (deleted, {None}),
            (inner_class, {None}),
            (decorated_inside, {None}),
            (skipping, {"none", "letter"}),
            (two_handlers, {"value", "any", "number"}),
            (always_raising, set()),
            (named_case, {"a", "b", None, "other"}),
            (merged, {None}),
            (merged_constants, {"checkout", "catalogue", "more_state"}),
            (multiplied, {None}),
            (shortened, {"ab"}),
            (with_keywords, {"a_c", None, "d_x"}),
            (values_of, {"checkout", "catalogue", "pay", "look", "first", "second"}),
            (copied, {None}),
            (negative, {"second", "first"}),
            (and_or, {"said", "silent", None}),
            (late_cell(), {None}),
        ],
        ids=lambda value: getattr(value, "__name__", ""),
    )
    def test_of(self, step, expected):
        assert targets(step) == expected

    def test_what_still_grows_is_not_known(self):
        assert {"a", "ab", None} <= targets(growing)

    def test_too_many_to_tell_apart(self):
        found = targets(many)

        assert "afirst" in found or None in found

    def test_a_lambda(self):
        assert targets(lambda chat_id, text, context, sender: ("menu" if text else "start", context)) == {
            "menu",
            "start",
        }

    def test_a_decorator_is_followed(self):
        def leavable(step):
            @functools.wraps(step)
            def handler(chat_id, text, context, sender):
                if text == "cancel":
                    return MENU, {}
                return step(chat_id, text, context, sender)

            return handler

        assert ways(leavable(conditional)) == {
            "menu": ("text == 'cancel'",),
            "yes": ("text == 'y'",),
            "no": ("text != 'y'",),
        }

    def test_a_method_and_a_callable_object(self):
        class Steps:
            def __init__(self, following):
                self.following = following

            def ask(self, chat_id, text, context, sender):
                return self.following, context

            def __call__(self, chat_id, text, context, sender):
                return f"called_{self.following}", context

        steps = Steps("there")

        assert targets(steps.ask) == {"there"}
        assert targets(steps) == {"called_there"}

    def test_objects_of_the_bot_are_not_asked(self):
        """Reading runs nothing: no comparison, no hash, no attribute that is made when it is looked at."""

        class Strange:
            next_state = "strange"

            def __eq__(self, other):
                raise AssertionError

            __hash__ = None

            def __call__(self, chat_id, text, context, sender):
                return (self.next_state if text else self.never), context

            def __getattr__(self, name):
                raise AssertionError(name)

        strange = Strange()

        def step(chat_id, text, context, sender):
            return strange(chat_id, text, context, sender)

        assert targets(step) == {"strange", None}

    def test_no_source_to_read(self):
        namespace = {}
        exec("def step(chat_id, text, context, sender):\n    return 'menu', {}", namespace)

        graph = orchestrator_graph(orchestrator(start=namespace["step"]))

        assert [way.target for way in graph.transitions] == [None]

    def test_libraries_are_not_followed(self):
        def step(chat_id, text, context, sender):
            return json.dumps(text), re.sub("a", "b", text)

        assert targets(step) == {None}

    def test_reading_comes_to_an_end(self):
        """A step whose ways multiply is read only so far; the rest is not known."""
        body = "\n".join(f"    for a{n} in text:\n        if a{n}: x = a{n}" for n in range(1_500))
        text = f"def step(chat_id, text, context, sender):\n{body}\n    return 'menu', context\n"

        assert _targets_of_source(text, "step") == {None}

    def test_deeply_nested_loops(self):
        lines = [f"{' ' * (4 + 2 * depth)}for a{depth} in text:" for depth in range(18)]
        text = "def step(chat_id, text, context, sender):\n" + "\n".join([*lines, " " * 42 + "x = 1"])

        assert _targets_of_source(f"{text}\n    return 'menu', context\n", "step") == {None}


def _targets_of_source(text, name):
    import linecache

    file = f"<{name} {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace = {"__name__": "made"}
    exec(compile(text, file, "exec"), namespace)
    return targets(namespace[name])


class TestWords:
    def test_conditions_of_the_source(self):
        def step(chat_id, text, context, sender):
            if text == "a":
                if context:
                    return "both", context
                return "first", context
            if not text:
                return "none", context
            else:  # noqa: RET505
                following = "other"
            return following, context

        assert ways(step) == {
            "both": ("text == 'a' and context",),
            "first": ("text == 'a'",),
            "none": ("not text",),
            "other": ("text",),
        }

    def test_several_ways_to_one_state(self):
        def step(chat_id, text, context, sender):
            if text == "a":
                return "menu", context
            if text == "b":
                return "menu", context
            return "start", context

        assert ways(step) == {"menu": ("text == 'a'", "text == 'b'"), "start": ()}

    def test_a_way_without_a_condition_makes_the_others_idle(self):
        def step(chat_id, text, context, sender):
            if text == "a":
                return "menu", {}
            return "menu", context

        assert ways(step) == {"menu": ()}

    def test_without_a_return(self):
        assert ways(falls_off)[None] == (NO_RESULT,)

    def test_cases_and_exceptions(self):
        assert ways(tried)["again"] == ("except ValueError",)
        assert ways(matched)["letter_c"] == ("text: 'c'",)


class TestGraph:
    def test_states_and_lines(self):
        graph = declared_graph_of(start=literal, menu=conditional)

        assert [(state.name, state.initial, state.waits, state.declared) for state in graph.states] == [
            ("start", True, "input", True),
            ("menu", False, "input", True),
        ]
        first = literal.__code__.co_firstlineno
        assert graph.states[0].line.line == first
        assert graph.transitions[0].line.line == first + 1
        assert graph.transitions[0].line.file == "tests/unit/graph/declared/test_orchestrator.py"
        assert {way.event for way in graph.transitions} == {"input"}
        assert not graph.ordered

    def test_the_line_is_where_the_state_is_named(self):
        graph = orchestrator_graph(orchestrator(start=helper))

        assert [way.line.line - after.__code__.co_firstlineno for way in graph.transitions] == [2, 3]

    def test_a_beginning_that_nothing_handles(self):
        graph = declared_graph_of(menu=literal)

        assert [(state.name, state.initial, state.declared) for state in graph.states] == [
            ("start", True, False),
            ("menu", False, True),
        ]


def declared_graph_of(**steps):
    from chatsim.bots.orchestrator import OrchestratorBot

    return declared_graph(OrchestratorBot(orchestrator(**steps)))
