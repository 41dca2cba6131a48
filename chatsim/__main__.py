"""``python -m chatsim`` is the command ``chatsim``."""

from chatsim.cli import main

if __name__ == "__main__":
    main()
