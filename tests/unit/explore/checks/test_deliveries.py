"""Faults in the search: what is found in bots that are wrong, and that nothing is in those that are right."""

import json

import pytest

from chatsim.delivery.declared import Declared
from chatsim.delivery.ids import words_in
from chatsim.explore import explore
from chatsim.explore.alphabet import Fixed
from chatsim.explore.api import alphabet_of
from chatsim.explore.checks.deliveries import Deliveries
from chatsim.explore.letters import Letter
from chatsim.explore.play.arrivals import Arrival, Arrivals, faulty
from chatsim.explore.play.moment import Moment
from chatsim.fsm import AbstractFSM, FSMOutput, MessageData, Status
from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender
from chatsim.state_managers.inmemory import InMemoryStateManager
from chatsim.trace import Callback, ChatState, Failure, Fault, Reply, Snapshot, Start, Text, Turn


def report(number, **more):
    return Callback(json.dumps({"id": number, "points": 5, **more}))


class Plain:
    """A store that guards nothing."""

    def __init__(self):
        self.states = {}

    def get_state(self, chat_id):
        return self.states.get(chat_id, (None, {}))

    def set_state(self, chat_id, state_id, context):
        self.states[chat_id] = (state_id, context)

    def delete_state(self, chat_id):
        self.states.pop(chat_id, None)


def shop(*, knows=True, reopens=False, store=InMemoryStateManager):
    """A shop that books points by webhook, each report once if it *knows*, and can be closed, for good unless it *reopens*."""
    bot = ChatOrchestrator(store(), RecordingSender(), initial_state_id="shop")

    @bot.register_step("shop")
    def open_shop(chat_id, text, context, sender):
        context = {"points": 0, "seen": [], **context}
        if text and text.startswith("{"):
            said = json.loads(text)
            if knows and said["id"] in context["seen"]:
                return "shop", context
            return "shop", {
                "points": min(context["points"] + said["points"], 20),
                "seen": [*context["seen"], said["id"]][-3:],
            }
        if text == "close":
            sender.send_message(chat_id, f"Closed with {context['points']} points")
            return "closed", context
        sender.send_message(chat_id, "Say close", ["close"])
        return "shop", context

    @bot.register_step("closed")
    def closed(chat_id, text, context, sender):
        if text and text.startswith("{"):
            return ("shop" if reopens else "closed"), context
        sender.send_message(chat_id, "We are closed")
        return "closed", context

    return bot


LETTERS = [Text("hi"), Text("close"), report(1), report(2)]


def findings(bot, letters=LETTERS, check=None, **more):
    check = check or Deliveries()
    result = explore(bot, alphabet=letters, checks=[check], max_states=300, **more)
    return [(found.severity, found.kind, found.state) for found in result.findings], result, check


class TestOrchestrators:
    def test_right(self):
        kinds, result, check = findings(shop())
        assert kinds == []
        assert result.outcome == "complete"
        assert check.tried > 3

    def test_applies_twice(self):
        kinds, result, _ = findings(shop(knows=False))
        assert kinds == [("error", "applied-twice", "shop")]
        finding = result.findings[0]
        assert (
            finding.message
            == "delivered twice, it was applied twice: points changed by 5 both times, seen grew both times"
        )
        assert [turn.delivery.fault.kind for turn in finding.witness.turns[-2:]] == ["twice", "twice"]
        assert (finding.expects, finding.event) == (
            {"never": "applied-twice"},
            'callback \'{"id": 1, "points": 5}\' (twice)',
        )

    def test_declared(self):
        assert (
            findings(shop(knows=False), check=Deliveries(declared=Declared(may=frozenset({"applied-twice"}))))[0] == []
        )
        bot = shop(knows=False)
        bot.chatsim_delivery = {"ignore": ["points", "seen"]}
        assert findings(bot)[0] == []

    def test_unguarded_store(self):
        kinds, result, _ = findings(shop(store=Plain))
        assert ("error", "lost-update", "shop") in kinds
        messages = {found.message for found in result.findings if found.kind == "lost-update"}
        assert "two events at once: what one of them changed is lost (the state); Plain guards nothing" in messages

    def test_unguarded_store_behind_a_platform_that_is_serial(self):
        bot = shop(store=Plain)
        bot.chatsim_delivery = {"serial": True}
        assert findings(bot)[0] == []

    def test_late_callback_that_leads_back(self):
        kinds, result, _ = findings(shop(reopens=True))
        assert ("warning", "acts-after-end", "closed") in kinds
        found = next(found for found in result.findings if found.kind == "acts-after-end")
        assert found.message == "what comes late leads back: from 'closed', where no callback leads on, to 'shop'"
        assert [turn.event for turn in found.witness.turns] == [Text("close"), report(1)]

    def test_state_that_waits_for_a_callback_goes_on_with_it(self):
        """It may also lead back, when a payment fails."""
        bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="menu")

        @bot.register_step("menu")
        def menu(chat_id, text, context, sender):
            return ("pay" if text == "pay" else "menu"), {}

        @bot.register_step("pay")
        def pay(chat_id, text, context, sender):
            return {'{"id":1}': "paid", '{"id":2}': "menu"}.get(text, "pay"), {}

        @bot.register_step("paid")
        def paid(chat_id, text, context, sender):
            return "paid", {}

        letters = [Text("pay"), Callback('{"id":1}'), Callback('{"id":2}')]
        assert findings(bot, letters)[0] == []


def paying(*, careless):
    """A bot that waits for a webhook, and where a chat begins takes only words if it is *careless*."""
    bot = ChatOrchestrator(InMemoryStateManager(), RecordingSender(), initial_state_id="order")

    @bot.register_step("order")
    def order(chat_id, text, context, sender):
        if careless and text.startswith("{"):
            raise KeyError(json.loads(text)["id"])
        sender.send_message(chat_id, "Please pay")
        return "pay", {}

    @bot.register_step("pay")
    def pay(chat_id, text, context, sender):
        if not text.startswith("{"):
            sender.send_message(chat_id, "Please pay")
            return "pay", context
        sender.send_message(chat_id, "Thank you")
        return "order", {}

    return bot


class TestForgottenChats:
    def test_a_webhook_for_nobody(self):
        """It is told as a warning: not every bot has a store that forgets."""
        _, result, _ = findings(paying(careless=True), [Text("hi"), report(7)])
        (found,) = [found for found in result.findings if found.kind == "bot-raised"]
        assert (found.kind, found.severity, found.state) == ("bot-raised", "warning", "pay")
        assert found.message.startswith("when the store has forgotten the chat by then, the bot raised KeyError: 7 at ")
        assert found.witness.turns[-1].delivery.fault.kind == "expired"

    def test_that_is_expected(self):
        told, *_ = findings(paying(careless=False), [Text("hi"), report(7)])
        assert "bot-raised" not in {kind for _, kind, _ in told}


class Tickets(AbstractFSM):
    """Sells a ticket: waits for the payment, says thanks, and ends."""

    states = ["zero", "hello", "pay", "book", "end"]
    transitions = [
        {"trigger": "next", "source": "zero", "dest": "hello"},
        {"trigger": "next", "source": "hello", "dest": "pay"},
        {"trigger": "next", "source": "pay", "dest": "book"},
        {"trigger": "next", "source": "book", "dest": "end", "conditions": "is_paid"},
        {"trigger": "next", "source": "book", "dest": "pay"},
    ]
    conditions = {"is_paid"}
    output_variables = set()

    def on_enter_hello(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["paid"] = 0
        self.send_message(FSMOutput(message_data=MessageData(body="Hello")))
        self.status = Status.WAIT_FOR_USER_INPUT

    def on_enter_pay(self):
        self.status = Status.WAIT_FOR_CALLBACK

    def on_enter_book(self):
        self.status = Status.WAIT_FOR_ME
        self.variables["paid"] += json.loads(self.current_callback)["points"]
        self.status = Status.MOVE_FORWARD

    def on_enter_end(self):
        self.status = Status.WAIT_FOR_ME
        self.send_message(FSMOutput(message_data=MessageData(body="Thanks")))
        self.status = Status.END

    def is_paid(self):
        return self.variables["paid"] >= 10


class TestMachines:
    def test_callback_that_is_applied_twice_and_one_after_the_end(self):
        """This one does not look at ids; that it names them in its code is what makes it an error."""
        kinds, result, _ = findings(Tickets, [Start(), Text("ok"), report(1)], Deliveries(frozenset({"id"})))
        assert ("error", "applied-twice", "pay") in kinds
        assert not any(found.kind == "acts-after-end" for found in result.findings)  # it begins anew, as with anything

    def test_callback_without_an_id_that_it_knows(self):
        assert ("error", "applied-twice", "pay") not in findings(Tickets, [Start(), Text("ok"), report(1)])[0]


class TestLetters:
    """Faults as letters of the search itself: at most two on a path."""

    def letters(self, moment, **more):
        source = Fixed([Letter(Text("a")), Letter(report(1)), faulty(report(1), Fault("twice"))])
        return [str(letter.delivery) for letter in Arrivals(source, **more).letters(moment)]

    def test_callbacks_twice(self):
        assert self.letters(Moment(Snapshot()), serial=True) == ["(twice)"]

    def test_two_at_once_where_nothing_keeps_them_apart(self):
        assert self.letters(Moment(Snapshot()), serial=False) == [
            "(with text 'a')",
            "(twice)",
            '(with callback \'{"id": 1, "points": 5}\')',
        ]

    @pytest.mark.parametrize(("spent", "some"), [(1, True), (2, False)])
    def test_most(self, spent, some):
        assert bool(self.letters(Moment(Snapshot(), spent=spent), serial=True)) == some

    def test_search_plays_them(self):
        source = Fixed([Letter(Text("hi")), Letter(report(1))])
        alphabet = type(alphabet_of([]))(source, Arrivals(source, serial=True))
        undisturbed = explore(shop(knows=False), alphabet=alphabet_of([Text("hi"), report(1)]), checks=[])
        result = explore(shop(knows=False), alphabet=alphabet, checks=[])
        assert result.outcome == "complete"
        assert result.steps > undisturbed.steps

    def test_letters_of_the_user_are_judged_and_two_of_them_make_a_path(self):
        """A process that dies after its first message, and dies again: what is not saved then is not lost."""
        crash = faulty(Text("close"), Fault("crash", at="after-send"))
        letters = [Text("hi"), report(1), faulty(report(1), Fault("twice")), crash]
        kinds, result, check = findings(shop(knows=False), letters)
        assert ("error", "applied-twice", "shop") in kinds
        assert result.outcome == "complete"
        assert check.tried > 3
        right, result, _ = findings(shop(), letters)
        assert (right, result.outcome) == ([], "complete")

    def test_fault_that_has_nothing_to_strike(self):
        """It leaves nothing out."""
        result = explore(
            shop(), alphabet=[Text("hi"), faulty(report(1), Fault("crash", at="after-send", nth=3))], checks=[]
        )
        assert result.outcome == "complete"

    def test_fixed_letters_with_faults_stop(self):
        letters = [faulty(Text("hi"), Fault("twice"))]
        result = explore(shop(), alphabet=letters, checks=[])
        assert (result.outcome, result.steps) == ("complete", 4)

    def test_bot_that_cannot_be_played_just_so(self):
        """It fails when it is played again: nothing is found of that here."""

        class Once:
            played = 0

            def start(self):
                return Snapshot()

            def step(self, snapshot, event):
                self.played += 1
                if self.played > 1:
                    return Turn(event=event, snapshot=snapshot, error=Failure("bot-raised", "ValueError", "no"))
                after = snapshot.with_chat("user", ChatState("on"))
                return Turn(event=event, effects=(Reply("ticket 7"),), snapshot=after)

        assert findings(Once(), [Text("hi")])[0] == []

    def test_arrivals_are_told_apart(self):
        labels = {Letter(Text("a"), delivery=Arrival(fault)).label for fault in (Fault("twice"), Fault("late"))}
        assert labels == {"text 'a' (twice)", "text 'a' (late)"}


def test_words_of_a_real_bot_name_what_it_reads():
    def read(report):
        return report["mandate"]

    assert "mandate" in words_in([{"__name__": read.__module__, "read": read}])
