// The panel of a conversation, or of a finding with the conversation that shows it.

import { el } from "./dom.js";
import { Player } from "./player.js";

/** Tell of a conversation that was held, and why it failed. */
export function ofScenario(bot, index, { light }) {
  const scenario = bot.scenarios[index];
  const mismatch = scenario.headline ? scenario : null;
  const player = new Player(bot, scenario.turns, { onTurn: light, mismatch });
  if (scenario.turn !== null) player.at = scenario.turn;
  const place = scenario.file ? `${scenario.file}:${scenario.line}` : "";
  return {
    kicker: `Conversation · ${scenario.outcome}`,
    title: scenario.name,
    player,
    parts: [
      place ? el("p", { class: "place", text: place }) : null,
      player.element,
      scenario.again
        ? el(
            "p",
            { class: "again" },
            el("span", { class: "dim", text: "again  " }),
            el("code", { text: scenario.again }),
          )
        : null,
    ],
  };
}

/** Tell of what a search found, with the conversation that shows it. */
export function ofFinding(bot, index, { light, select }) {
  const finding = bot.findings[index];
  const mismatch = {
    headline: finding.message,
    lines: [],
    hint: "",
    turn: finding.turns.length ? finding.turns.length - 1 : null,
  };
  const player = new Player(bot, finding.turns, { onTurn: light, mismatch });
  const state = bot.states[finding.state];
  return {
    kicker: `Finding · ${finding.severity}`,
    title: finding.kind,
    player,
    parts: [
      state
        ? el(
            "p",
            { class: "facts" },
            "in ",
            el("button", {
              type: "button",
              class: "link",
              text: state.name,
              on: { click: () => select({ type: "state", index: finding.state }) },
            }),
          )
        : null,
      player.element,
    ],
  };
}
