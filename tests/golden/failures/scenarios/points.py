"""Points of a shop: booked by webhook, each report as often as it comes, in a store that guards nothing."""

import json

import httpx

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.recording import RecordingSender


class Drawer:
    """Keeps chats where any two clerks can reach in at once."""

    def __init__(self):
        self.chats = {}

    def get_state(self, chat_id):
        return self.chats.get(chat_id, (None, {}))

    def set_state(self, chat_id, state_id, context):
        self.chats[chat_id] = (state_id, context)

    def delete_state(self, chat_id):
        self.chats.pop(chat_id, None)


shop = ChatOrchestrator(Drawer(), RecordingSender(), initial_state_id="counter")


@shop.register_step("counter")
def counter(chat_id, text, context, sender):
    points, wishes = context.get("points", 0), context.get("wishes", [])
    if text.startswith("{"):
        report = json.loads(text)
        points += report["points"] if report["id"] else 0
        sender.send_message(chat_id, "Points were booked")
    elif text == "order":
        httpx.post("https://shop.example/orders", json={"points": points})
        sender.send_message(chat_id, "Ordered")
    else:
        wishes = [*wishes, text]
        sender.send_message(chat_id, f"Noted: {text}")
    return "counter", {"points": points, "wishes": wishes}
