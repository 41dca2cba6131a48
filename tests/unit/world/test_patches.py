import pytest

from chatsim.world.patches import Held, Patches


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

    def test_afterwards_in_its_turn(self, patches):
        """What is to be done afterwards is done between what was patched before and after it."""
        found = []
        patches.set(Child, "size", 1)
        patches.afterwards(lambda: found.append((Child.size, vars(Child).get("colour"))))
        patches.set(Child, "colour", "red")
        patches.undo()

        assert found == [(1, None)]


class TestHeld:
    def test_made_once(self):
        """Whoever comes while somebody is inside finds it done, whoever leaves while somebody stays leaves it."""
        made = []

        def make(patches):
            made.append(patches)
            patches.set(Child, "size", 1)

        held = Held(make)
        with held:
            with held:
                pass
            assert Child.size == 1
        assert not hasattr(Child, "size")
        with held:
            assert Child.size == 1
        assert len(made) == 2

    def test_half_made(self):
        """What was made before it failed is undone, and the next one may try again."""
        failing = True

        def make(patches):
            patches.set(Child, "size", 1)
            if failing:
                raise ValueError("no")

        held = Held(make)
        with pytest.raises(ValueError, match="no"), held:
            pass
        assert not hasattr(Child, "size")
        failing = False
        with held:
            assert Child.size == 1
        assert not hasattr(Child, "size")

    def test_patched_by_somebody_else(self):
        """What somebody put into the place meanwhile is patched as well, and is back afterwards."""
        seen = []

        def make(patches):
            before = Child.size
            patches.set(Child, "size", before + 1)

        held = Held(make)
        outer = Patches()
        outer.set(Child, "size", 1)
        with held:
            with held:
                seen.append(Child.size)
            foreign = Patches()
            foreign.set(Child, "size", 10)
            with held:
                seen.append(Child.size)
                with held:
                    seen.append(Child.size)
            seen.append(Child.size)
            foreign.undo()
            seen.append(Child.size)
        seen.append(Child.size)
        outer.undo()
        assert seen == [2, 11, 11, 10, 2, 1]
