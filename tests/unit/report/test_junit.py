"""A run as JUnit XML."""

from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsim.report.junit import junit_report
from chatsim.report.results import FileResult, RunResult


class TestJunitReport:
    def test_counts(self, run):
        root = ET.fromstring(junit_report(run))
        assert root.attrib == {
            "name": "chatsim", "tests": "5", "failures": "1", "errors": "2", "skipped": "1", "time": "1.500",
        }  # fmt: skip
        assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
            ("a.chat.yaml", "3"), ("b.chat.yaml", "1"), ("chatsim", "1"),
        ]  # fmt: skip

    def test_cases_point_at_their_lines(self, run):
        cases = ET.fromstring(junit_report(run)).iter("testcase")
        assert [(case.get("name"), case.get("file"), case.get("line")) for case in cases] == [
            ("greets[small]", "a.chat.yaml", "2"),
            ("pays", "a.chat.yaml", "7"),
            ("waits", "a.chat.yaml", "9"),
            ("load", "b.chat.yaml", "3"),
            ("load", "nope", "0"),
        ]

    def test_a_failure(self, run):
        failure = next(ET.fromstring(junit_report(run)).iter("failure"))
        assert failure.attrib == {"message": "bot: Oh no", "type": "wrong-text"}
        assert failure.text == "bot: Oh no\n  - Paid\n  + Oh no\n  ✓ options: x"

    def test_the_details_of_a_failure(self, run):
        failure = next(ET.fromstring(junit_report(run, lambda case: case.verdict.case.id * 2)).iter("failure"))
        assert failure.text == "payspays"

    def test_an_error(self, run):
        error = next(ET.fromstring(junit_report(run)).iter("error"))
        assert error.attrib == {"message": "unknown key 'usr'", "type": "load-error"}
        assert error.text == "b.chat.yaml:3:5: unknown key 'usr'\n    did you mean 'user'?"

    def test_skipped(self, run):
        assert [element.get("message") for element in ET.fromstring(junit_report(run)).iter("skipped")] == [
            "the run stopped before it"
        ]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(st.characters(), max_size=30), output=st.text(st.characters(), max_size=30))
    def test_any_text_is_valid(self, failing, text, output):
        report = junit_report(RunResult((FileResult(text, (failing(text, output, name=text),)),)))
        root = ET.fromstring(report.encode())
        assert len(list(root.iter("testcase"))) == 1

    def test_characters_that_xml_cannot_hold(self, failing):
        report = junit_report(RunResult((FileResult("a", (failing("\x1b[2J \uffff \x00"),)),)))
        assert next(ET.fromstring(report).iter("failure")).get("message") == "bot: \\x1b[2J \\uffff \\x00"
