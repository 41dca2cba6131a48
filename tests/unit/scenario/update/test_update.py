"""Expectations that fail become what the bot said, and nothing else in the file changes."""

import stat

import pytest

from chatsim.scenario.update.update import update_file


def reasons(update):
    return [(problem.line, problem.what) for problem in update.reasons]


class TestTexts:
    def test_wrong_text(self, shop):
        shop.says(hi={"replies": ["Welcome!"]})
        shop.steps("""
            # before
            - user:   hi
            - bot:  Hello!   # greets
            # after
        """)
        assert shop.updated() == "# before\n- user:   hi\n- bot:  Welcome!   # greets\n# after"

    @pytest.mark.parametrize(
        ("old", "said", "new"),
        [
            ("'Hello!'", "It's me", "'It''s me'"),
            ('"Hello!"', "Hi", '"Hi"'),
            ("Hello!", "Total: 5", '"Total: 5"'),
            ('"Hello!"', 'say "x"\\', r'"say \"x\"\\"'),
            ("{text: Hello...}", "Wait...", "{text: Wait...}"),
            ("Hello!", "Wait...", "{text: Wait...}"),
            ("Hello!", "a\nb", "|-\n    a\n    b"),
            ("Hello!  # why", "a\nb", '"a\\nb"  # why'),
            ("|  # said\n    a\n    b", "a\nc", "|  # said\n    a\n    c"),
            (">-\n    a\n    b", "one line", "|-\n    one line"),
            ("{one_of: [Hello, Bye]}", "Hello you", "{one_of: [Hello you, Bye]}"),
            ("/^x+$/", "/y/", "{text: /y/}"),
            ("Hello", "$5 and ${x}", "$5 and $${x}"),
            ("Thank you, ...", "Thanks, Ann", "Thanks, ..."),
            ("Hello", "Order 41 comes on 2026-03-01", "Order ${order:int} comes on ${date:date}"),
            ("Hello", "id 8f14e45f-ceea-467f-9a3c-0a1b2c3d4e5f", "id ..."),
            ("Order 41 is late", "Order 41 is here", "Order 41 is here"),
        ],
    )
    def test_style_is_kept(self, shop, old, said, new):
        shop.says(hi={"replies": [said]})
        shop.steps(f"- user: hi\n- bot: {old}\n- user: other  # last")
        assert shop.updated() == f"- user: hi\n- bot: {new}\n- user: other  # last"

    def test_captures_that_still_fit_stay(self, shop):
        shop.says(hi={"replies": ["Your order: 41 of 3 for Ann"]}, ok={"replies": ["41 is done"]})
        shop.steps("""
            - user: hi
            - bot: Order ${order:int} for ${who:word}
            - user: ok
            - bot: ${order} is ready
        """)
        assert shop.updated() == (
            '- user: hi\n- bot: "Your order: ${order:int} of 3 for ${who:word}"\n- user: ok\n- bot: ${order} is done'
        )

    def test_capture_that_is_gone_but_needed(self, shop):
        """Without the name, a later line would have no meaning: the file stays as it is."""
        shop.says(hi={"replies": ["Hello"]}, ok={"replies": ["x is done"]})
        shop.steps("- user: hi\n- bot: ${n:int}\n- user: ok\n- bot: ${n} is done")
        before = shop.text
        update = shop.update()
        assert "undefined ${n}" in reasons(update)[0][1]
        assert shop.text == before

    def test_what_differs_each_time_is_left_open(self, shop, tmp_path):
        (tmp_path / "saying.py").write_text(
            "from pathlib import Path\n"
            "from chatsim.trace import Reply, Snapshot, Turn\n"
            "path = Path(__file__).with_name('count')\n"
            "def count():\n"
            "    path.write_text(str(int(path.read_text()) + 1 if path.exists() else 10))\n"
            "    return path.read_text()\n"
            "class B:\n"
            "    def start(self): return Snapshot()\n"
            "    def step(self, snapshot, event):\n"
            "        return Turn(event=event, effects=(Reply(f'table {count()} is free'),), snapshot=snapshot)\n"
            "bot = B()\n"
        )
        shop.steps("- user: hi\n- bot: Hello")
        assert shop.update().updated
        assert shop.text.endswith("- bot: table ${number:int} is free\n")


class TestParts:
    def test_header_and_the_like(self, shop):
        shop.says(hi={"replies": [{"text": "a", "header": "H", "footer": "F", "media": "m.png", "type": "image"}]})
        shop.steps("""
            - user: hi
            - header: X   # h
              bot: a
              footer: 'Y'
              # a comment
              media: z
              type: audio
        """)
        assert shop.updated() == (
            "- user: hi\n- header: H   # h\n  bot: a\n  footer: 'F'\n  # a comment\n  media: m.png\n  type: image"
        )

    def test_part_that_is_gone(self, shop):
        shop.says(hi={"replies": ["a"]})
        shop.steps("- user: hi\n- header: X\n  # stays\n  bot: a\n  footer: Y\n- user: b")
        assert shop.updated() == "- user: hi\n-\n  # stays\n  bot: a\n- user: b"

    @pytest.mark.parametrize(
        ("old", "offered", "new"),
        [
            ("[A, 'B', C]", ["A", "X", "C"], "[A, 'X', C]"),
            ("[A, 'B', C]", ["A", "C"], "[A, C]"),
            ("[A, 'B', C]", ["C"], "[C]"),
            ("[A, 'B' , C]", ["A", "New", "B", "C", "Last"], "[A, New, 'B' , C, Last]"),
            ("[A]", ["Z", "A"], "[Z, A]"),
            ("[A, B]", ["Y, Z"], '["Y, Z"]'),
            ("[A, B]", [], "[]"),
            ("[]", ["A"], "[A]"),
            ("[/^S/, ...]", ["Small", "Large", "Huge"], "[/^S/, ..., Huge]"),
            ("\n  - A  # first\n  # c\n  - B", ["B"], "\n  # c\n  - B"),
            (
                "\n  - A  # first\n  # c\n  - B",
                ["New", "A", "Mid", "B"],
                "\n  - New\n  - A  # first\n  - Mid\n  # c\n  - B",
            ),
            ("\n  - A\n  # c\n  - B", ["X"], " [X]\n  # c"),
        ],
    )
    def test_options(self, shop, old, offered, new):
        shop.says(hi={"replies": [{"text": "a", "options": offered}]})
        shop.steps(f"- user: hi\n- bot: a\n  options: {old}\n- user: x".replace("options: \n", "options:\n"))
        assert shop.updated() == f"- user: hi\n- bot: a\n  options: {new}\n- user: x".replace(
            "options: \n", "options:\n"
        ).replace("options:  [", "options: [")


class TestReplies:
    def test_extra_reply(self, shop):
        shop.says(hi={"replies": ["One", {"text": "Two", "options": ["A", "B, C"], "header": "H"}, "Three"]})
        shop.steps("""
            - user: hi
            - bot: One   # first
              state: start

            # the third
            - bot: Three
        """)
        assert shop.updated() == (
            '- user: hi\n- bot: One   # first\n  state: start\n- bot: Two\n  options: [A, "B, C"]\n  header: H\n'
            "\n# the third\n- bot: Three"
        )

    def test_replies_of_several_lines_and_other_kinds(self, shop):
        shop.says(hi={"replies": ["a\nb", {"text": "c", "media": "x.png", "type": "image", "dest": "rag"}]})
        shop.steps("- user: hi")
        assert (
            shop.updated()
            == "- user: hi\n- bot: |-\n    a\n    b\n- bot: c\n  media: x.png\n  type: image\n  dest: rag"
        )

    def test_missing_reply(self, shop):
        shop.says(hi={"replies": ["Two"]})
        shop.steps("""
            - user: hi
            - bot: One thing
              # inside
              options: [A]
            # between
            - bot: Two
        """)
        assert shop.updated() == "- user: hi\n  # inside\n# between\n- bot: Two"

    def test_missing_reply_whose_checks_stay(self, shop):
        shop.says(hi={"state": "size"})
        shop.steps("- user: hi\n- bot: One\n  options: [A]\n  state: size")
        assert shop.updated() == "- user: hi\n- state: size"

    def test_other_order(self, shop):
        shop.says(hi={"replies": ["Two", "One"]})
        shop.steps("- user: hi\n- bot: One\n- bot: Two")
        assert shop.updated() == "- user: hi\n- bot: Two\n- bot: One"

    def test_silence_broken(self, shop):
        shop.says(hi={"replies": ["One"]})
        shop.steps("- user: hi\n- silent\n- user: b")
        with_reply = shop.updated()
        assert with_reply == "- user: hi\n- bot: One\n- user: b"

    def test_silence_after_replies_stays(self, shop):
        shop.says(hi={"replies": ["One", "Two"]})
        shop.steps("- user: hi\n- bot: One\n- silent")
        assert shop.updated() == "- user: hi\n- bot: One\n- bot: Two\n- silent"

    def test_any_order(self, shop):
        shop.says(hi={"replies": ["C", "A", "D"]})
        shop.steps("- user: hi\n- any_order:\n  - bot: A\n  - bot: Bee\n  # c\n  - bot: C\n- user: b")
        assert shop.updated() == "- user: hi\n- any_order:\n  - bot: A\n  - bot: D\n  # c\n  - bot: C\n- user: b"

    def test_any_order_with_fewer_and_more(self, shop):
        shop.says(hi={"replies": ["C"]}, ho={"replies": ["A", "B", "Zzz"]}, no={"replies": []})
        shop.steps("""
            - user: hi
            - any_order:
              - bot: A
              - bot: C
            - user: ho
            - any_order:
              - bot: B
              - bot: A
            - user: no
            - any_order:
              - bot: A
        """)
        assert shop.updated() == (
            "- user: hi\n- any_order:\n  - bot: C\n- user: ho\n- any_order:\n  - bot: B\n  - bot: A\n- bot: Zzz\n- user: no"
        )

    def test_flow_style(self, shop):
        shop.says(hi={"replies": ["One, two", {"text": "x", "options": ["A"]}]}, ho={"replies": []})
        shop.write(
            "bot: saying:bot\nscenarios:\n  one: [user: hi, bot: 'One', user: ho, {bot: gone, options: [a]}, silent]\n"
        )
        assert not shop.update().reasons
        assert shop.text.endswith("  one: [user: hi, bot: 'One, two', {bot: x, options: [A]}, user: ho, silent]\n")


class TestChecks:
    def test_state_and_waits(self, shop):
        shop.says(hi={"state": "size", "waits": "callback"})
        shop.steps("- user: hi\n  state: 'start'  # s\n- waits: input\n  state: start")
        assert shop.updated() == "- user: hi\n  state: 'size'  # s\n- waits: callback\n  state: size"

    def test_end_that_is_none(self, shop):
        shop.says(hi={"state": "size"})
        shop.steps("- user: hi\n- end  # over\n- end:\n  state: start")
        assert shop.updated() == "- user: hi\n- waits: input  # over\n- waits: input\n  state: size"

    def test_end_that_came(self, shop):
        shop.says(hi={"state": "done", "end": True})
        shop.steps("- user: hi\n- waits: 'input'")
        assert shop.updated() == "- user: hi\n- waits: 'end'"

    def test_no_state_at_all(self, shop):
        shop.says(hi={"state": None})
        shop.steps("- user: hi\n- state: start")
        assert reasons(shop.update()) == [(5, "the chat is in no state, and there are no words for that")]

    def test_variables(self, shop):
        found = {"n": 2, "cart": {"x": "a...", "list": [1, "b"], "more": None}, "yes": "true", "dot": {"in": 1.5}}
        shop.says(hi={"vars": found})
        shop.steps("""
            - user: hi
            - vars:
                n: 1   # count
                cart: {x: 'b', list: [1, c], gone: 3, more: {a: 1}}
                # lost
                lost: 1
                'yes': no
              vars.dot.in: 2
        """)
        assert shop.updated() == (
            "- user: hi\n- vars:\n    n: 2   # count\n    cart: {x: 'a...', list: [1, b], more: null}\n    # lost\n"
            "    'yes': \"true\"\n  vars.dot.in: 1.5"
        )

    def test_variables_that_are_all_gone(self, shop):
        shop.says(hi={"vars": {}})
        shop.steps("- user: hi\n- vars: {a: 1}\n- vars:\n    a: 1\n    # c\n    b: 2\n- vars.a: 1")
        assert reasons(shop.update()) == [(5, "cannot be rewritten: line 10: nothing would be left of the step")]
        shop.steps("- user: hi\n- vars: {a: 1}\n- vars:\n    a: 1\n    # c\n    b: 2\n- state: start\n  vars.a: 1")
        assert shop.updated() == "- user: hi\n- vars: {}\n- vars: {}\n    # c\n- state: start"

    def test_variables_that_became_collections(self, shop):
        shop.says(hi={"vars": {"a": {"x": ["$x", "/y/"]}, "b": "s", "c": [1, 2]}})
        shop.steps("- user: hi\n- vars:\n    a: text\n    b:\n      x: 1\n      # c\n    c:\n    - 1")
        assert shop.updated() == "- user: hi\n- vars:\n    a: {x: [$x, /y/]}\n    b: s\n      # c\n    c: [1, 2]"


class TestShared:
    CASES = "bot: saying:bot\nscenarios:\n  s:\n    cases:\n      a: {word: Tea}\n      b: {word: Ale}\n    steps:\n"

    def test_cases_that_agree(self, shop):
        shop.says(Tea={"replies": ["Hello"]}, Ale={"replies": ["Hello"]})
        shop.write(self.CASES + "    - user: ${word}\n    - bot: Hi\n")
        update = shop.update()
        assert (update.expectations, shop.text) == (1, self.CASES + "    - user: ${word}\n    - bot: Hello\n")

    def test_a_cell_goes_where_the_cases_differ(self, shop):
        """The line held for one of them; with the cell in it, it holds for both."""
        shop.says(Tea={"replies": ["One Tea"]}, Ale={"replies": ["One Ale"]})
        shop.write(self.CASES + "    - user: ${word}\n    - bot: One Tea\n")
        assert shop.update().updated
        assert shop.text.endswith("    - bot: One ${word}\n")

    def test_cases_that_disagree(self, shop):
        shop.says(Tea={"replies": ["Hot"]}, Ale={"replies": ["Cold"]})
        shop.write(self.CASES + "    - user: ${word}\n    - bot: Warm\n")
        before = shop.text
        (problem,) = shop.update().reasons
        assert (problem.line, problem.what) == (9, "the tests that share this line do not agree about it")
        assert problem.cure.startswith("s[a]: bot: 'Hot'\ns[b]: bot: 'Cold'\n")
        assert shop.text == before

    def test_a_case_that_passes_disagrees_too(self, shop):
        shop.says(Tea={"replies": ["Hot"]}, Ale={"replies": ["Cold"]})
        shop.write(self.CASES + "    - user: ${word}\n    - bot: Hot\n")
        (problem,) = shop.update(chosen={"s[b]"}).reasons
        assert problem.cure.startswith("s[a]: as it is\ns[b]: bot: 'Cold'\n")

    def test_forks(self, shop):
        shop.says(hi={"replies": ["Hello"]}, a={"replies": ["A!", "more"]}, b={"replies": []})
        steps = "- user: hi\n- bot: {}\n- fork:\n    x:\n    - user: a\n    - bot: {}\n    y:\n    - user: b\n{}"
        shop.steps(steps.format("Hi", "A", "    - bot: B"))
        assert shop.updated() == steps.format(
            "Hello", "A!\n    - bot: more".replace("    - bot", "    - bot"), ""
        ).rstrip("\n")

    def test_fragments(self, shop):
        shop.says(hi={"replies": ["Hello Ann"]}, ho={"replies": ["Hello Bob"]})
        head = "bot: saying:bot\nfragments:\n  greet:\n  - user: ${what}\n  - bot: {}\nscenarios:\n"
        uses = "  one:\n  - use: greet(what=hi, who=Ann)\n  two:\n  - use: greet(what=ho, who=Bob)\n"
        shop.write(head.replace("{}", "Hi ${who}") + uses)
        assert shop.update().expectations == 1
        assert shop.text == head.replace("{}", "Hello ${who}") + uses

    def test_users_of_a_fragment_that_disagree(self, shop):
        shop.says(hi={"replies": ["Hello"]}, ho={"replies": ["Bye"]})
        shop.write(
            "bot: saying:bot\nfragments:\n  greet:\n  - user: ${what}\n  - bot: Hello\nscenarios:\n"
            "  one:\n  - use: greet(what=hi)\n  two:\n  - use: greet(what=ho)\n"
        )
        assert reasons(shop.update()) == [(5, "the tests that share this line do not agree about it")]

    def test_included_fragments(self, shop, tmp_path):
        """Other files may include it as well, and are not known."""
        shop.says(hi={"replies": ["Hello"]})
        (tmp_path / "other.yaml").write_text("fragments:\n  greet:\n  - user: hi\n  - bot: Hi\n")
        shop.write("bot: saying:bot\ninclude: other.yaml\nscenarios:\n  one:\n  - use: greet\n")
        (problem,) = shop.update().reasons
        assert problem.what == "this line belongs to another file, which others may include; update it by hand"


class TestFilesThatStay:
    @pytest.fixture
    def stays(self, shop):
        def stays(steps, what, **options):
            shop.steps(steps)
            before = shop.text
            update = shop.update(**options)
            assert [problem.what for problem in update.reasons] == [what]
            assert (update.expectations, update.updated, shop.text) == (0, False, before)

        return stays

    def test_passing(self, shop):
        shop.says(hi={"replies": ["Hello"]})
        shop.write("bot: saying:bot\r\nscenarios:\r\n  one:   [ user: hi ,bot: Hello ]  \r\n\r\n# end")
        before, changed = shop.text, shop.path.stat().st_mtime_ns
        update = shop.update()
        assert (update.reasons, update.updated, shop.text) == ((), False, before)
        assert shop.path.stat().st_mtime_ns == changed

    def test_error_of_the_bot(self, shop, stays):
        shop.says(hi={"replies": ["Hello"]}, ho={"error": "broken"})
        stays(
            "- user: hi\n- bot: Hi\n- user: ho\n- bot: x",
            "one: the bot raised ValueError: broken; an error is no expectation to be written down",
        )

    def test_other_error_than_expected(self, shop, stays):
        shop.says(ho={"error": "broken"})
        stays(
            "- user: ho\n- raises: KeyError",
            "one: raises: the bot raised another error; that is not about what a reply says",
        )

    def test_option_that_is_not_offered(self, shop, stays):
        shop.says(hi={"replies": [{"text": "a", "options": ["A"]}]})
        stays(
            "- user: hi\n- bot: a\n- tap: B",
            "one: tap: 'B' was not offered; that is not about what a reply says",
        )

    def test_reply_to_nobody(self, shop, stays):
        shop.says(hi={"replies": [{"text": "psst", "chat": "cook"}]})
        stays("- user: hi", "the bot spoke to 'cook', who is nobody in this scenario: 'psst'")

    def test_load_error(self, shop):
        shop.write("bot: saying:bot\nscenarios:\n  one:\n  - usr: hi\n")
        assert reasons(shop.update()) == [(4, "unknown step 'usr'")]

    def test_no_such_file(self, tmp_path):
        update = update_file(tmp_path / "no.chat.yaml", "no")
        assert update.reasons[0].what.startswith("cannot be")

    def test_changed_meanwhile(self, shop):
        shop.says(hi={"replies": ["Hello"]})
        shop.steps("- user: hi\n- bot: Hi")
        from chatsim.scenario.update.update import play_all

        def play(file):
            verdicts = play_all(file)
            shop.path.write_text("someone else's")
            return verdicts

        assert reasons(shop.update(play=play)) == [(0, "was changed by someone else meanwhile; nothing was written")]
        assert shop.text == "someone else's"

    def test_bot_that_never_says_the_same(self, shop, tmp_path):
        (tmp_path / "saying.py").write_text(
            "from chatsim.trace import Reply, Snapshot, Turn\n"
            "from pathlib import Path\n"
            "path = Path(__file__).with_name('count')\n"
            "class B:\n"
            "    def start(self): return Snapshot()\n"
            "    def step(self, snapshot, event):\n"
            "        path.write_text((path.read_text() if path.exists() else '') + 'x')\n"
            "        n = len(path.read_text())\n"
            "        return Turn(event=event, effects=(Reply('x'),) * (n % 7), snapshot=snapshot)\n"
            "bot = B()\n"
        )
        shop.steps("- user: hi\n- bot: Hello")
        (problem,) = shop.update().reasons
        assert "says something else each time" in problem.what

    def test_only_the_chosen(self, shop):
        shop.says(hi={"replies": ["Hello"]})
        text = "bot: saying:bot\nscenarios:\n  one:\n  - user: hi\n  - bot: {}\n  two:\n  - user: hi\n  - bot: Hi\n"
        shop.write(text.format("Hi"))
        assert shop.update(chosen={"one"}).expectations == 1
        assert shop.text == text.format("Hello")


class TestTheFile:
    def test_line_ends_and_mark(self, shop):
        shop.says(hi={"replies": ["Hello", "a\nb"]})
        shop.write(b"\xef\xbb\xbfbot: saying:bot\r\nscenarios:\r\n  one:\r\n  - user: hi\r\n  - bot: Hi # c\r\n# end")
        assert shop.update().updated
        assert shop.path.read_bytes() == (
            b"\xef\xbb\xbfbot: saying:bot\r\nscenarios:\r\n  one:\r\n  - user: hi\r\n  - bot: Hello # c\r\n"
            b"  - bot: |-\r\n      a\r\n      b\r\n# end"
        )

    def test_no_end_of_the_last_line(self, shop):
        shop.says(hi={"replies": ["Hello", "more"]}, ho={"replies": []})
        shop.write("bot: saying:bot\nscenarios:\n  one:\n  - user: hi\n  - bot: Hello\n  - user: ho\n  - bot: gone")
        assert shop.update().expectations == 2
        assert shop.text.endswith("  - bot: Hello\n  - bot: more\n  - user: ho")

    def test_permissions_and_links(self, shop, tmp_path):
        shop.says(hi={"replies": ["Hello"]})
        shop.steps("- user: hi\n- bot: Hi")
        shop.path.chmod(0o640)
        link = tmp_path / "link.chat.yaml"
        link.symlink_to(shop.path)
        assert update_file(link).updated
        assert link.is_symlink()
        assert stat.S_IMODE(shop.path.stat().st_mode) == 0o640
        assert "Hello" in shop.text
        assert not list(tmp_path.glob(".*.part"))

    def test_anchors_and_aliases(self, shop):
        shop.says(
            hi={"replies": [{"text": "a", "options": ["A", "C"]}]},
            ho={"replies": [{"text": "b", "options": ["A", "C"]}]},
        )
        text = "bot: saying:bot\nscenarios:\n  one:\n  - user: hi\n  - bot: a\n    options: &o [A, {}]\n  - user: ho\n  - bot: b\n    options: *o\n"
        shop.write(text.format("B"))
        assert shop.update().expectations == 1
        assert shop.text == text.format("C")
