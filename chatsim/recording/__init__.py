"""Record chats in production as traces, with secrets masked, and read them back."""
