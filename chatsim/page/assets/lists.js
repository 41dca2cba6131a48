// What there is to look at: the conversations by file, what the search found, and what nothing reached.

import { count, el, fill } from "./dom.js";
import { isBad } from "./model.js";

const MARKS = { passed: "✓", failed: "✗", skipped: "○", xfailed: "✓", xpassed: "!" };
const WORDS = {
  passed: "passed",
  failed: "failed",
  skipped: "skipped",
  xfailed: "failed as expected",
  xpassed: "passed unexpectedly",
};

/** List all of `bot` in `place`; `select` is told what is clicked. */
export function showLists(place, bot, select) {
  fill(
    place,
    bot.findings.length ? [el("h2", { text: "Findings" }), findings(bot, select)] : null,
    bot.scenarios.length ? [el("h2", {}, "Conversations ", tally(bot.scenarios)), ...files(bot, select)] : null,
    ...missing(bot, select),
  );
}

function tally(scenarios) {
  const counts = {};
  for (const { outcome } of scenarios) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const shown = Object.keys(WORDS).filter((outcome) => counts[outcome]);
  return el(
    "span",
    { class: "tally" },
    ...shown.map((outcome) =>
      el("span", { class: outcome, title: WORDS[outcome], text: `${MARKS[outcome]} ${counts[outcome]}` }),
    ),
  );
}

function files(bot, select) {
  const found = new Map();
  bot.scenarios.forEach((scenario, index) => {
    if (!found.has(scenario.file)) found.set(scenario.file, []);
    found.get(scenario.file).push({ ...scenario, index });
  });
  const bad = (scenarios) => scenarios.filter((scenario) => isBad(scenario.outcome)).length;
  const badFirst = ([, one], [, other]) => (bad(other) > 0) - (bad(one) > 0);
  return [...found].sort(badFirst).map(([file, scenarios]) => {
    const short = file.split("/").at(-1);
    const sorted = scenarios.toSorted(
      (one, other) => isBad(other.outcome) - isBad(one.outcome) || one.index - other.index,
    );
    return el(
      "details",
      { class: "file", open: bad(scenarios) > 0 || found.size <= 4 },
      el("summary", { title: file }, el("span", { class: "name", text: short || "conversations" }), tally(scenarios)),
      el(
        "ul",
        {},
        ...sorted.map((scenario) =>
          entry(
            "scenario",
            scenario.index,
            scenario.outcome,
            MARKS[scenario.outcome],
            WORDS[scenario.outcome],
            scenario.name,
            select,
          ),
        ),
      ),
    );
  });
}

function entry(type, index, tone, mark, said, text, select) {
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: `entry ${tone}`,
        "data-entry": `${type}/${index}`,
        on: { click: () => select({ type, index }) },
      },
      el("span", { class: "mark", "aria-hidden": "true", text: mark }),
      el("span", { class: "unseen", text: `${said}: ` }),
      el("span", { class: "text", text }),
    ),
  );
}

function findings(bot, select) {
  const items = bot.findings.map(({ kind, severity, message }, index) =>
    entry("finding", index, severity, severity === "error" ? "✗" : "!", severity, `${kind}: ${message}`, select),
  );
  return el("ul", { class: "findings" }, ...items);
}

/** What was not reached, by kind; what has a place in the graph can be clicked. */
function missing(bot, select) {
  const kinds = bot.kinds.filter((kind) => kind.reached < kind.total);
  return kinds.length ? [el("h2", { text: "Not reached" }), ...kinds.map((kind) => missingOf(kind, select))] : [];
}

function missingOf(kind, select) {
  const goals = kind.goals.filter((goal) => !goal.reached && !goal.excluded);
  const many = kind.total - kind.reached;
  const list = el("ul");
  // There may be thousands: they are made when someone wants to see them.
  const open = () => list.firstChild ?? fill(list, ...goals.map((goal) => missed(goal, select)));
  return el(
    "details",
    { class: "file", on: { toggle: open } },
    el(
      "summary",
      {},
      el("span", { class: "name", text: kind.kind }),
      el("span", { class: "tally", text: `${many} of ${kind.total}` }),
    ),
    list,
    many > goals.length ? el("p", { class: "note", text: `and ${count(many - goals.length, "more", "more")}` }) : null,
  );
}

function missed(goal, select) {
  const [type, index] = goal.arrows.length ? ["arrow", goal.arrows[0]] : ["state", goal.states[0]];
  return index === undefined
    ? el("li", { class: "plain-entry", text: goal.name })
    : entry(type, index, "missed", "·", "not reached", goal.name, select);
}

/** Mark the entry of what is selected. */
export function markEntry(place, selection) {
  for (const entry of place.querySelectorAll("[aria-current]")) entry.removeAttribute("aria-current");
  if (!selection) return;
  for (const entry of place.querySelectorAll(`[data-entry="${selection.type}/${selection.index}"]`)) {
    entry.setAttribute("aria-current", "true");
  }
}
