// The panel that tells of what is selected: a state, an arrow, a conversation, a finding, or else the bot.

import { ofFinding, ofScenario } from "./conversations.js";
import { percent } from "./coverage.js";
import { breakable, count, el, fill } from "./dom.js";
import { ofArrow, ofState } from "./places.js";

/**
 * Tell in `place` of `selection`; `select` is told what is clicked, `light` the way to light up in the graph.
 * Returns the player of the conversation that is shown, or null.
 */
export function showDetail(place, page, bot, selection, { select, light }) {
  const writers = { state: ofState, arrow: ofArrow, scenario: ofScenario, finding: ofFinding };
  const {
    title,
    kicker,
    parts,
    player = null,
  } = selection ? writers[selection.type](bot, selection.index, { select, light }) : ofBot(page, bot);
  fill(
    place,
    el(
      "div",
      { class: "head" },
      el("p", { class: "kicker", text: kicker }),
      selection
        ? el("button", {
            type: "button",
            class: "close plain",
            "aria-label": "Close",
            title: "Close (Esc)",
            text: "✕",
            on: { click: () => select(null) },
          })
        : null,
      el("h2", {}, ...breakable(title)),
    ),
    ...parts,
  );
  place.scrollTop = 0;
  if (player) player.start();
  else light({ chosen: selection });
  return player;
}

// ---------------------------------------------------------------- the bot

function ofBot(page, bot) {
  const rows = bot.kinds.map((kind) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: kind.kind }),
      el("td", { class: "room" }, bar(kind)),
      el("td", { class: "number", text: `${kind.reached} of ${kind.total}` }),
      el("td", { class: "number", text: `${percent(kind)}%` }),
    ),
  );
  const declared = bot.states.filter((state) => !state.unknown && state.shape !== "open").length;
  return {
    kicker: "Bot",
    title: bot.name,
    parts: [
      el("p", {
        text: `${count(bot.states.filter((state) => state.shape !== "open").length, "state")}, ${count(
          bot.arrows.reduce((sum, arrow) => sum + arrow.transitions.length, 0),
          "transition",
        )}${declared ? "" : "; it declares none, and these were seen"}.`,
      }),
      bot.explored ? el("p", { text: `Explored: ${bot.explored}.` }) : null,
      rows.length
        ? el("table", { class: "figures" }, el("caption", { text: "Coverage" }), el("tbody", {}, ...rows))
        : null,
      ...page.problems.map(problem),
      el(
        "p",
        { class: "note" },
        "Click a state, an arrow or a conversation. Keys: ",
        key("/"),
        " search, ",
        key("↑↓←→"),
        " from state to state, ",
        key("Enter"),
        " open, ",
        key("+"),
        " ",
        key("−"),
        " ",
        key("0"),
        " zoom; in a conversation ",
        key("←"),
        " ",
        key("→"),
        " step, ",
        key("Space"),
        " play; ",
        key("Esc"),
        " back.",
      ),
      page.made ? el("p", { class: "note", text: page.made }) : null,
    ],
  };
}

/** What to show of a run in which no bot took part: why. */
export function showNothing({ problems }) {
  const shown = problems.length ? problems.map(problem) : [el("p", { text: "No conversation was held." })];
  return el("section", { class: "alone", "aria-label": "Problems" }, ...shown);
}

function problem({ place, what, cure = "" }) {
  return el(
    "div",
    { class: "mismatch" },
    el("p", { class: "headline", text: `✗ ${place}` }),
    el("p", { class: "hint", text: what }),
    cure ? el("p", { class: "hint", text: cure }) : null,
  );
}

function bar(kind) {
  const inner = el("div", { class: kind.reached === kind.total ? "full" : "short" });
  inner.style.width = `${percent(kind)}%`;
  return el("div", { class: "bar" }, inner);
}

const key = (text) => el("kbd", { text });
