"""The scenarios beside this file hold."""

import shutil
from pathlib import Path

import pytest

from chatsim.scenario.load import load_file, ready
from chatsim.scenario.run import run_case

HERE = Path(__file__).parent
FILES = sorted(path.relative_to(HERE).as_posix() for path in HERE.glob("*/*.chat.yaml"))


@pytest.fixture
def run(request, tmp_path, monkeypatch):
    """Run a file with scenarios: those of a published bot beside that bot."""

    def run(name):
        path = HERE / name
        if path.parent.name == "telegram":
            examples = request.getfixturevalue("telegram_examples")
            path = Path(shutil.copy(path, examples))
        monkeypatch.chdir(tmp_path)
        file = ready(load_file(path))
        assert file.file.cases
        return [run_case(case, file.stage) for case in file.file.cases]

    return run


@pytest.mark.filterwarnings("ignore:If 'per_message=False':telegram.warnings.PTBUserWarning")
@pytest.mark.parametrize("name", FILES)
def test_scenarios(run, name):
    failed = {verdict.case.id: verdict.mismatch for verdict in run(name) if verdict.mismatch is not None}
    assert failed == {}
