"""What lies in folders of bots."""

import os
import time
from importlib import machinery
from pathlib import Path

import pytest

from chatsim.bots.listings import Listings

LOADERS = (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES)


@pytest.fixture
def listings() -> Listings:
    return Listings(LOADERS)


@pytest.fixture
def settled(tmp_path: Path, listings: Listings) -> Path:
    """Return a folder that did not change for a while, and was looked at in that time."""
    (tmp_path / "bot.py").touch()
    listings.of(str(tmp_path))
    time.sleep(0.15)
    assert listings.of(str(tmp_path)).sources == {"bot"}
    return tmp_path


class TestSettledFolder:
    def test_is_listed_once(self, settled, listings):
        assert listings.of(str(settled)) is listings.of(str(settled))

    def test_is_listed_again_when_a_file_comes(self, settled, listings):
        (settled / "shop.py").touch()
        assert listings.of(str(settled)).sources == {"bot", "shop"}

    def test_finds_a_module_that_came(self, settled, listings):
        (settled / "shop.py").touch()
        spec = listings.of(str(settled)).finder.find_spec("shop")
        assert spec is not None
        assert spec.origin == str(settled / "shop.py")

    def test_becomes_a_package_without_a_change_of_the_folder_above(self, settled, listings):
        (settled / "shop").mkdir()
        listings.of(str(settled))
        time.sleep(0.15)
        assert listings.of(str(settled)).packages() == set()
        (settled / "shop" / "__init__.py").touch()
        assert listings.of(str(settled)).packages() == {"shop"}

    def test_is_listed_again_when_it_is_to_be_forgotten(self, settled, listings):
        before = listings.of(str(settled))
        listings.forget_below(str(settled.parent))
        assert listings.of(str(settled)) is not before

    def test_is_kept_when_another_is_forgotten_whose_name_it_begins_with(self, settled, listings):
        before = listings.of(str(settled))
        listings.forget_below(str(settled)[:-1])
        assert listings.of(str(settled)) is before


class TestFolderThatHasJustChanged:
    def test_is_listed_whenever_it_is_asked_for(self, tmp_path, listings):
        """A file that comes within one tick of the file system's clock is seen."""
        listings.of(str(tmp_path))
        assert listings.of(str(tmp_path)).sources == set()
        changed = tmp_path.stat().st_mtime_ns
        (tmp_path / "bot.py").touch()
        os.utime(tmp_path, ns=(changed, changed))
        assert listings.of(str(tmp_path)).sources == {"bot"}


class TestFolderThatIsGone:
    def test_holds_no_module(self, settled, listings):
        (settled / "bot.py").unlink()
        settled.rmdir()
        assert listings.of(str(settled)).finder.find_spec("bot") is None
        settled.mkdir()
        assert listings.of(str(settled)).sources == set()

    def test_cannot_be_listed(self, tmp_path, listings):
        with pytest.raises(FileNotFoundError):
            _ = listings.of(str(tmp_path / "nowhere")).sources


class TestSources:
    def test_are_python_files_that_can_be_seen(self, tmp_path, listings):
        for name in ("bot.py", ".hidden.py", "notes.txt", "greets.chat.yaml"):
            (tmp_path / name).touch()
        assert listings.of(str(tmp_path)).sources == {"bot"}
