"""The page: a bot's graph, what its conversations reached of it, and the conversations, in one HTML file.

`data` says what the page shows, `build` makes that of a graph, coverage, conversations and findings, and `html` writes
the file.  What happens in the browser is in `assets/`, as JavaScript and CSS without any library.
"""
