"""The smallest bot worth testing: it asks for a name, and greets."""

from chatsim.orchestrator import ChatOrchestrator
from chatsim.senders.console import ConsoleMessageSender
from chatsim.state_managers.inmemory import InMemoryStateManager


# Each step receives (chat_id, user_input, context, message_sender), and returns the next state with its context.
def start_step(chat_id, user_input, context, sender):
    sender.send_message(chat_id, "Hello! What's your name?")
    return "get_name", {}


def get_name_step(chat_id, user_input, context, sender):
    sender.send_message(chat_id, f"Nice to meet you, {user_input}!")
    return "start", {}


state_manager = InMemoryStateManager()
sender = ConsoleMessageSender()
orch = ChatOrchestrator(state_manager, sender, initial_state_id="start")

orch.register_step("start")(start_step)
orch.register_step("get_name")(get_name_step)

if __name__ == "__main__":
    orch.handle_message("user1", None)  # triggers start_step
    orch.handle_message("user1", "Alice")  # triggers get_name_step
