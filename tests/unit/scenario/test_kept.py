"""What was read of a scenario file is kept, and is as good as what would be read of it now."""

import importlib.util
import os
import pickle
import stat
import sys
from pathlib import Path

import pytest

from chatsim.errors import ScenarioError
from chatsim.scenario import kept, looks
from chatsim.scenario.expansion import Expansion
from chatsim.scenario.load import load_file
from chatsim.scenario.model import NO_CHECKS, NO_MARKS

WRITTEN = "bot: pizzeria:PizzaBot\nscenarios:\n  greets:\n  - user: hi\n  - bot: Hello!\n"
EXAMPLES = sorted((Path(__file__).parents[3] / "scenarios").rglob("*.chat.yaml"))


@pytest.fixture(autouse=True)
def _writes(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "pytest.ini").touch()
    folder = tmp_path / "chats"
    folder.mkdir()
    path = folder / "pizza.chat.yaml"
    path.write_text(WRITTEN)
    return path


@pytest.fixture
def reads(monkeypatch):
    """How often a file was read, rather than what was kept of it."""
    read = []
    real = kept.Kept.write

    def write(self, file, found):
        read.append(file)
        real(self, file, found)

    monkeypatch.setattr(kept.Kept, "write", write)
    return read


def kept_files(path):
    return sorted(path.parent.glob("__pycache__/*"))


class TestKept:
    def test_once(self, path, reads):
        """A file that did not change is read once, and what is kept of it says the same."""
        first = load_file(path, keeps=True)
        assert first == load_file(path, keeps=True) == load_file(path)
        assert [first] == reads

    def test_beside_bytecode(self, path):
        """It lies where Python keeps the bytecode of a module, and nothing else is left there."""
        load_file(path, keeps=True)
        (entry,) = kept_files(path)
        assert entry.name.startswith(f"pizza.chat.yaml.{sys.implementation.cache_tag}-")

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
    def test_private(self, path):
        """Credentials are in it: nobody else may read them."""
        load_file(path, keeps=True)
        assert stat.S_IMODE(kept_files(path)[0].stat().st_mode) == 0o600

    def test_prefix(self, path, tmp_path, monkeypatch, reads):
        """PYTHONPYCACHEPREFIX moves it away."""
        monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
        load_file(path, keeps=True)
        load_file(path, keeps=True)
        assert len(reads) == 1
        assert kept_files(path) == []
        assert importlib.util.cache_from_source(str(path)).startswith(str(tmp_path / "elsewhere"))

    def test_not_written(self, path, monkeypatch, reads):
        """PYTHONDONTWRITEBYTECODE keeps it from being written."""
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        load_file(path, keeps=True)
        load_file(path, keeps=True)
        assert len(reads) == 2
        assert not (path.parent / "__pycache__").exists()

    def test_not_asked_for(self, path):
        """Who does not ask for it finds nothing kept."""
        load_file(path)
        assert not (path.parent / "__pycache__").exists()

    @pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
    def test_examples(self, example, tmp_path, monkeypatch):
        """Whatever can be written in a file can be kept."""
        monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
        read = load_file(example, keeps=True)
        again = kept.Kept(example, str(example), Expansion()).read()
        # As text: compiled regular expressions are equal only while they are the same object.
        assert repr(again) == repr(read)
        assert [case.marks is NO_MARKS for case in again.cases] == [case.marks is NO_MARKS for case in read.cases]
        assert [[step.checks is NO_CHECKS for step in case.steps] for case in again.cases] == [
            [step.checks is NO_CHECKS for step in case.steps] for case in read.cases
        ]


class TestChanges:
    def test_text(self, path):
        """Another text of the same length and the same age is read."""
        load_file(path, keeps=True)
        age = path.stat()
        path.write_text(WRITTEN.replace("Hello!", "Good-by"[:6]))
        os.utime(path, ns=(age.st_atime_ns, age.st_mtime_ns))
        assert load_file(path, keeps=True) == load_file(path)

    def test_error(self, path):
        """A file that is wrong now is an error, and one that was wrong is read again."""
        load_file(path, keeps=True)
        path.write_text(WRITTEN.replace("user", "usr"))
        for _ in range(2):
            with pytest.raises(ScenarioError, match="usr"):
                load_file(path, keeps=True)
        path.write_text(WRITTEN)
        assert load_file(path, keeps=True).cases[0].id == "greets"

    def test_gone(self, path):
        """A file that is gone is an error."""
        load_file(path, keeps=True)
        path.unlink()
        with pytest.raises(ScenarioError, match="cannot be read"):
            load_file(path, keeps=True)

    def test_folder_file_comes(self, path):
        """What its folder says is read when it comes, changes, and goes."""
        load_file(path, keeps=True)
        shared = path.parent / "chatsim.yaml"
        for url in ("https://one.example", "https://two.example"):
            shared.write_text(f"defaults:\n  env:\n    SHOP: {url}\n")
            assert load_file(path, keeps=True).cases[0].env == {"SHOP": url}
        shared.unlink()
        assert load_file(path, keeps=True).cases[0].env == {}

    def test_root_moves(self, path, tmp_path):
        """Where the project begins decides which folders count."""
        (tmp_path / "chatsim.yaml").write_text("env: {SHOP: open}\n")
        assert load_file(path, keeps=True).cases[0].env == {"SHOP": "open"}
        (path.parent / "pyproject.toml").touch()
        assert load_file(path, keeps=True).cases[0].env == {}

    def test_include(self, path):
        """An included file counts as the file itself."""
        fragments = path.parent / "shared.yaml"
        path.write_text(WRITTEN.replace("scenarios", "include: shared.yaml\nscenarios") + "  - use: leave\n")
        for word in ("Bye", "Ciao"):
            fragments.write_text(f"fragments:\n  leave:\n  - user: bye\n  - bot: {word}\n")
            assert load_file(path, keeps=True).cases[0].steps[-1].text.text == word
        fragments.unlink()
        with pytest.raises(ScenarioError, match="is not there"):
            load_file(path, keeps=True)

    def test_file_to_send(self, path):
        """A file that a person sends must be there."""
        photo = path.parent / "photo.png"
        photo.touch()
        path.write_text(WRITTEN.replace("user: hi", "file: photo.png"))
        load_file(path, keeps=True)
        photo.unlink()
        with pytest.raises(ScenarioError, match=r"no file 'photo\.png'"):
            load_file(path, keeps=True)

    @pytest.mark.parametrize("how", [{"all_phrasings": True}, {"name": "other.chat.yaml"}])
    def test_another_way(self, path, how):
        """Who reads the file in another way gets what comes of that."""
        path.write_text(WRITTEN.replace("user: hi", "user: {one_of: [hi, hello]}"))
        usual = load_file(path, keeps=True)
        assert usual != load_file(path, **how, keeps=True) == load_file(path, **how)

    def test_fewer_cases(self, path):
        """How many tests may come of a scenario is asked anew."""
        path.write_text(WRITTEN.replace("user: hi", "user: {one_of: [hi, hello]}"))
        load_file(path, keeps=True, all_phrasings=True)
        with pytest.raises(ScenarioError, match="becomes 2 tests, more than 1"):
            load_file(path, keeps=True, all_phrasings=True, max_cases=1)

    def test_moved(self, path, tmp_path):
        """A folder that was copied is another: its files are looked for there."""
        (path.parent / "photo.png").touch()
        path.write_text(WRITTEN.replace("user: hi", "file: photo.png"))
        load_file(path, keeps=True)
        path.parent.rename(tmp_path / "moved")
        assert load_file(tmp_path / "moved/pizza.chat.yaml", keeps=True).cases[0].steps[0].folder == tmp_path / "moved"

    def test_other_chatsim(self, path, monkeypatch, reads):
        """What another chatsim read is read again."""
        load_file(path, keeps=True)
        monkeypatch.setattr(kept, "_reader", lambda: 1)
        load_file(path, keeps=True)
        assert len(reads) == 2


class TestFilesInARow:
    def test_one_look_for_all(self, path, monkeypatch):
        """Whether the files lie there that all of a folder ask for is asked once."""
        paths = [path, path.with_name("pasta.chat.yaml")]
        paths[1].write_text(WRITTEN)
        for each in paths:
            load_file(each, keeps=True)
        asked = []
        monkeypatch.setitem(looks._ways, "exists", lambda path: asked.append(path) or Path(path).exists())
        just_now = {}
        for each in paths:
            load_file(each, keeps=True, just_now=just_now)
        assert len(asked) == len(set(asked)) > 3

    def test_contents(self, path):
        """What a file holds is always asked."""
        just_now = {}
        for word in ("Hello!", "Goodbye!"):
            path.write_text(WRITTEN.replace("Hello!", word))
            case = load_file(path, keeps=True, just_now=just_now).cases[0]
            assert case.steps[1].text.show({}) == word


class TestTrouble:
    @pytest.mark.parametrize("garbage", [b"", b"no pickle", pickle.dumps((1, 2)), pickle.dumps(None)])
    def test_garbage(self, path, garbage):
        """What cannot be understood is written anew."""
        file = load_file(path, keeps=True)
        (entry,) = kept_files(path)
        good = entry.read_bytes()
        entry.write_bytes(garbage)
        assert file == load_file(path, keeps=True)
        assert good == entry.read_bytes()

    def test_cut_off(self, path):
        """Half of it is no more than none of it."""
        file = load_file(path, keeps=True)
        (entry,) = kept_files(path)
        entry.write_bytes(entry.read_bytes()[:-10])
        assert file == load_file(path, keeps=True)

    def test_cannot_be_written(self, path):
        """Where nothing can be written, the file is read every time."""
        (path.parent / "__pycache__").write_text("in the way")
        assert load_file(path, keeps=True) == load_file(path, keeps=True)

    def test_cannot_be_replaced(self, path, monkeypatch):
        """What could not be put in its place is taken away again."""

        def refuse(*_):
            raise PermissionError

        monkeypatch.setattr(kept.os, "replace", refuse)
        load_file(path, keeps=True)
        assert kept_files(path) == []
