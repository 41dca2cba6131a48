"""What files share: defaults, include, and the `chatsim.yaml` of their folders."""

import textwrap

import pytest

from chatsim.errors import ScenarioError
from chatsim.scenario.load import load_file

BASE = "bot: a:b\nscenarios:\n  s:\n  - user: hi\n"


@pytest.fixture
def tree(tmp_path):
    """Write files, and load one of them, by default ``a.chat.yaml``; positions are named by it."""

    def tree(files, name="a.chat.yaml"):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(textwrap.dedent(text))
        return load_file(tmp_path / name, name)

    return tree


@pytest.fixture
def wrong(tree):
    """Return what is wrong with files: file, line, column, what, cure."""

    def wrong(files, name="a.chat.yaml"):
        with pytest.raises(ScenarioError) as caught:
            tree(files, name)
        return [(p.file, p.line, p.column, p.what, p.cure) for p in caught.value.problems]

    return wrong


class TestDefaults:
    def test_go_under_every_scenario(self, load):
        file = load("""\
        bot: a:b
        defaults: {tags: [slow], timeout: 5s, env: {A: 1, B: 2}}
        scenarios:
          one:
          - user: hi
          two:
            tags: fast
            env: {B: 3}
            steps: [user: hi]
        """)
        one, two = file.cases
        assert (one.marks.tags, one.marks.timeout, one.env) == (("slow",), 5, {"A": "1", "B": "2"})
        assert (two.marks.tags, two.marks.timeout, two.env) == (("fast",), 5, {"A": "1", "B": "3"})

    def test_mappings_are_merged_key_by_key_all_the_way_down(self, load):
        file = load("""\
        bot: a:b
        defaults: {given: {state: menu, vars: {name: Ann, cart: {size: S, price: 9}}}}
        scenarios:
          s:
            given: {vars: {cart: {price: 14}}}
            steps: [user: hi]
        """)
        given = file.cases[0].given
        assert given.state.render({}) == "menu"
        assert given.vars.render({}) == {"name": "Ann", "cart": {"size": "S", "price": 14}}

    def test_an_answer_of_a_mock_is_one_thing(self, load):
        """The scenario's answer replaces the default one: half of each would be neither."""
        file = load("""\
        bot: a:b
        defaults:
          mock:
            GET https://a.example/: {status: 503, headers: {x: y}}
            GET https://b.example/: {status: 404}
        scenarios:
          s:
            mock: {"GET https://a.example/": {json: {n: 1}}}
            steps: [user: hi]
        """)
        assert [(mock.written, mock.answers[0].position.line) for mock in file.cases[0].mocks] == [
            ("GET https://a.example/", 8), ("GET https://b.example/", 5),
        ]  # fmt: skip

    def test_keep_their_place(self, problems):
        text = "bot: a:b\ndefaults: {timeout: soon}\nscenarios:\n  s:\n  - user: hi\n  t:\n  - user: hi\n"
        assert problems(text) == [
            (2, 21, "'soon' is no duration", "write 5s, 31m, 1h30m or 2d, the longer units first")
        ]

    @pytest.mark.parametrize(
        ("key", "what", "cure"),
        [
            ("steps: []", "`steps` has no place in `defaults`", "write it in the scenario"),
            ("cases: {}", "`cases` has no place in `defaults`", "write it in the scenario"),
            ("tag: a", "unknown key 'tag' in `defaults`", "did you mean 'tags'?"),
        ],
    )
    def test_wrong_keys(self, problems, key, what, cure):
        found = problems(f"bot: a:b\ndefaults: {{{key}}}\nscenarios: {{s: [user: hi]}}\n")
        assert (2, 12, what, cure) in found

    def test_no_mapping(self, problems):
        assert problems("bot: a:b\ndefaults: [a]\nscenarios: {s: [user: hi]}\n") == [
            (2, 11, "`defaults` must be a mapping, and this is a list", "write key: value")
        ]


class TestInclude:
    LOGIN = "fragments:\n  login:\n  - user: ${name}\n  - bot: Hi!\n"

    def test_fragments(self, tree):
        case = tree(
            {
                "a.chat.yaml": "bot: a:b\ninclude: parts/b.yaml\nscenarios:\n  s:\n  - use: login(name=Ann)\n",
                "parts/b.yaml": self.LOGIN,
            }
        ).cases[0]
        assert [str(step.position) for step in case.steps] == [
            "a.chat.yaml:5:5",
            "parts/b.yaml:3:5",
            "parts/b.yaml:4:5",
        ]
        assert [str(use.position) for use in case.steps[1].used] == ["a.chat.yaml:5:5"]

    def test_mocks_and_users(self, tree):
        shared = 'users: [ann, cook]\nmock:\n  "GET https://a.example/": {status: 404}\n'
        text = "bot: a:b\ninclude: [b.yaml]\nscenarios:\n  s:\n  - ann: hi\n  - bot>cook: An order\n"
        case = tree({"a.chat.yaml": text, "b.yaml": shared}).cases[0]
        assert [step.chat for step in case.steps] == ["ann", "cook"]
        assert [(mock.written, str(mock.answers[0].position)) for mock in case.mocks] == [
            ("GET https://a.example/", "b.yaml:3:29")
        ]

    def test_named_people_of_an_included_file_keep_their_place(self, tree):
        shared = "users: [ann]\nfragments:\n  f:\n  - ann: hi\n"
        text = "bot: a:b\ninclude: b.yaml\nscenarios:\n  s:\n  - use: f\n"
        assert str(tree({"a.chat.yaml": text, "b.yaml": shared}).cases[0].steps[0].position) == "b.yaml:4:5"

    def test_scenario_files_give_only_what_is_shared(self, tree):
        other = "bot: c:d\nenv: {A: 1}\nscenarios: {t: [user: x]}\n" + self.LOGIN
        file = tree({"a.chat.yaml": "include: b.chat.yaml\n" + BASE, "b.chat.yaml": other})
        assert (file.bot, [case.id for case in file.cases], file.env) == ("a:b", ["s"], {})

    def test_files_that_include_others(self, tree):
        files = {
            "a.chat.yaml": "bot: a:b\ninclude: x/b.yaml\nscenarios:\n  s:\n  - use: login(name=A)\n",
            "x/b.yaml": "include: ../c.yaml\n",
            "c.yaml": self.LOGIN,
        }
        assert str(tree(files).cases[0].steps[1].position) == "c.yaml:3:5"

    def test_own_fragments_go_before(self, tree):
        text = "bot: a:b\ninclude: b.yaml\nfragments: {login: [user: mine]}\nscenarios: {s: [use: login]}\n"
        assert tree({"a.chat.yaml": text, "b.yaml": self.LOGIN}).cases[0].steps[0].position.file == "a.chat.yaml"

    def test_files_lie_beside_the_fragment(self, tree, tmp_path):
        (tmp_path / "x").mkdir()
        (tmp_path / "x" / "c.png").write_bytes(b"x")
        files = {
            "a.chat.yaml": "bot: a:b\ninclude: x/b.yaml\nscenarios: {s: [use: f]}\n",
            "x/b.yaml": "fragments:\n  f:\n  - file: c.png\n",
        }
        assert tree(files).cases[0].steps[0].folder == tmp_path / "x"

    def test_twice_by_different_ways(self, tree):
        files = {
            "a.chat.yaml": "include: [b.yaml, c.yaml]\n" + BASE,
            "b.yaml": "include: c.yaml\n",
            "c.yaml": self.LOGIN,
        }
        assert len(tree(files).cases) == 1

    def test_missing(self, wrong, tmp_path):
        assert wrong({"a.chat.yaml": "include: [b.yaml, .]\n" + BASE}) == [
            ("a.chat.yaml", 1, 11, "the file to include, 'b.yaml', is not there", f"paths start at {tmp_path}"),
            ("a.chat.yaml", 1, 19, "the file to include, '.', is a folder, not a file", f"paths start at {tmp_path}"),
        ]

    @pytest.mark.parametrize("files", [{"b.yaml": "include: c.yaml\n", "c.yaml": "include: b.yaml\n"}])
    def test_circle(self, wrong, files):
        assert wrong({"a.chat.yaml": "include: b.yaml\n" + BASE, **files}) == [
            ("c.yaml", 1, 10, "a file includes itself: b.yaml → c.yaml → b.yaml", "take one of the includes out")
        ]

    def test_itself(self, wrong):
        assert [problem[3] for problem in wrong({"a.chat.yaml": "include: a.chat.yaml\n" + BASE})] == [
            "a file includes itself: a.chat.yaml → a.chat.yaml"
        ]

    def test_wrong_kinds(self, wrong):
        files = {"a.chat.yaml": "include: {a: b}\n" + BASE}
        assert wrong(files) == [
            (
                "a.chat.yaml",
                1,
                10,
                "must be a path or a list of paths, and this is a mapping",
                "write include: shared.yaml",
            )
        ]
        files = {
            "a.chat.yaml": "include: [b.yaml, c.yaml, d.yaml]\n" + BASE,
            "b.yaml": "- user: hi\n",
            "c.yaml": "fragments: [a]\n",
            "d.yaml": "zzz: []\n",
        }
        assert wrong(files) == [
            ("b.yaml", 1, 1, "must be a mapping, and this is a list", "write fragments: and names below it"),
            (
                "c.yaml",
                1,
                12,
                "`fragments` must be a mapping, and this is a list",
                "write a name for each, and below it a list of steps",
            ),
            (
                "d.yaml",
                1,
                1,
                "unknown key 'zzz' in an included file",
                "the keys here are fragments, mock, users, include",
            ),
        ]

    def test_no_yaml(self, wrong):
        found = wrong({"a.chat.yaml": "include: b.yaml\n" + BASE, "b.yaml": "a: [\n"})
        assert [problem[:2] for problem in found] == [("b.yaml", 1)]

    def test_nothing_in_it(self, tree):
        assert len(tree({"a.chat.yaml": "include: b.yaml\n" + BASE, "b.yaml": ""}).cases) == 1

    def test_errors_in_fragments_stand_where_they_are_written(self, wrong):
        files = {"a.chat.yaml": "include: b.yaml\n" + BASE, "b.yaml": "fragments:\n  f:\n  - usr: hi\n"}
        assert wrong(files) == [("b.yaml", 3, 5, "unknown step 'usr'", "did you mean 'user'?")]

    def test_one_fragment_in_two_files(self, wrong):
        files = {"a.chat.yaml": "include: [b.yaml, c.yaml]\n" + BASE, "b.yaml": self.LOGIN, "c.yaml": self.LOGIN}
        assert wrong(files) == [
            ("a.chat.yaml", 1, 19, "the fragment 'login' is in 'b.yaml' and in 'c.yaml'", "rename one of them")
        ]


class TestFolders:
    ROOT = {"pyproject.toml": ""}

    def test_give_what_a_file_does_not_say(self, tree, tmp_path):
        files = {
            "chatsim.yaml": "bot: shop:bot\nenv: {A: 1, B: 1}\ndefaults: {tags: [slow], timeout: 9s}\nfragments: {hello: [user: hi]}\n",
            "x/chatsim.yaml": "env: {B: 2}\ndefaults: {timeout: 5s}\n",
            "x/a.chat.yaml": "scenarios:\n  s:\n    timeout: 1s\n    steps: [use: hello]\n  t:\n  - use: hello\n",
        }
        file = tree(self.ROOT | files, "x/a.chat.yaml")
        assert (file.bot, file.folder, str(file.bot_position)) == ("shop:bot", tmp_path, "chatsim.yaml:1:6")
        assert file.env == {"A": "1", "B": "2"}
        assert [(case.marks.tags, case.marks.timeout) for case in file.cases] == [(("slow",), 1), (("slow",), 5)]
        assert str(file.cases[0].steps[0].position) == "chatsim.yaml:4:21"

    def test_end_at_the_root_of_the_project(self, tree):
        files = {"chatsim.yaml": "env: {A: 1}\n", "x/pyproject.toml": "", "x/y/a.chat.yaml": BASE}
        assert tree(files, "x/y/a.chat.yaml").env == {}

    def test_without_a_project_only_the_folder_counts(self, tree, monkeypatch):
        from chatsim.scenario import project

        monkeypatch.setattr(project, "ROOT_MARKS", ())
        files = {"chatsim.yaml": "env: {A: 1}\n", "x/chatsim.yaml": "env: {B: 2}\n", "x/a.chat.yaml": BASE}
        assert tree(files, "x/a.chat.yaml").env == {"B": "2"}

    def test_includes_start_where_they_are_written(self, tree):
        files = {
            "chatsim.yaml": "include: b.yaml\n",
            "b.yaml": "fragments: {f: [user: hi]}\n",
            "x/a.chat.yaml": "bot: a:b\nscenarios: {s: [use: f]}\n",
        }
        assert tree(self.ROOT | files, "x/a.chat.yaml").cases[0].steps[0].position.file == "b.yaml"

    def test_wrong(self, wrong):
        files = {"chatsim.yaml": "scenarios: {}\nenv: []\n", "x/a.chat.yaml": BASE}
        assert wrong(self.ROOT | files, "x/a.chat.yaml") == [
            (
                "chatsim.yaml",
                1,
                1,
                "unknown key 'scenarios' in `chatsim.yaml`",
                "the keys here are bot, credentials, env, mock, allow, users, fragments, include, defaults",
            ),
            ("chatsim.yaml", 2, 6, "`env` must be a mapping, and this is a list", "write key: value"),
        ]
