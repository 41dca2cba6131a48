"""The page in a real browser: what a person clicks, types and sees.

The page is that of a real run of the example bots (conftest.py); every test also asks that the console stays empty and
that nothing is fetched.
"""

import random
import re
from pathlib import Path
from time import perf_counter

import pytest

from chatsim.coverage.data import Declared, Recorded
from chatsim.coverage.facts import Hopped
from chatsim.graph.model import Graph, State, Transition
from chatsim.page.build import bot_view
from chatsim.page.data import Page
from chatsim.page.html import page_html
from chatsim.page.story import Beat, Message, Story
from chatsim.trace import Hop

CLINIC = "scenarios/clinic/bot.py:Clinic"


def names_of(page, selector):
    """The names of the states that a selector of classes finds."""
    labels = page.locator(f"#canvas .state{selector}").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    return [label.partition(",")[0] for label in labels]


def state(page, name):
    return page.locator(f"#canvas .state[aria-label^='{name},']")


def choose_bot(page, label):
    page.locator("#bot").select_option(label=label)


class TestFailure:
    """The page begins with what went wrong."""

    def test_transcript_beside_its_way(self, open_page, examples):
        page = open_page(examples)
        assert page.locator("#detail h2").text_content() == "books a visit"
        assert page.locator("#bot option:checked").text_content() == CLINIC
        box = page.locator(".mismatch")
        assert "bot: the reply says something else" in box.locator(".headline").text_content()
        assert [re.sub(r"\s+", " ", text) for text in box.locator("li").all_text_contents()] == [
            "\N{MINUS SIGN} expected: Booked: Dr Okafor, Mon 11:00. Bring your card, Ann Lee.",
            "+ came: Booked: Dr Okafor, Mon 11:30. Bring your card, Ann Lee.",
        ]
        assert names_of(page, ".here") == ["booked"]
        assert {"choose_language", "identity/await_login", "ask_time"} <= set(names_of(page, ".on"))
        assert "emergency" not in names_of(page, ".on")
        assert "bad" in page.locator("#canvas svg").get_attribute("class")
        again = page.locator(".again code").text_content()
        assert again == 'chatsim run "scenarios/clinic/visits.chat.yaml::books a visit"'

    def test_stepping_by_keys(self, open_page, examples):
        page = open_page(examples)
        where = page.locator(".where")
        turns = page.locator(".turn").count()
        assert where.text_content() == f"turn {turns} of {turns}"
        page.keyboard.press("Home")
        assert where.text_content() == f"turn 1 of {turns}"
        assert names_of(page, ".here") == ["choose_language"]
        page.keyboard.press("ArrowRight")
        assert names_of(page, ".here") == ["ask_service"]
        assert set(names_of(page, ".on")) == {"zero", "choose_language", "ask_service"}
        page.keyboard.press("ArrowLeft")
        assert names_of(page, ".here") == ["choose_language"]
        page.keyboard.press("End")
        assert names_of(page, ".here") == ["booked"]

    def test_stepping_by_clicks(self, open_page, examples):
        page = open_page(examples)
        page.locator(".turn .way").nth(1).click()
        assert names_of(page, ".here") == ["ask_service"]
        page.get_by_role("button", name="Next turn").click()
        assert names_of(page, ".here") == ["identify"]
        page.get_by_role("button", name="First turn").click()
        assert names_of(page, ".here") == ["choose_language"]

    def test_playing(self, open_page, examples):
        """It goes on by itself, pauses, and ends at the end."""
        page = open_page(examples)
        page.clock.install(time=0)
        page.clock.pause_at(1_000)
        page.keyboard.press(" ")
        assert page.locator(".where").text_content().startswith("turn 1 of")
        page.clock.run_for(2_500)
        assert page.locator(".where").text_content().startswith("turn 3 of")
        page.get_by_role("button", name="Pause").click()
        page.clock.run_for(5_000)
        assert page.locator(".where").text_content().startswith("turn 3 of")
        page.get_by_role("button", name="Play", exact=True).click()
        page.clock.run_for(60_000)
        assert names_of(page, ".here") == ["booked"]
        assert page.get_by_role("button", name="Play", exact=True).is_visible()


class TestGraph:
    def test_a_state_tells_of_itself(self, open_page, examples):
        page = open_page(examples)
        page.get_by_role("button", name="Show the whole graph").click()
        state(page, "identity/await_login").click()
        detail = page.locator("#detail")
        assert detail.locator("h2").text_content() == "identity/await_login"
        assert "waits for a callback" in detail.locator(".facts").first.text_content()
        assert "def on_enter_await_login(self)" in detail.locator("pre").text_content()
        figure = detail.locator("figcaption").text_content()
        line = int(figure.removeprefix("scenarios/clinic/bot.py:"))
        source = Path(__file__).parents[2] / "scenarios" / "clinic" / "bot.py"
        assert "def on_enter_await_login" in source.read_text("utf-8").splitlines()[line - 1]
        assert detail.locator("h3", has_text="The shortest conversation").count() == 1
        assert detail.locator(".turn").count() == 4
        page.get_by_role("button", name="books a visit").last.click()
        assert detail.locator("h2").text_content() == "books a visit"

    def test_an_arrow_tells_of_itself(self, open_page, examples):
        """It is found by a click that is a few pixels off."""
        page = open_page(examples, fragment="#1")
        where = page.evaluate(
            """() => {
              const arrow = document.querySelector('.arrow');
              const point = arrow.getPointAtLength(arrow.getTotalLength() / 2).matrixTransform(arrow.getScreenCTM());
              return [point.x, point.y];
            }"""
        )
        page.mouse.click(where[0] + 4, where[1])
        assert page.locator("#detail .kicker").text_content() == "Transition"
        assert page.locator(".arrow.chosen").count() == 1
        assert "from" in page.locator("#detail .facts").first.text_content()

    def test_keyboard(self, open_page, examples):
        """From state to state by arrow keys, Enter opens, Escape goes back."""
        page = open_page(examples, fragment="#1")
        page.locator("#canvas [tabindex='0']").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused.startswith("ask_service,")
        page.keyboard.press("Enter")
        assert page.locator("#detail h2").text_content() == "ask_service"
        assert state(page, "ask_service").get_attribute("aria-current") == "true"
        page.keyboard.press("Escape")
        assert page.locator("#detail h2").text_content() == CLINIC
        assert names_of(page, ".on") == []

    def test_coverage_by_kind(self, open_page, examples):
        page = open_page(examples, fragment="#1")
        assert state(page, "goodbye").get_attribute("data-mark") == "none"
        kinds = page.locator("#kinds")
        kinds.get_by_label("states").check()
        assert state(page, "goodbye").get_attribute("data-mark") == "all"
        kinds.get_by_label("options").check()
        assert state(page, "ask_time").get_attribute("data-mark") == "some"
        missed = page.locator("#lists details", has_text="options").last
        missed.locator("summary").click()
        missed.locator(".entry").first.wait_for()
        assert "ask_time: Mon 09:00" in missed.locator(".entry .text").all_text_contents()
        kinds.get_by_label("off").check()
        assert set(page.locator(".state").evaluate_all("all => all.map(e => e.dataset.mark)")) == {"none"}

    def test_pan_and_zoom(self, open_page, examples):
        page = open_page(examples, fragment="#1")
        transform = lambda: page.locator("#canvas svg > g").get_attribute("transform")  # noqa: E731
        before = transform()
        page.locator("#canvas").hover()
        page.mouse.wheel(0, -300)
        closer = transform()
        assert float(closer.rpartition("scale(")[2][:-1]) > float(before.rpartition("scale(")[2][:-1])
        box = page.locator("#canvas").bounding_box()
        page.mouse.move(box["x"] + 30, box["y"] + 300)
        page.mouse.down()
        page.mouse.move(box["x"] + 130, box["y"] + 330)
        page.mouse.up()
        assert transform() != closer
        assert page.locator("#detail .kicker").text_content() == "Bot"
        page.get_by_role("button", name="Show the whole graph").click()
        for box in page.locator(".state").evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())"):
            assert box["bottom"] <= 800
            assert box["left"] >= 0


class TestExplored:
    def test_a_finding_is_played(self, open_page, explored):
        """The shortest chat that shows it, beside its way; it ends with what the bot raised."""
        page = open_page(explored)
        entry = page.locator(".findings .entry", has_text="bot-raised: ").first
        entry.click()
        severity = entry.get_attribute("class").split()[1]
        assert severity in {"error", "warning"}  # how sure a search is of that is not the page's to say
        assert page.locator("#detail .kicker").text_content() == f"Finding · {severity}"
        assert page.locator("#detail h2").text_content() == "bot-raised"
        assert "KeyError: 'nome'" in page.locator(".said.error").text_content()
        assert "KeyError" in page.locator(".mismatch .headline").text_content()
        assert "identify" in names_of(page, ".on")
        turns = page.locator(".turn").count()
        page.keyboard.press("Home")
        assert page.locator(".where").text_content() == f"turn 1 of {turns}"
        assert "identify" not in names_of(page, ".on")
        assert entry.get_attribute("aria-current") == "true"

    def test_the_way_to_what_no_scenario_reaches(self, open_page, explored):
        """The search shows the shortest chat to a state, and what it did not reach."""
        page = open_page(explored)
        assert state(page, "goodbye").get_attribute("data-mark") == "all"
        assert state(page, "booked").get_attribute("data-mark") == "missed"
        page.get_by_role("button", name="Show the whole graph").click()
        state(page, "goodbye").click()
        assert "found by the search" in page.locator("#detail").text_content()
        assert page.locator(".turn").last.locator(".said").last.text_content().endswith("Take care!")


class TestFinding:
    def test_search(self, open_page, examples):
        page = open_page(examples, fragment="#1")
        page.keyboard.press("/")
        page.keyboard.type("identi")
        hits = page.locator("#hits li")
        assert hits.first.locator(".text").text_content() == "identify"
        assert hits.first.get_attribute("aria-selected") == "true"
        page.keyboard.press("ArrowDown")
        assert page.locator("#search").get_attribute("aria-activedescendant") == "hit1"
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        assert page.locator("#detail h2").text_content() == "identify"
        assert not page.locator("#hits").is_visible()

    def test_search_in_what_was_said(self, open_page, examples):
        page = open_page(examples, fragment="#1")
        page.locator("#search").fill("knee hurts")
        [hit] = page.locator("#hits li .text").all_text_contents()
        assert hit == "books a visit: “My knee hurts on stairs.”"
        page.locator("#hits li").click()
        assert page.locator("#detail h2").text_content() == "books a visit"

    def test_nothing_found(self, open_page, examples):
        page = open_page(examples, fragment="#1")
        page.locator("#search").fill("zzzz")
        assert page.locator("#hits").text_content() == "Nothing has this name"
        page.keyboard.press("Escape")
        assert page.locator("#search").input_value() == ""

    def test_a_link_leads_to_what_was_seen(self, open_page, examples):
        page = open_page(examples)
        choose_bot(page, "scenarios/pizza/bot.py:orch")
        page.get_by_role("button", name="Show the whole graph").click()
        state(page, "coupon").click()
        address = page.url
        other = open_page(examples, fragment=f"#{address.partition('#')[2]}")
        assert other.locator("#detail h2").text_content() == "coupon"
        broken = open_page(examples, fragment="#99/state/1")
        assert broken.locator("#detail h2").text_content() == "books a visit"


class TestLooks:
    @pytest.mark.parametrize(
        ("fragment", "dark"), [("", False), ("#1/state/8", False), ("", True), ("#4/arrow/3", True)]
    )
    def test_accessible(self, open_page, examples, fragment, dark):
        """None of axe's rules is broken, in either theme, whatever is selected."""
        from axe_playwright_python.sync_playwright import Axe

        page = open_page(examples, dark=dark, fragment=fragment, bypass_csp=True)
        found = Axe().run(page).response["violations"]
        shown = [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in found]
        assert shown == []

    def test_theme(self, open_page, examples):
        """It follows the system until someone says otherwise."""
        page = open_page(examples, dark=True)
        ground = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
        assert ground() == "rgb(18, 21, 27)"
        page.get_by_role("button", name="Show in light colours").click()
        assert ground() == "rgb(244, 245, 248)"
        page.emulate_media(color_scheme="light")
        page.get_by_role("button", name="Show in dark colours").click()
        assert ground() == "rgb(18, 21, 27)"

    @pytest.mark.parametrize("width", [320, 400, 1000])
    def test_nothing_sticks_out(self, open_page, examples, width):
        page = open_page(examples, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width < 900:
            graph, detail = page.locator("#map").bounding_box(), page.locator("#detail h2").bounding_box()
            assert graph["y"] + graph["height"] <= detail["y"] + 1

    @pytest.mark.parametrize("width", [400, 1280])
    def test_begins_where_chats_begin(self, open_page, examples, width):
        """A graph that is too large to be read as a whole is open at its start."""
        page = open_page(examples, width=width, fragment="#0")
        canvas, start = page.locator("#canvas").bounding_box(), state(page, "zero").bounding_box()
        assert canvas["y"] <= start["y"] <= canvas["y"] + canvas["height"] / 2
        assert start["height"] > 15
        zoom = page.locator(".zoom").bounding_box()
        assert zoom["y"] + zoom["height"] <= canvas["y"] + canvas["height"]

    def test_paper(self, open_page, examples):
        page = open_page(examples)
        page.emulate_media(media="print")
        assert not page.locator("#search").is_visible()
        assert not page.get_by_role("button", name="Next turn").is_visible()
        assert page.locator(".mismatch").is_visible()
        page.locator("#canvas svg[viewBox]").wait_for()
        canvas = page.locator("#canvas").bounding_box()
        for box in page.locator(".state").evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())"):
            assert box["top"] >= canvas["y"]
            assert box["bottom"] <= canvas["y"] + canvas["height"]
        page.emulate_media(media="screen")
        page.locator("#canvas svg:not([viewBox])").wait_for()


class TestSafety:
    def test_policy_holds(self, browser, examples):
        """What is not the page's own does not run, and nothing is fetched."""
        page = browser.new_page()
        page.goto(examples.as_uri())
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.evaluate(
            """() => {
              const script = document.createElement('script');
              try { script.textContent = 'window.broken = 1'; } catch { window.refused = 1; }
              document.body.append(script);
              fetch('https://example.com').catch(() => {});
              document.body.setAttribute('style', 'color: red');
            }"""
        )
        page.wait_for_timeout(100)
        assert page.evaluate("window.broken") is None
        assert page.evaluate("window.refused") == 1
        assert any("connect" in text.lower() for text in said)
        assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
        page.close()

    def test_hostile_texts_are_texts(self, open_page, tmp_path):
        evil = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
        graph = Graph(
            states=(State(evil, initial=True, waits="input", declared=True), State("b", declared=True)),
            transitions=(Transition(evil, "b", guards=(evil,), declared=True),),
        )
        story = Story(
            evil, evil, 1, "failed", (Beat((Message("user", evil), Message("bot", evil, (evil,), evil, evil, evil)), (Hop(evil, "b"),)),),
            0, evil, again=evil,
        )  # fmt: skip
        view = bot_view(evil, Recorded(evil, {Hopped(evil, "b"): frozenset({evil})}, Declared(graph)), [story])
        path = tmp_path / "evil.html"
        path.write_text(page_html(Page(evil, (view,), made=evil)), "utf-8")
        page = open_page(path)
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        assert page.locator("#detail h2").text_content() == evil
        assert page.locator(".bot .options li").text_content() == evil
        page.locator("#search").fill("<img")
        assert page.locator("#hits li").count() >= 2
        page.keyboard.press("Enter")
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 2


def large():
    """A bot of 1,000 states and 5,000 transitions, mostly on to one of the next, with 200 conversations."""
    chance = random.Random(1)
    pairs = {(index, index + 1) for index in range(999)}
    while len(pairs) < 5000:
        source = chance.randrange(1000)
        target = source + chance.choice([1, 2, 3, -1, -5, 8, 0, chance.randrange(-30, 30)])
        pairs.add((source, min(max(target, 0), 999)))
    states = tuple(State(f"state_{index}", initial=index == 0, waits="input", declared=True) for index in range(1000))
    transitions = tuple(Transition(f"state_{one}", f"state_{two}", declared=True) for one, two in sorted(pairs))
    stories = [
        Story(f"story {number}", "a.chat.yaml", number, beats=tuple(
            Beat((Message("user", f"go {step}"), Message("bot", f"at {step}")), (Hop(f"state_{step}", f"state_{step + 1}"),))
            for step in range(number, number + 10)
        ))
        for number in range(200)
    ]  # fmt: skip
    seen = {
        Hopped(f"state_{step}", f"state_{step + 1}"): frozenset({f"story {step}"}) for step in range(210)
    }  # fmt: skip
    return bot_view("large", Recorded("large", seen, Declared(Graph("large", states, transitions))), stories)


class TestLarge:
    def test_opens_and_answers_in_a_second(self, open_page, tmp_path, record_property):
        """A bot of 1,000 states and 5,000 transitions: from the address to the picture, and from a click to the answer.

        What is held to a second is the browser's own time on the page's thread: others may be using the machine.
        """
        path = tmp_path / "large.html"
        path.write_text(page_html(Page("large", (large(),))), "utf-8")
        page = open_page(path)
        assert page.locator(".arrow").count() == 5000
        assert page.locator(".state").count() == 1000
        # Thousands of dashed curves take a second to draw: here width tells what dashes tell elsewhere.
        style = page.locator(".arrow[data-mark='missed']").first.evaluate(
            "arrow => getComputedStyle(arrow).strokeDasharray"
        )
        assert style == "none"
        took = {"open": [], "click": []}
        for _ in range(2):
            page.goto("about:blank")
            took["open"].append(timed(page, lambda: page.goto(path.as_uri())))
            took["click"].append(timed(page, lambda: page.locator("[data-state='3']").dispatch_event("click")))
            assert page.locator("#detail h2").text_content() == "state_3"
        record_property("seconds", str(took))
        print(took)  # noqa: T201 - the figures of the acceptance, with -s
        assert min(busy for _, busy in took["open"]) < 1
        assert min(busy for _, busy in took["click"]) < 1


def timed(page, act):
    """The seconds until what *act* did has been drawn, by the clock and of the page's own thread."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy():
        metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"]

    before, began = busy(), perf_counter()
    act()
    painted(page)
    seconds, spent = perf_counter() - began, busy()
    # A new document may begin to count anew.
    return round(seconds, 3), round(spent - before if spent >= before else spent, 3)


def painted(page):
    """Wait until what there is has been drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")


def test_small_enough(examples):
    """Under 1 MB for the example bots."""
    assert examples.stat().st_size < 1_000_000
