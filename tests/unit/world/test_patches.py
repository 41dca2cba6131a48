import pytest

from chatsim.world.patches import Patches


class Base:
    def method(self):
        return "base"

    @staticmethod
    def static():
        return "static"


class Child(Base):
    pass


@pytest.fixture
def patches():
    patches = Patches()
    yield patches
    patches.undo()


class TestUndo:
    def test_inherited_is_inherited_again(self, patches):
        patches.set(Child, "method", lambda self: "patched")
        assert Child().method() == "patched"
        patches.undo()

        assert "method" not in vars(Child)
        assert Child().method() == "base"

    def test_static_methods_stay_static(self, patches):
        before = vars(Base)["static"]
        patches.set(Base, "static", None)
        patches.undo()

        assert vars(Base)["static"] is before

    def test_last_first(self, patches):
        patches.set(Base, "method", 1)
        patches.set(Base, "method", 2)
        patches.undo()

        assert Base().method() == "base"

    def test_dictionaries(self, patches):
        namespace = {"a": 1}
        patches.set_item(namespace, "a", 2)
        assert namespace == {"a": 2}
        patches.undo()
        patches.undo()

        assert namespace == {"a": 1}
