"""Scenario files as pytest collects them."""

import pytest


class TestCollecting:
    def test_one_item_for_each_case(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("--collect-only", "-q")
        result.stdout.fnmatch_lines(
            ["order.chat.yaml::greets", r"order.chat.yaml::orders[[]small]", r"order.chat.yaml::orders[[]large]"]
        )
        assert result.ret == 0

    def test_tree(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("--collect-only")
        result.stdout.fnmatch_lines(
            ["*<ChatFile order.chat.yaml>", "*<Scenario greets>", r"*<Scenario orders[[]small]>"]
        )

    @pytest.mark.parametrize(
        ("node", "passed"), [("greets", 1), ("orders[small]", 1), ("orders", 2)], ids=["scenario", "case", "all cases"]
    )
    def test_node_ids_address(self, project, pytester, node, passed):
        project.add(order=project.order)
        pytester.runpytest_inprocess(f"order.chat.yaml::{node}").assert_outcomes(passed=passed)

    def test_unknown_node_id(self, project, pytester):
        project.add(order=project.order)
        result = pytester.runpytest_inprocess("order.chat.yaml::greats")
        assert result.ret == pytest.ExitCode.USAGE_ERROR

    def test_k(self, project, pytester):
        project.add(order=project.order)
        pytester.runpytest_inprocess("-k", "orders and not large").assert_outcomes(passed=1, deselected=2)

    def test_m(self, project, pytester):
        """Every scenario has the marker `chatsim`, so that a run may have them alone, or leave them out."""
        project.add(order=project.order)
        pytester.makepyfile("def test_other(): pass")
        pytester.runpytest_inprocess("-m", "chatsim", "--strict-markers").assert_outcomes(passed=3, deselected=1)
        pytester.runpytest_inprocess("-m", "not chatsim").assert_outcomes(passed=1, deselected=3)

    def test_x(self, project, pytester):
        project.add(a=project.wrong, b=project.wrong)
        pytester.runpytest_inprocess("-x").assert_outcomes(passed=1, failed=1)

    def test_marks_from_a_conftest(self, project, pytester):
        """Scenarios are items like others: a conftest may mark them."""
        project.add(wrong=project.wrong)
        pytester.makeconftest(
            """
            import pytest

            def pytest_collection_modifyitems(items):
                for item in items:
                    item.add_marker(pytest.mark.xfail if item.name == "fails" else pytest.mark.skip)
            """
        )
        pytester.runpytest_inprocess().assert_outcomes(skipped=1, xfailed=1)

    def test_two_folders_each_with_a_bot(self, project, pytester):
        for folder, answer in (("one", "Uno"), ("two", "Due")):
            project.add(**{f"{folder}/talk": f"bot: bot:bot\nscenarios:\n  says:\n  - user: hi\n  - bot: {answer}\n"})
            source = project.pizzeria.partition('    sender.send_message(chat_id, "Which')[0].replace(
                "Welcome!", answer
            )
            (pytester.path / folder / "bot.py").write_text(source + '    return "start", {}\n')
        pytester.runpytest_inprocess().assert_outcomes(passed=2)


class TestFiles:
    """The ini setting ``chatsim_files`` says which files hold scenarios."""

    def test_by_name(self, project, pytester):
        project.add(order=project.order)
        (pytester.path / "order.chat.yaml").rename(pytester.path / "order.talk.yml")
        pytester.runpytest_inprocess().assert_outcomes()
        pytester.makeini("[pytest]\nchatsim_files = *.chat.yaml *.talk.yml\n")
        pytester.runpytest_inprocess().assert_outcomes(passed=3)

    def test_by_path(self, project, pytester):
        """A pattern with a slash is held against the path from the root folder."""
        project.add(**{"wanted/order": project.order, "other/order": project.order})
        for folder in ("wanted", "other"):
            (pytester.path / folder / "pizzeria.py").write_text(project.pizzeria)
        pytester.makeini("[pytest]\nchatsim_files = wanted/*.yaml\n")
        pytester.runpytest_inprocess().assert_outcomes(passed=3)
        pytester.runpytest_inprocess("other").assert_outcomes()

    def test_outside_the_root_folder(self, project, pytester, tmp_path_factory):
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        (elsewhere / "pizzeria.py").write_text(project.pizzeria)
        (elsewhere / "order.chat.yaml").write_text(project.order)
        root = f"--rootdir={pytester.path}"
        pytester.runpytest_inprocess(root, "-o", "chatsim_files=*/order.*", elsewhere).assert_outcomes()
        pytester.runpytest_inprocess(root, elsewhere).assert_outcomes(passed=3)

    def test_other_yaml_is_left_alone(self, pytester):
        (pytester.path / "compose.yaml").write_text("services: {}\n")
        assert pytester.runpytest_inprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


class TestLoadErrors:
    """A file that cannot be loaded is an error with everything that is wrong with it, and the others run."""

    def test_all_problems_with_their_places(self, project, pytester):
        project.add(broken=project.broken, order=project.order)
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(passed=3, errors=1)
        result.stdout.fnmatch_lines(
            [
                "*ERROR collecting broken.chat.yaml*",
                "broken.chat.yaml:4:5: *'usr'*",
                "*'user'*",
                "broken.chat.yaml:6:5: *'stat'*",
                "ERROR broken.chat.yaml - *'usr'* (and 1 more)",
            ]
        )
        assert result.ret == pytest.ExitCode.TESTS_FAILED

    def test_nothing_of_ours(self, project, pytester):
        project.add(broken=project.broken)
        result = pytester.runpytest_inprocess()
        result.stdout.no_fnmatch_line("*chatsim/*")
        result.stdout.no_fnmatch_line("*Traceback*")

    def test_full_trace(self, project, pytester):
        """For those who look for a fault in chatsim itself."""
        project.add(broken=project.broken)
        pytester.runpytest_inprocess("--full-trace").stdout.fnmatch_lines(["*expand.py:*: ScenarioError"])

    def test_beside_a_broken_test_module(self, project, pytester):
        """What pytest itself does with a module that cannot be imported stays as it is: nothing runs."""
        project.add(broken=project.broken, order=project.order)
        pytester.makepyfile(test_bad="import nothing_of_this_name")
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=2)
        assert result.ret == pytest.ExitCode.INTERRUPTED

    def test_stops_at_the_first_error_with_x(self, project, pytester):
        project.add(broken=project.broken, order=project.order)
        pytester.runpytest_inprocess("-x").assert_outcomes(errors=1)

    def test_the_setting_is_left_as_it_was(self, project, pytester):
        project.add(broken=project.broken, order=project.order)
        pytester.makeconftest(
            "def pytest_unconfigure(config): print('continues:', config.option.continue_on_collection_errors)"
        )
        pytester.runpytest_inprocess("-s").stdout.fnmatch_lines(["*continues: False"])

    def test_collect_only(self, project, pytester):
        project.add(broken=project.broken, order=project.order)
        result = pytester.runpytest_inprocess("--collect-only", "-q")
        result.stdout.fnmatch_lines(["order.chat.yaml::greets", "broken.chat.yaml:4:5: *"])
        assert result.ret == pytest.ExitCode.TESTS_FAILED

    def test_not_utf8(self, project, pytester):
        project.add(order=project.order)
        (pytester.path / "latin.chat.yaml").write_bytes("bot: pizzeria:bot # fünf\n".encode("latin-1"))
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(passed=3, errors=1)
        result.stdout.fnmatch_lines(["latin.chat.yaml:1:*"])


class TestLoadingBots:
    """The bot of a file is loaded once, and only if something of the file runs."""

    NOISY = "import pathlib\npathlib.Path('loaded').open('a').write('x')\n"

    def loads(self, pytester):
        path = pytester.path / "loaded"
        return path.read_text() if path.exists() else ""

    @pytest.fixture(autouse=True)
    def _noisy(self, project, pytester):
        (pytester.path / "pizzeria.py").write_text(self.NOISY + project.pizzeria)
        project.add(order=project.order)

    def test_once_for_a_file(self, pytester):
        pytester.runpytest_subprocess().assert_outcomes(passed=3)
        assert self.loads(pytester) == "x"

    @pytest.mark.parametrize("option", ["--collect-only", "--deselect=order.chat.yaml", "-knothing"])
    def test_not_when_nothing_runs(self, pytester, option):
        pytester.runpytest_subprocess(option)
        assert self.loads(pytester) == ""


class TestBotErrors:
    """A bot that cannot be loaded is one error of its file, at the line of the bot."""

    def test_misspelt_is_one_error(self, project, pytester):
        project.add(misspelt=project.order.replace("pizzeria:bot", "pizzeria:bto"), order=project.order)
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(passed=3, errors=1)
        result.stdout.fnmatch_lines(
            ["*ERROR collecting misspelt.chat.yaml*", "misspelt.chat.yaml:1:6: *'pizzeria:bto'*no 'bto'*"]
        )
        result.stdout.no_fnmatch_line("*load.py*")

    def test_syntax_error_in_the_bot(self, project, pytester):
        project.add(order=project.order)
        (pytester.path / "pizzeria.py").write_text("def start(:\n    pass\n")
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["order.chat.yaml:1:6: bot 'pizzeria:bot':*", "*pizzeria.py:1*", "*SyntaxError: *"])
        result.stdout.no_fnmatch_line("*chatsim/*")

    def test_a_class_with_faults(self, project, pytester):
        """All faults are at the file's bot, and nothing of ours."""
        (pytester.path / "faulty.py").write_text(
            "from chatsim.fsm import AbstractFSM\n\n"
            "class Bot(AbstractFSM):\n"
            "    states = ['zero', 'pay']\n"
            "    transitions = [{'trigger': 'next', 'source': 'zero', 'dest': 'pya'}]\n"
        )
        project.add(order=project.order, faulty="bot: faulty:Bot\nscenarios:\n  a:\n  - user: hi\n")
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(passed=3, errors=1)
        result.stdout.fnmatch_lines(
            ["faulty.chat.yaml:1:6: bot 'faulty:Bot': Bot cannot run, 2 faults:", "    - transitions[[]0]: *"]
        )
        result.stdout.no_fnmatch_line("*chatsim/*")

    def test_an_endless_loop(self, project, pytester):
        """The setting is for loading bots, and for running them."""
        pytester.makeini("[pytest]\nchatsim_timeout = 0.5s\n")
        (pytester.path / "hangs.py").write_text("while True:\n    pass\n")
        (pytester.path / "pizzeria.py").write_text(project.pizzeria.replace('oven = "cold"', "while True: pass"))
        project.add(crash=project.crash, hangs="bot: hangs:bot\nscenarios:\n  a:\n  - user: hi\n")
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(failed=1, errors=1)
        result.stdout.fnmatch_lines(
            [
                "hangs.chat.yaml:1:6: bot 'hangs:bot': loading it takes longer than 0.5s; it was here",
                "*timeout: the test takes longer than 0.5s",
                "  pizzeria.py:* in size",
            ]
        )

    def test_a_limit_that_is_no_duration(self, project, pytester):
        pytester.makeini("[pytest]\nchatsim_timeout = soon\n")
        project.add(order=project.order)
        result = pytester.runpytest_inprocess()
        assert result.ret == 4
        result.stderr.fnmatch_lines(["ERROR: chatsim_timeout = soon: 'soon' is no duration. Write 5s, 31m*"])

    def test_a_state_that_the_bot_has_not(self, project, pytester):
        project.add(
            given="bot: pizzeria:bot\nscenarios:\n  a:\n    given: {state: sice}\n    steps:\n    - user: hi\n    - bot: x\n"
        )
        result = pytester.runpytest_inprocess()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["given.chat.yaml:4:20: *'sice'*"])

    def test_in_the_file_of_the_id(self, project, pytester):
        """Tests of other files are not held up by a bot that cannot be loaded."""
        project.add(misspelt=project.order.replace("pizzeria:bot", "pizzera:bot"), order=project.order)
        pytester.runpytest_inprocess("order.chat.yaml::greets").assert_outcomes(passed=1)
