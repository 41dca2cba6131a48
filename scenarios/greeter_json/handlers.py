"""The step that is more than a line or two: it has a module to itself, and `steps.json` names it."""


def start_step(chat_id, user_input, context, sender):
    if "name" not in context:
        sender.send_message(chat_id, "Hello! What's your name?")
        return "get_name", {}
    sender.send_message(chat_id, f"Welcome back, {context['name']}! Shall I still remember you?", options=["Yes", "No"])
    return "remember", context
