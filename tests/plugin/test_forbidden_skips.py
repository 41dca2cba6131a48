"""In CI, a test that is skipped is a failure: nothing may go unproven there unnoticed."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent.parent / "conftest.py"


@pytest.fixture
def skipping(pytester):
    pytester.makeconftest(CONFTEST.read_text())
    pytester.makepyfile(
        test_skips="""
        import pytest

        def test_skips():
            pytest.skip("no server")

        @pytest.mark.skipif(True, reason="no package")
        def test_marked():
            pass

        @pytest.mark.xfail(strict=True, reason="a known fault")
        def test_expected_to_fail():
            assert False
        """,
        test_whole="import pytest\npytest.importorskip('no_such_package', reason='pip install it')\n",
    )
    return pytester


def test_allowed_by_default(skipping, monkeypatch):
    monkeypatch.delenv("CHATSIM_FORBID_SKIPS", raising=False)
    skipping.runpytest_subprocess().assert_outcomes(skipped=3, xfailed=1)


def test_named_where_they_are_forbidden(skipping, monkeypatch):
    monkeypatch.setenv("CHATSIM_FORBID_SKIPS", "1")
    result = skipping.runpytest_subprocess("--continue-on-collection-errors")
    result.assert_outcomes(failed=1, errors=2, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_whole.py was skipped, and CHATSIM_FORBID_SKIPS allows no skips: *pip install it*",
            "*::test_marked was skipped, and *: no package*",
            "*::test_skips was skipped, and *: no server*",
        ]
    )
