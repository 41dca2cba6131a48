"""Every load error: where, what, and how to mend it."""

import pytest
import yaml

from chatsim.errors import ScenarioError
from chatsim.scenario.load import load_file
from chatsim.scenario.nearest import did_you_mean
from chatsim.scenario.yaml_errors import explain

HEAD = "bot: a:b\nscenarios:\n  s:\n"
QUOTE = "quote the text: "
GENERAL = (
    "text that holds ': ' or ' #', or begins with one of [ ] { } , & * ! | > ' \" % @ ` - ?, needs quotes: "
    'bot: "Total: 5"'
)
USE = 'write use: login, or use: login(name=Ann, note="a, b")'
STEPS = "user, tap, form, file, callback, wait, restart, calls, bot, any_order, anything, never, silent, end, raises, fork, use"

# Each step stands in line 4, after a `user: hi` that would be in line 3 of a list: `  - ` puts its key in column 5.
IN_A_STEP = {
    "unknown step": ("usr: hi", 5, "unknown step 'usr'", "did you mean 'user'?"),
    "far from any step": (
        "zzz: hi",
        5,
        "unknown step 'zzz'",
        f"the steps here are {STEPS}, state, vars, waits",
    ),
    "no word": ("silence", 5, "'silence' is no step", "did you mean 'silent'?"),
    "quoted word": ('"end"', 5, "'end' needs a value", "write - end: …"),
    "word without a value": ("user", 5, "'user' needs a value", "write - user: …"),
    "list": ("[a]", 5, "a step must be a mapping, and this is a list", "write - user: hi, or - bot: Welcome!"),
    "empty": ("{}", 5, "an empty step", f"the steps here are {STEPS}"),
    "nothing": ("", 4, "a step is missing", "write - user: hi, or take the '-' out"),
    "two steps": ("{user: a, bot: b}", 15, "`user` and `bot` are two steps", "begin each with '- '"),
    "unknown key": ("{bot: a, opitons: [b]}", 14, "unknown key 'opitons' in a step", "did you mean 'options'?"),
    "no text": ("bot:", 9, "text is missing", 'for an empty text write ""'),
    "user without text": ("user:", 10, "`user` has no text", "write `user: null` to start a chat without input"),
    "an item of a list": (
        "vars.cart.items[1].size: 3",
        5,
        "'vars.cart.items[1].size' asks for a part of a list",
        "dots go into mappings, and a list is asked for as a whole: vars.cart.items: […]",
    ),
    "a word": ("hello", 5, "'hello' is no step", "write - user: hello, or - bot: hello"),
    "a word that is no YAML": ('"a: b"', 5, "'a: b' is no step", 'write - user: "a: b", or - bot: "a: b"'),
    "nearly a bare word": ("silnet", 5, "'silnet' is no step", "did you mean 'silent'?"),
    "a check without a value": ("state", 5, "'state' needs a value", "write - state: …"),
    "what stands beside bot": (
        "options: [a]",
        5,
        "'options' stands beside `bot`, and is no step",
        "take the '- ' before it out",
    ),
    "nearly one_of": ("user: {on_of: [a]}", 12, "unknown key 'on_of'", "did you mean 'one_of'?"),
    "list for text": (
        "bot: [a]",
        10,
        "must be text, and this is a list",
        "for several that are right write {one_of: [Hello, Hi]}, for several replies a `bot` each",
    ),
    "unknown key of a text": ("bot: {txt: a}", 11, "unknown key 'txt'", "did you mean 'text'?"),
    "two keys of a text": (
        "bot: {text: a, one_of: [b]}",
        10,
        "one of text, one_of must stand here",
        "text that begins with { needs quotes",
    ),
    "no choices": ("bot: {one_of: []}", 19, "`one_of` must be a list of texts", "write {one_of: [Hello, Hi]}"),
    "options": (
        "{bot: a, options: b}",
        23,
        "`options` must be a list, and this is text",
        "write options: [Small, Large]",
    ),
    "destination": ("{bot: a, dest: outt}", 20, "unknown destination 'outt'", "did you mean 'out'?"),
    "waits": ("{bot: a, waits: inputs}", 21, "a bot does not wait for 'inputs'", "did you mean 'input'?"),
    "broken pattern": (
        "bot: /(/",
        10,
        "broken pattern /(/: missing ) at position 1",
        "text that is meant to the letter: {text: …}",
    ),
    "broken name": (
        "bot: a ${1}",
        10,
        "'${1}' holds no name",
        "write ${name} or ${name:int}; for a dollar and a brace, $${",
    ),
    "unknown type": ("bot: a ${x:integer}", 10, "unknown type 'integer' in '${x:integer}'", "did you mean 'int'?"),
    "capture in a pattern": (
        "bot: /${x:int}/",
        10,
        "'${x:int}' inside /…/: nothing is taken out there",
        "write the text with ... instead",
    ),
    "capture of what goes in": (
        "user: a ${x:int}",
        11,
        "'${x:int}' takes a value out, and nothing can be taken out of what goes in",
        "write ${x}; values are taken out of what the bot says",
    ),
    "capture in data": (
        'form: {a: "${x:int}"}',
        11,
        "'${x:int}' takes a value out, and nothing can be taken out of what goes in",
        "write ${x}; values are taken out of what the bot says",
    ),
    "undefined name": (
        "user: ${x}",
        11,
        "undefined ${x}",
        "take it from a reply with ${x:word}, or make it a column of `cases`",
    ),
    "undefined name in data": (
        "callback: {a: [b, '${x}']}",
        15,
        "undefined ${x}",
        "take it from a reply with ${x:word}, or make it a column of `cases`",
    ),
    "form": ("form: a", 11, "must be a mapping, and this is text", "write key: value"),
    "vars": ("vars: 3", 11, "must be a mapping, and this is text", "write key: value"),
    "vars without a name": ("vars.: 3", 5, "a name is missing in 'vars.'", "write vars.name or vars.cart.total"),
    "vars asked twice": (
        "{vars.a: 3, vars: {a: 4}}",
        17,
        "'vars' asks twice for the same variable",
        "ask once",
    ),
    "vars within": ("{vars.a: 3, vars.a.b: 4}", 17, "'vars.a.b' asks twice for the same variable", "ask once"),
    "special float": ("vars: {a: .inf}", 15, "JSON has no .inf", 'if it is text, quote it: ".inf"'),
    "huge float": ("vars: {a: 1e999}", 15, "JSON has no number as large as 1e999", "if it is text, quote it"),
    "huge integer": ("vars: {a: 9223372036854775808}", 15, "an integer beyond 64 bits", "if it is text, quote it"),
    "bytes in data": (
        "vars: {a: !!binary eA==}",
        15,
        "bytes have no place in data",
        "only `bytes` of a file takes !!binary",
    ),
    "bytes in text": (
        "user: !!binary eA==",
        11,
        "bytes have no place in text",
        "only `bytes` of a file takes !!binary",
    ),
    "merge key": (
        "vars: {<<: {a: 1}}",
        12,
        "merge keys (<<) are not YAML 1.2",
        "write out the keys, or quote '<<' if it is a name",
    ),
    "key that is a list": ("vars: {[a]: 1}", 12, "a key must be text", "write key: value"),
    "key twice": ("{bot: a, bot: b}", 14, "'bot' stands here twice", "the first is in line 5"),
    "key twice in data": ("vars: {a: 1, a: 2}", 18, "'a' stands here twice", "the first is in line 5"),
    "tap without an option": (
        "tap: {stale: true}",
        10,
        "`tap` names no option",
        "write {id: …} or {option: …, stale: true}",
    ),
    "stale": (
        "tap: {option: a, stale: yes}",
        29,
        "must be true or false, and this is 'yes'",
        "the words here are true, false",
    ),
    "unknown key of a tap": ("tap: {opton: a, id: b}", 11, "unknown key 'opton' in `tap`", "did you mean 'option'?"),
    "file without bytes": (
        "file: {name: a.png}",
        11,
        "`bytes` is missing",
        "write {bytes: …, name: coupon.png}, or a path",
    ),
    "unknown key of a file": (
        "file: {bytes: a, nme: b}",
        22,
        "unknown key 'nme' in `file`",
        "did you mean 'name'?",
    ),
    "bytes that are a list": (
        "file: {bytes: [a]}",
        19,
        "`bytes` must be text, and this is a list",
        'quote it if it is text: "[…]"',
    ),
    "base64": (
        "file: {bytes: !!binary eA}",
        19,
        "is not base64: Incorrect padding",
        "write `bytes: !!binary aGVsbG8=`",
    ),
    "value of a word": ("silent: true", 13, "nothing may stand here", "leave the value empty"),
    "any_order": ("any_order: a", 16, "must be a list of steps, and this is text", "begin each step with '- '"),
    "member": (
        "any_order: [{user: a}, {bot: b}]",
        17,
        "only `bot` steps may stand under `any_order`",
        "write - bot: text",
    ),
    "empty any_order": ("any_order: []", 16, "a list without a step", "write - and a step, for example - user: hi"),
    "empty fork": ("fork: {}", 11, "`fork` is empty", "write a name for each branch, and below it a list of steps"),
    "empty branch": ("fork: {a: []}", 15, "a list without a step", "write - and a step, for example - user: hi"),
    "fork without branches": (
        "fork: [user: hi]",
        11,
        "`fork` must be a mapping, and this is a list",
        "write a name for each branch, and below it a list of steps",
    ),
    "branch without a name": ("fork: {'': [user: hi]}", 12, "a branch without a name", "give it one"),
    "branch with colons": (
        "fork: {'a::b': [user: hi]}",
        12,
        "'::' may not stand in the name of a branch: 'a::b'",
        "write 'a:b'",
    ),
    "check beside a fork": (
        "{fork: {a: [user: hi]}, state: x}",
        29,
        "unknown key 'state' in `fork`",
        "the keys here are fork",
    ),
    "use of nothing": (
        "use: login()",
        10,
        "there is no fragment 'login'",
        "write fragments: at the top of the file, and below it login: and its steps",
    ),
    "use of no fragment": ("use: (a=1)", 10, "'(a=1)' is no use of a fragment", USE),
    "use without end": ("use: login(a=1", 10, "'login(a=1' is no use of a fragment", USE),
    "arguments without a name": ("use: login(Ann)", 10, "cannot read the arguments from 'Ann' on", USE),
    "an argument without a value": (
        "use: login(a=)",
        10,
        "the argument 'a' has no value",
        'for an empty text write a=""',
    ),
    "an argument twice": ("use: login(a=1, a=2)", 10, "the argument 'a' stands here twice", "give it once"),
    "an argument that takes out": (
        "use: 'login(a=${b:int})'",
        10,
        "'${b:int}' takes a value out, and nothing can be taken out of what goes in",
        "write ${b}; values are taken out of what the bot says",
    ),
    "no phrasings": ("user: {one_of: []}", 20, "`one_of` must be a list of texts", "write {one_of: [hi, hello]}"),
    "no list of phrasings": (
        "user: {one_of: hi}",
        20,
        "`one_of` must be a list of texts",
        "write {one_of: [hi, hello]}",
    ),
    "touching comment": (
        "bot: Order #41 confirmed",
        10,
        "'#' after a blank begins a comment, and here it touches the next word",
        "quote the text: - bot: \"Order #41 confirmed\"\na comment is '# ' with a blank",
    ),
    "anchor": ("user: &a hello", 11, "unquoted text may not begin with '&'", QUOTE + '- user: "&a hello"'),
    "tag": ("user: !foo bar", 11, "unquoted text may not begin with '!'", QUOTE + '- user: "!foo bar"'),
    "lone tag": ("user: ! bar", 11, "unquoted text may not begin with '!'", QUOTE + '- user: "! bar"'),
    "tag of a mapping": (
        "form: !!set {a}",
        11,
        "a tag has no meaning here",
        "take out the word that begins with '!'",
    ),
    "anchor of a quoted text": (
        'user: &a "x"',
        11,
        "an anchor has no meaning here",
        "take out the word that begins with '&'",
    ),
}


@pytest.mark.parametrize(("step", "column", "what", "cure"), IN_A_STEP.values(), ids=IN_A_STEP)
def test_in_a_step(problems, step, column, what, cure):
    assert problems(f"{HEAD}  - user: hi\n  - {step}\n") == [(5, column, what, cure)]


AT_THE_TOP = {
    "nothing": ("", 1, 1, "holds no scenario", "write bot: and scenarios:"),
    "comments": ("# a\n", 1, 1, "holds no scenario", "write bot: and scenarios:"),
    "list": (
        "- a\n",
        1,
        1,
        "a scenario file must be a mapping, and this is a list",
        "write bot: and scenarios:, and below that a name and a list of steps",
    ),
    "no bot": (
        "scenarios: {s: [user: a]}\n",
        1,
        1,
        "`bot` is missing in a scenario file",
        "write bot: module:object, for example bot: pizzeria:PizzaBot",
    ),
    "no scenarios": (
        "bot: a:b\n",
        1,
        1,
        "`scenarios` is missing in a scenario file",
        "write scenarios:, and below it a name and a list of steps",
    ),
    "empty scenarios": (
        "bot: a:b\nscenarios: {}\n",
        2,
        12,
        "`scenarios` is empty",
        "write name: and a list of steps",
    ),
    "list of scenarios": (
        "bot: a:b\nscenarios: [a]\n",
        2,
        12,
        "`scenarios` must be a mapping, and this is a list",
        "write a name for each, and below it a list of steps",
    ),
    "bot": (
        "bot: [a]\nscenarios: {s: [user: a]}\n",
        1,
        6,
        "must be text, and this is a list",
        'quote it if it is text: "[…]"',
    ),
    "unknown key": (
        "bot: a:b\nscnarios: {}\nscenarios: {s: [user: a]}\n",
        2,
        1,
        "unknown key 'scnarios' in a scenario file",
        "did you mean 'scenarios'?",
    ),
    "duplicate key": (
        "bot: a:b\nbot: c:d\nscenarios: {s: [user: a]}\n",
        2,
        1,
        "'bot' stands here twice",
        "the first is in line 1",
    ),
    "duplicate scenario": (
        "bot: a:b\nscenarios:\n  s: [user: a]\n  s: [user: b]\n",
        4,
        3,
        "'s' stands here twice",
        "the first is in line 3",
    ),
    "credentials": (
        "bot: a:b\ncredentials: x\nscenarios: {s: [user: a]}\n",
        2,
        14,
        "must be a mapping, and this is text",
        "write key: value",
    ),
    "name with ::": (
        "bot: a:b\nscenarios:\n  a::b: [user: a]\n",
        3,
        3,
        "'::' may not stand in the name of a scenario: 'a::b'",
        "write 'a:b'",
    ),
    "no name": ("bot: a:b\nscenarios:\n  ' ': [user: a]\n", 3, 3, "a scenario without a name", "give it one"),
    "control character in a name": (
        'bot: a:b\nscenarios:\n  "a\\nb": [user: a]\n',
        3,
        3,
        "a control character may not stand in the name of a scenario: 'a\\nb'",
        "take it out",
    ),
    "scenario of nothing": (HEAD, 3, 5, "must be a list of steps, and this is nothing", "begin each step with '- '"),
    "no steps": (
        HEAD + "    given: {state: a}\n",
        4,
        5,
        "`steps` is missing in a scenario",
        "write steps:, and below it - user: hi",
    ),
    "empty steps": (HEAD + "    []\n", 4, 5, "a list without a step", "write - and a step, for example - user: hi"),
    "begins with a check": (
        HEAD + "  - bot: a\n",
        4,
        5,
        "a scenario begins with something that reaches the bot",
        "begin with one of user, tap, form, file, callback; `user: null` starts a chat",
    ),
    "given without a state": (
        HEAD + "    given: {vars: {}}\n    steps: [user: a]\n",
        4,
        12,
        "`state` is missing in `given`",
        "write state: and the state to start in",
    ),
    "given": (
        HEAD + "    given: a\n    steps: [user: a]\n",
        4,
        12,
        "`given` must be a mapping, and this is text",
        "write key: value",
    ),
    "undefined in given": (
        HEAD + "    given: {state: '${x}'}\n    steps: [user: a]\n",
        4,
        20,
        "undefined ${x}",
        "take it from a reply with ${x:word}, or make it a column of `cases`",
    ),
    "empty cases": (
        HEAD + "    cases: {}\n    steps: [user: a]\n",
        4,
        12,
        "`cases` is empty",
        "write a row for each test, or take `cases` out",
    ),
    "list of cases": (
        HEAD + "    cases: [a]\n    steps: [user: '${x}']\n",
        4,
        12,
        "`cases` must be a mapping, and this is a list",
        "write a name for each row, as in small: {size: Small}",
    ),
    "row": (
        HEAD + "    cases: {a: 1}\n    steps: [user: a]\n",
        4,
        16,
        "a case must be a mapping, and this is text",
        "write key: value",
    ),
    "column": (
        HEAD + "    cases: {a: {unit price: 1}}\n    steps: [user: a]\n",
        4,
        17,
        "'unit price' cannot be a column",
        "a name has letters, digits, _ and -, and no digit at its start",
    ),
    "column that one row lacks": (
        HEAD + "    cases: {a: {x: 1, y: 2}, b: {x: 3}}\n    steps: [user: a]\n",
        4,
        30,
        "case 'b' lacks the column 'y', which other cases have",
        "write y: … in this row too",
    ),
    "nearest column": (
        HEAD + "    cases: {a: {size: 1}}\n    steps: [user: '${sizes}']\n",
        5,
        19,
        "undefined ${sizes}",
        "did you mean 'size'?",
    ),
    "case with ::": (
        HEAD + "    cases: {a::b: {x: 1}}\n    steps: [user: a]\n",
        4,
        13,
        "'::' may not stand in the name of a case: 'a::b'",
        "write 'a:b'",
    ),
    "equal ids": (
        "bot: a:b\nscenarios:\n  s[a]: [user: a]\n  s:\n    cases: {a: {x: 1}}\n    steps: [user: a]\n",
        5,
        13,
        "two tests have the id 's[a]'; the first is in line 3",
        "rename one of them",
    ),
    "used before it is taken": (
        HEAD + "  - user: ${x}\n  - bot: ${x:int}\n",
        4,
        11,
        "${x} is used before it is taken",
        "move this below the reply that it is taken from",
    ),
    "used in the reply that gives it": (
        HEAD + "  - user: a\n  - bot: ${x} ${x:int}\n",
        5,
        10,
        "${x} is used before it is taken",
        "move this below the reply that it is taken from",
    ),
    "tab": ("bot: a:b\nscenarios:\n\ts: a\n", 3, 1, "a tab cannot indent", "indent with blanks"),
    "two documents": (
        "bot: a:b\n---\nbot: c:d\n",
        2,
        1,
        "a second document begins here",
        "a file holds one: take out the line '---', or make two files",
    ),
    "colon in text": (
        HEAD + "  - bot: Total: 5\n",
        4,
        15,
        "unquoted text may not hold ': '",
        QUOTE + '- bot: "Total: 5"',
    ),
    "star": (
        HEAD + "  - bot: *bold* hi\n",
        4,
        10,
        "unquoted text may not begin with '*'",
        QUOTE + '- bot: "*bold* hi"',
    ),
    "undefined alias": (
        HEAD + "  - bot: *bold\n",
        4,
        10,
        "unquoted text may not begin with '*'",
        QUOTE + '- bot: "*bold"',
    ),
    "ampersand": (HEAD + "  - bot: & more\n", 4, 10, "unquoted text may not begin with '&'", QUOTE + '- bot: "& more"'),
    "undefined tag": (
        HEAD + "  - bot: !a!b c\n",
        4,
        10,
        "unquoted text may not begin with '!'",
        QUOTE + '- bot: "!a!b c"',
    ),
    "at sign": (HEAD + "  - bot: @ann hi\n", 4, 10, "unquoted text may not begin with '@'", QUOTE + '- bot: "@ann hi"'),
    "percent": (HEAD + "  - bot: %d\n", 4, 10, "unquoted text may not begin with '%'", QUOTE + '- bot: "%d"'),
    "open quote": (
        HEAD + "  - bot: 'a\n",
        4,
        10,
        "a quote is opened here and never closed",
        "close it, or quote the text with the other kind",
    ),
    "after the quote": (
        HEAD + '  - bot: "a" b\n',
        4,
        14,
        "the text goes on after its closing quote",
        "quote all of it: " + '- bot: "\\"a\\" b"',
    ),
    "bracket": (
        HEAD + "  - bot: [Menu] choose\n",
        4,
        17,
        "the text goes on after what its first '[' began",
        'quote the text: - bot: "[Menu] choose"',
    ),
    "open bracket": (
        HEAD + "  - user: hi\n  - bot: hi\n    options: [Small, Large\n  - user: Small\n",
        6,
        14,
        "a '[' is opened here and never closed",
        "close it with ']', or quote the text",
    ),
    "open bracket at the end": (
        HEAD + "  - user: [\n",
        4,
        11,
        "a '[' is opened here and never closed",
        "close it with ']', or quote the text",
    ),
    "open brace": (
        HEAD + "  - user: hi\n  - callback: {a: 1\n",
        5,
        15,
        "a '{' is opened here and never closed",
        "close it with '}', or quote the text",
    ),
    "other syntax": (HEAD + "  - bot: ]\n", 4, 10, "is not YAML here: did not find expected node content", GENERAL),
    "name between braces": (
        HEAD + "  - form: {a: ${x}}\n",
        4,
        16,
        "inside { } and [ ], text with ${…} needs quotes",
        'write "${name}"',
    ),
    "unknown escape": (HEAD + '  - bot: "\\q"\n', 4, 11, "is not YAML here: found unknown escape character", GENERAL),
    "not UTF-8": (b"bot: a\xff\n", 1, 7, "is not UTF-8: byte 0xff", "save it with the encoding UTF-8"),
    "control character": (
        "bot: a\x07\n",
        1,
        7,
        "a character YAML does not allow: U+0007",
        'inside double quotes it is written "\\x07"',
    ),
    "noncharacter": ("bot: a\n\ufffe", 2, 1, "a character YAML does not allow: U+FFFE", "take it out"),
    "recursive": (
        "bot: &a [*a]\n",
        1,
        1,
        "an alias stands inside what it names, so that it never ends",
        "write out what is repeated",
    ),
    "deep": ("[" * 5000, 1, 101, "is nested more than 100 deep", ""),
    "too large": ("# " + "x" * 4 * 1024 * 1024, 1, 1, "is larger than 4 MiB", "split it into several files"),
}


@pytest.mark.parametrize(
    ("text", "problem"), [(text, tuple(rest)) for text, *rest in AT_THE_TOP.values()], ids=AT_THE_TOP
)
def test_in_a_file(problems, text, problem):
    assert problems(text) == [problem]


def test_all_of_a_file_at_once(problems):
    text = """\
        bot: a:b
        botz: 3
        scenarios:
          a::b:
          - usr: hi
          - bot: Order #41
          - user: ${x}
            stat: a
          - bot: Hi ${y:int} ${
            waits: inputt
          - user: ${y}
          c: {stps: []}
        """
    assert [(line, column) for line, column, _, _ in problems(text)] == [
        (2, 1),
        (4, 3),
        (5, 5),
        (6, 10),
        (7, 11),
        (8, 5),
        (9, 10),
        (10, 12),
        (12, 7),
    ]


def test_what_a_broken_text_takes_out_is_not_reported_again(problems):
    assert len(problems(HEAD + "  - user: hi\n  - bot: Hi ${y:int} ${\n  - user: ${y}\n")) == 1


def test_a_broken_first_step_is_reported_once(problems):
    assert len(problems(HEAD + "  - usr: hi\n")) == 1


def test_missing_file(problems, tmp_path):
    cases = "    cases: {a: {f: no.png}, b: {f: a.chat.yaml}}\n"
    text = f"{HEAD}{cases}    steps:\n    - file: nothere.png\n    - file: ${{f}}\n    - file: ' \\0'\n"
    assert problems(text.replace("' \\0'", '"\\0"')) == [
        (6, 13, "there is no file 'nothere.png'", f"paths start at {tmp_path}"),
        (7, 13, "there is no file 'no.png'", f"paths start at {tmp_path}"),
        (8, 13, "there is no file '\\x00'", f"paths start at {tmp_path}"),
    ]
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "coupon.png").touch()
    assert problems(f"{HEAD}  - file: pictures/coupom.png\n") == [
        (4, 11, "there is no file 'pictures/coupom.png'", "did you mean 'pictures/coupon.png'?")
    ]
    long = "x" * 5000
    assert problems(f"{HEAD}  - file: {long}\n") == [
        (4, 11, f"there is no file {long!r}", f"paths start at {tmp_path}")
    ]


def test_broken_path_is_reported_once(problems):
    assert len(problems(HEAD + "  - file: ${\n")) == 1


def test_unreadable(tmp_path):
    (tmp_path / "a.chat.yaml").mkdir()
    with pytest.raises(ScenarioError, match=r"x:1:1: cannot be read: Is a directory"):
        load_file(tmp_path / "a.chat.yaml", "x")
    with pytest.raises(ScenarioError, match=r"x:1:1: cannot be read: No such file or directory"):
        load_file(tmp_path / "b.chat.yaml", "x")


def test_error_without_a_place():
    assert explain("a", yaml.MarkedYAMLError(problem="x")) == (1, 1, "is not YAML: x", GENERAL)


def test_no_names_at_all():
    assert did_you_mean("x", [], "states") == "there are no states here"


def test_laughs(problems):
    """Aliases that multiply end at once, however many they are."""
    laughs = "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        laughs += f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    assert problems(laughs) == [(1, 1, "its aliases (*) repeat more than 10000 nodes", "write out what is repeated")]
