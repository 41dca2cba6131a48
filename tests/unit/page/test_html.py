"""The file is whole, needs nothing else, and nothing that stands in it can become a part of the page."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatsim.page.data import BotView, Page, ScenarioView, StateView, TurnView
from chatsim.page.html import SCRIPTS, STYLES, asset, page_html, page_json
from chatsim.page.story import Message

PIECES = ["</script>", "</SCRIPT\n>", "<!--", "-->", "<script>", "]]>", "\u2028", "\u2029", "&lt;", "{{style}}", "\\"]
PIECES += ["\ud800", "\x00", "<img src=x onerror=alert(1)>", '"', "${x}", "`", "é", "🍕", "\\1", "\\g<0>"]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=6).map("".join)


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and what stands in scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.contents = [], {}
        self.inside = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = f"{tag}:{dict(attrs).get('type', '')}" if tag in {"script", "style"} else None

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.contents[self.inside] = self.contents.get(self.inside, "") + data


def page_with(text):
    turn = TurnView((Message("user", text), Message("bot", text, (text,), text, text, text)), guards=(text,))
    state = StateView(text, 0, 0, 10, "input")
    bot = BotView(text, 10, 10, (state,), turns=(turn,), scenarios=(ScenarioView(text, text, turns=(0,)),))
    return Page(text, (bot,), made=text)


EMPTY = Tags(page_html(Page("")))


class TestHostile:
    @settings(max_examples=20)
    @given(HOSTILE)
    @example("</script><script>alert(1)</script>")
    @example("{{script}}")
    def test_no_text_adds_a_tag(self, text):
        """Whatever a label or a message says, the page has the tags that it has without it."""
        written = page_html(page_with(text))
        written.encode()
        page = Tags(written)
        assert page.tags == EMPTY.tags
        assert page.contents["script:module"] == EMPTY.contents["script:module"]
        assert page.contents["style:"] == EMPTY.contents["style:"]

    @settings(max_examples=20)
    @given(HOSTILE)
    def test_every_text_arrives_as_it_is(self, text):
        data = json.loads(Tags(page_html(page_with(text))).contents["script:application/json"])
        assert data["title"] == text
        [bot] = data["bots"]
        assert bot["turns"][0]["said"][1]["options"] == [text]

    @given(HOSTILE)
    def test_nothing_in_the_data_can_end_its_block(self, text):
        assert re.search("[<>&\u2028\u2029\x00-\x1f\x7f-\uffff]", page_json(page_with(text))) is None


class TestPolicy:
    def test_hashes_are_those_of_what_is_there(self):
        [policy] = [tag["content"] for _, tag in EMPTY.tags if tag.get("http-equiv") == "Content-Security-Policy"]
        for kind, place in (("style-src", "style:"), ("script-src", "script:module")):
            digest = base64.b64encode(hashlib.sha256(EMPTY.contents[place].encode()).digest()).decode()
            assert f"{kind} 'sha256-{digest}';" in policy
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy

    def test_nothing_is_loaded(self):
        """No tag, style or script names an address, but for that of SVG."""
        for _, attributes in EMPTY.tags:
            assert attributes.get("src") is None
            assert attributes.get("href", "#").startswith(("#", "data:,"))
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
        text = EMPTY.contents["style:"] + EMPTY.contents["script:module"]
        assert re.findall(r"https?://[\w./]+", text) == ["http://www.w3.org/2000/svg"]
        assert "@import" not in text
        assert "url(" not in text.replace("url(#", "")


class TestScripts:
    def test_texts_only_go_in_as_text(self):
        script = EMPTY.contents["script:module"]
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc"):
            assert word not in script

    def test_what_a_module_imports_another_before_it_exports(self):
        exported = {}
        for name in SCRIPTS:
            text = asset(name)
            for names, source in re.findall(r'^import \{([^}]*)\} from "\./([\w.]+)";$', text, re.MULTILINE):
                wanted = {each.strip() for each in names.split(",") if each.strip()}
                assert wanted <= exported[source], f"{name} imports from {source}"
            assert len(re.findall(r"^import ", text, re.MULTILINE)) == text.count("\nimport ") + text.startswith(
                "import "
            )
            exported[name] = set(re.findall(r"^export (?:const|class|function\*?) (\w+)", text, re.MULTILINE))
        assert not re.search(r"^(import|export) ", EMPTY.contents["script:module"], re.MULTILINE)

    def test_all_assets_are_in_the_file(self):
        from importlib.resources import files

        there = {each.name for each in (files("chatsim.page") / "assets").iterdir()}
        assert there == {*SCRIPTS, *STYLES, "page.html"}
