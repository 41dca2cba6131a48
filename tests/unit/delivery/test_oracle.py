"""What is wrong with how a bot took a delivery, and what is right with it."""

import json
import random

import pytest
from msgspec.structs import replace

from chatsim.bots.base import Guards
from chatsim.delivery.declared import Declared
from chatsim.delivery.oracle import KINDS_OF, Case, Knowledge, anomalies
from chatsim.delivery.play import Line, play
from chatsim.trace import Call, Callback, ChatState, Failure, Fault, Reply, Save, Snapshot, Start, Text, Turn

PAID = Callback('{"id":7,"amount":5,"status":"ok"}')
TWICE, AFTER_SAVE, BEFORE_SAVE = Fault("twice"), Fault("crash", at="after-save"), Fault("crash", at="before-save")
UNGUARDED = Guards(serial=False, versioned=False, store="Own")


def bot(handle):
    """Return the step of a bot: *handle* changes the variables it gets, and returns what it does beside."""

    def step(snapshot, event):
        before = snapshot.chats.get(event.chat) or ChatState("shop", {"paid": 0, "log": [], "seen": []})
        variables = json.loads(json.dumps(before.context))
        body = json.loads(event.body) if isinstance(event, Callback) and event.body.startswith("{") else {}
        try:
            done = handle(variables, body, event) or ()
        except KeyError as error:
            return Turn(event=event, snapshot=snapshot, error=Failure("bot-raised", "KeyError", str(error)))
        effects = tuple(Reply(part, event.chat) if isinstance(part, str) else part for part in done if part != "END")
        after = ChatState("zero") if "END" in done else ChatState(variables.pop("state", "shop"), variables)
        ended = ChatState("done", variables) if "END" in done else None
        return Turn(
            event=event, effects=(*effects, Save()), snapshot=snapshot.with_chat(event.chat, after), ended=ended
        )

    return step


def found(handle, fault=TWICE, event=PAID, *, before=(), guards=None, ignore=(), may=(), words=(), earlier=None):
    """Return the kinds and places that are found when *event* is delivered with *fault*, after the events *before*."""
    step = bot(handle)
    snapshots = [Snapshot()]
    for said in before:
        snapshots.append(step(snapshots[-1], said).snapshot)
    line = Line(step, guards or Guards(store="S"))
    turns = play(line, snapshots[-1], event, fault, earlier or (snapshots[-2] if before else None))
    known = Knowledge(Declared(may=frozenset(may), ignore=tuple(ignore)), frozenset(words))
    return {(one.kind, one.where) for one in anomalies(Case(line, snapshots[-1], turns, known))}


def applied(handle, **more):
    return {where for kind, where in found(handle, **more) if kind == "applied-twice"}


# ---------------------------------------------------------------- bots that apply twice


def adds(variables, body, event):
    variables["paid"] += body["amount"]
    variables["log"].append(body["id"])


def books_anew(variables, body, event):
    variables["booking"] = f"{body['id']}-{len(variables['log']) + random.random()}"
    variables["log"] = variables["log"][-1:]
    return [f"Booked {variables['booking'][-3:]}"]


def charges(variables, body, event):
    return [Call("POST", "https://bank.example/charges", {"json": {"amount": body["amount"], "order": body["id"]}})]


def files(variables, body, event):
    files = variables.setdefault("files", {})
    files[f"f{len(files)}"] = {"of": body["id"]}


class TestAppliedTwice:
    @pytest.mark.parametrize("fault", [TWICE, AFTER_SAVE], ids=["twice", "crash after the save"])
    def test_what_is_added_again(self, fault):
        assert applied(adds, fault=fault) == {"log, paid"}

    def test_what_is_put_there_anew_with_the_same_words(self):
        assert applied(books_anew) == {"booking"}

    def test_number_that_is_another_each_time(self):
        def draws(variables, body, event):
            variables["ticket"] = body["id"] + random.randrange(1000)
            return [f"Your ticket: {variables['ticket']}"]

        random.seed(3)
        assert applied(draws) == {"ticket"}

    def test_what_is_called_again(self):
        assert applied(charges) == {"POST https://bank.example/charges"}

    def test_records_of_one_shape(self):
        assert applied(files, before=[Callback('{"id":1}')]) == {"files.*"}

    def test_put_under_another_number(self):
        def puts(variables, body, event):
            variables["n"] = variables.get("n", 0) + 1
            number = 1000 * variables["n"] + body["id"]
            return [Call("PUT", f"https://bank.example/charges/{number}")]

        assert "PUT https://bank.example/charges/#" in applied(puts)

    def test_message_says_what_was_done(self):
        step = bot(adds)
        case = Case(Line(step), Snapshot(), play(Line(step), Snapshot(), PAID, TWICE))
        assert [one.message for one in anomalies(case)] == [
            "delivered twice, it was applied twice: log grew both times, paid changed by 5 both times"
        ]


class TestNotAppliedTwice:
    """A correct bot is never found to be in the wrong."""

    def test_what_it_has_seen_it_leaves(self):
        def careful(variables, body, event):
            if body["id"] in variables["seen"]:
                variables["again"] = variables.get("again", 0) + 1
                return ["I know"]
            variables["seen"].append(body["id"])
            variables["paid"] += body["amount"]
            return ["Thanks"]

        assert applied(careful) == set()

    def test_what_the_state_does_not_wait_for_it_leaves(self):
        def pays_once(variables, body, event):
            if variables.get("done"):
                return ["You have paid"]
            variables["done"] = True
            variables["paid"] += body["amount"]
            return ["Thanks"]

        assert applied(pays_once) == set()

    @pytest.mark.parametrize("body", ['{"amount":5}', "paid", '{"status":"ok"}'])
    def test_without_an_id_it_cannot_know(self, body):
        def any_report(variables, body, event):
            variables["paid"] += body.get("amount", 5)

        assert applied(any_report, event=Callback(body)) == set()

    def test_id_that_it_does_not_look_at(self):
        def blind(variables, body, event):
            variables["paid"] += body.get("amount", 0)

        assert applied(blind) == set()
        assert applied(blind, words={"id"}) == {"paid"}

    def test_person_who_says_something_twice(self):
        def counts(variables, body, event):
            variables["paid"] += 1

        assert applied(counts, event=Text("one more")) == set()

    def test_what_it_does_on_anything_that_comes(self):
        def counts_turns(variables, body, event):
            variables["turns"] = variables.get("turns", 0) + 1
            variables["log"].append("turn")
            variables["last"] = body.get("id", 0)

        assert applied(counts_turns) == set()

    def test_calls_on_anything_that_comes(self):
        def logs(variables, body, event):
            return [Call("POST", "https://log.example/lines"), str(body.get("id"))]

        assert applied(logs) == set()

    def test_what_it_only_asks(self):
        def looks(variables, body, event):
            return [Call("GET", f"https://bank.example/orders/{body['id']}")]

        assert applied(looks) == set()

    def test_put_to_the_same_place(self):
        def puts(variables, body, event):
            return [Call("PUT", f"https://bank.example/orders/{body['id']}", {"json": {"paid": True}, "status": 200})]

        assert applied(puts) == set()

    def test_call_with_a_key(self):
        def keyed(variables, body, event):
            return [Call("POST", "https://bank.example/charges", {"idempotency_key": f"c-{body['id']}", "status": 200})]

        assert applied(keyed) == set()

    def test_key_that_is_another_each_time(self):
        def keyed(variables, body, event):
            variables["n"] = variables.get("n", 0) + 1
            return [
                Call("POST", "https://bank.example/charges", {"idempotency_key": f"c-{body['id']}-{variables['n']}"})
            ]

        assert "POST https://bank.example/charges" in applied(keyed)

    def test_chat_that_ended_is_another_matter(self):
        def ends(variables, body, event):
            variables["paid"] += body["amount"]
            return ["END"]

        assert applied(ends) == set()

    def test_first_delivery_that_was_forgotten(self):
        assert applied(adds, fault=BEFORE_SAVE) == set()

    def test_bot_that_fails(self):
        def fails(variables, body, event):
            variables["paid"] += body["nothing"]

        assert applied(fails) == set()

    def test_what_is_declared(self):
        assert applied(adds, ignore=["log"]) == {"paid"}
        assert applied(adds, ignore=["log", "paid"]) == set()
        assert found(adds, may=["applied-twice"]) == set()

    def test_beginning_anew_after_a_conversation(self):
        """The first one takes away what the second, taken for a greeting, puts there again."""

        def starts_over(variables, body, event):
            if variables.get("basket"):
                del variables["basket"]
                return ["Paid"]
            variables["basket"] = [1]
            return ["Welcome"]

        assert applied(starts_over, before=[Text("hi")], words={"id"}) == set()


# ---------------------------------------------------------------- lost updates


def logs_words(variables, body, event):
    variables["log"].append(event.text)
    return [event.text]


class TestLostUpdate:
    def test_two_at_once(self):
        fault = Fault("with", other=Text("b"))
        assert found(logs_words, fault, Text("a"), guards=UNGUARDED) == {("lost-update", "log")}

    @pytest.mark.parametrize("guards", [Guards(), Guards(store="S"), Guards(serial=False, store="S")])
    def test_where_something_keeps_them_apart(self, guards):
        assert found(logs_words, Fault("with", other=Text("b")), Text("a"), guards=guards) == set()

    def test_where_the_outcome_is_that_of_an_order(self):
        def remembers_last(variables, body, event):
            variables["last"] = event.text

        assert found(remembers_last, Fault("with", other=Text("b")), Text("a"), guards=UNGUARDED) == set()

    def test_variables_that_do_not_count(self):
        fault = Fault("with", other=Text("b"))
        assert found(logs_words, fault, Text("a"), guards=UNGUARDED, ignore=["log"]) == set()

    def test_state_that_is_lost(self):
        def moves(variables, body, event):
            variables["state"] = "two" if variables.get("one") else "one"
            if event.text == "a":
                variables["one"] = True

        fault = Fault("with", other=Text("b"))
        kinds = found(moves, fault, Text("a"), guards=UNGUARDED)
        assert kinds == {("lost-update", "one")}

    def test_order_in_which_the_bot_fails(self):
        def fails_second(variables, body, event):
            if variables["log"]:
                raise KeyError
            variables["log"].append(event.text)

        assert found(fails_second, Fault("with", other=Text("b")), Text("a"), guards=UNGUARDED) == set()

    def test_stale_copy(self):
        guards = Guards(serial=True, versioned=False, store="Own")
        stale = Fault("store", at="stale")
        assert found(logs_words, stale, Text("b"), before=[Text("a")], guards=guards) == {("lost-update", "log")}
        assert found(logs_words, stale, Text("b"), before=[Text("a")], guards=Guards(store="S")) == set()


# ---------------------------------------------------------------- what shows outside


class TestRedelivery:
    def test_webhook_that_is_answered_twice(self):
        assert found(lambda v, b, e: ["Thanks"]) == {("redelivery-changes", "replies")}

    def test_person_who_is_answered_twice(self):
        assert found(lambda v, b, e: ["Hello"], event=Text("hi")) == set()

    def test_call_that_is_made_twice(self):
        def orders(variables, body, event):
            return [Call("POST", "https://shop.example/orders", {"json": {"size": "S"}})]

        assert found(orders, event=Text("yes")) == {("redelivery-changes", "POST https://shop.example/orders")}

    def test_other_words_the_second_time(self):
        def once(variables, body, event):
            variables["n"] = variables.get("n", 0) + 1
            return ["Thanks" if variables["n"] == 1 else "I know"]

        assert found(once) == set()

    def test_bot_that_fails_at_first(self):
        assert found(lambda v, b, e: v["missing"]) == set()


class TestCrash:
    def orders(self, payload, url="https://shop.example/orders", method="POST"):
        return lambda v, b, e: [Call(method, url, payload)]

    @pytest.mark.parametrize("fault", [BEFORE_SAVE, Fault("crash", at="after-send"), Fault("store", at="timeout")])
    def test_what_is_said_twice_says_nothing_about_the_bot(self, fault):
        assert found(lambda v, b, e: ["Hello"], fault, Text("hi")) == set()

    def test_crash_before_anything_was_sent(self):
        assert found(lambda v, b, e: ["Hello"], Fault("crash", at="before-send"), Text("hi")) == set()

    def test_number_that_is_said_anew(self):
        numbers = iter(range(1000, 2000))
        handle = lambda v, b, e: [f"Order {next(numbers)}", "Bye", f"Pay {next(numbers)}"]  # noqa: E731
        assert found(handle, BEFORE_SAVE, Text("yes")) == {("crash-repeats", "numbers")}

    def test_number_that_stays(self):
        assert found(lambda v, b, e: ["Order 7"], BEFORE_SAVE, Text("yes")) == set()

    def test_call_by_nothing_to_be_told(self):
        handle = self.orders({"json": {"size": "S"}})
        assert found(handle, BEFORE_SAVE, Text("yes")) == {("crash-repeats", "POST https://shop.example/orders")}

    @pytest.mark.parametrize(
        ("method", "url", "payload"),
        [
            ("POST", "https://shop.example/orders", {"json": {"order": 41}}),
            ("POST", "https://shop.example/orders", {"idempotency_key": "k"}),
            ("PUT", "https://shop.example/orders/41", {"json": {"size": "S"}}),
            ("DELETE", "https://shop.example/orders/41", {}),
            ("GET", "https://shop.example/orders", {}),
        ],
    )
    def test_call_that_can_be_told(self, method, url, payload):
        assert found(self.orders(payload, url, method), BEFORE_SAVE, Text("yes")) == set()

    @pytest.mark.parametrize("payload", [None, "text", {"args": [9]}])
    def test_call_of_a_function(self, payload):
        handle = self.orders(payload, "pay:charge", "call")
        assert found(handle, BEFORE_SAVE, Text("yes")) == {("crash-repeats", "call pay:charge")}

    def test_number_that_is_drawn_anew(self):
        numbers = iter(range(1000, 2000))
        handle = lambda v, b, e: [Call("PUT", f"https://shop.example/orders/{next(numbers)}")]  # noqa: E731
        assert found(handle, BEFORE_SAVE, Text("yes")) == {("crash-repeats", "PUT https://shop.example/orders/#")}

    def test_call_that_is_not_made_again(self):
        calls = [[Call("POST", "https://shop.example/orders")], []]
        assert found(lambda v, b, e: calls.pop(0), BEFORE_SAVE, Text("yes")) == set()


# ---------------------------------------------------------------- after the end


class TestAfterTheEnd:
    def late(self, handle, **more):
        return found(handle, Fault("late"), before=[Text("bye")], **more)

    def test_begun_anew(self):
        assert self.late(lambda v, b, e: ["END"] if e == Text("bye") else ["Welcome"]) == set()

    def test_nothing_comes_of_it(self):
        step = bot(lambda v, b, e: None)
        quiet = Snapshot({"user": ChatState("shop", {"paid": 0, "log": [], "seen": []})})
        turns = play(Line(step), quiet, PAID, Fault("late"))
        assert list(anomalies(Case(Line(step), quiet, turns))) == []

    def test_taken(self):
        def takes(variables, body, event):
            if event == Text("bye"):
                return ["END"]
            if body:
                variables["state"] = "paid"
                return ["Thanks"]
            return ["Welcome"]

        assert self.late(takes) == {("acts-after-end", "paid")}

    def test_only_a_call(self):
        def calls(variables, body, event):
            return [Call("POST", "https://x.example")] if body else ["Welcome"] if event == Start() else ["END"]

        assert {kind for kind, _ in self.late(calls)} == {"acts-after-end"}

    def test_bot_that_fails(self):
        assert self.late(lambda v, b, e: v["x"] if isinstance(e, Callback) else ["END"]) == set()


class TestRestart:
    def kinds(self, turn, undisturbed):
        step = bot(logs_words)
        case = Case(Line(step), Snapshot(), play(Line(lambda *_: turn), Snapshot(), Text("a"), Fault("restart")))
        return [one.message for one in anomalies(replace(case, undisturbed=undisturbed))]

    def test_what_it_says(self):
        one, other = (Turn(event=Text("a"), effects=(Reply(said),), snapshot=Snapshot()) for said in ("1", "2"))
        assert self.kinds(one, one) == []
        assert self.kinds(one, None) == []
        assert self.kinds(one, other) == ["after its process came back, the replies are ['1'], and else ['2']"]

    def test_what_it_remembers(self):
        one = Turn(event=Text("a"), snapshot=Snapshot({"user": ChatState("a")}))
        other = Turn(event=Text("a"), snapshot=Snapshot({"user": ChatState("b")}))
        assert self.kinds(one, other) == ["after its process came back, the bot does something else"]


@pytest.mark.parametrize("kind", ["reordered", "dropped", "expired"])
def test_faults_that_show_nothing_by_themselves(kind):
    assert kind not in KINDS_OF
    fault = Fault(kind, other=Text("b")) if kind == "reordered" else Fault(kind)
    step = bot(logs_words)
    before = step(Snapshot(), Text("x")).snapshot
    turns = [turn for turn in play(Line(step), before, Text("a"), fault) if turn.delivery is not None]
    assert list(anomalies(Case(Line(step), before, tuple(turns)))) == []
