"""What the library has, and who may borrow it."""

import re

BOOKS = {
    101: {"title": "The Sea Wolf", "author": "Jack London"},
    102: {"title": "White Fang", "author": "Jack London"},
    207: {"title": "Middlemarch", "author": "George Eliot"},
    311: {"title": "Moby-Dick", "author": "Herman Melville"},
    312: {"title": "Typee", "author": "Herman Melville"},
}
MEMBERS = {"700123": {"name": "Ida", "pin": "2580"}, "700456": {"name": "Omar", "pin": "1937"}}


def is_card(number):
    return re.fullmatch(r"7[0-9]{5}", number) is not None


def found(words):
    """Return the numbers of the books whose title or author has *words* in it, in order."""
    wanted = words.casefold()
    return sorted(number for number, book in BOOKS.items() if wanted in f"{book['title']} {book['author']}".casefold())
