"""A kiosk that closes when it is paid, and is paid again when it is closed."""

from chatsim.trace import Callback, ChatState, Reply, Snapshot, Turn


class Kiosk:
    def start(self):
        return Snapshot()

    def step(self, snapshot, event):
        if isinstance(event, Callback):
            paid = snapshot.chats[event.chat].context["paid"] + 1
            chat, said = ChatState("closed", {"paid": paid}), "Paid. Bye!"
        else:
            chat, said = ChatState("open", {"paid": 0}), "Hello! That is 2 EUR"
        closed = chat if chat.state == "closed" and snapshot.chats.get(event.chat, chat).state == "open" else None
        return Turn(
            event=event, effects=(Reply(said, event.chat),), snapshot=snapshot.with_chat(event.chat, chat), ended=closed
        )
