// A conversation as chat bubbles.

import { el } from "./dom.js";

/** Show `turns` (numbers of the bot's turns); `chosen` is told which one is clicked.  `mismatch` goes after its turn. */
export function chat(bot, turns, chosen, mismatch = null) {
  return el(
    "ol",
    { class: "chat" },
    ...turns.map((turn, index) => showTurn(bot, bot.turns[turn], index, chosen, mismatch)),
  );
}

function showTurn(bot, turn, index, chosen, mismatch) {
  const names = turn.states.map((state) => bot.states[state].name);
  const way = names.length > 1 ? names.join(" → ") : names.length ? `stays in ${names[0]}` : "no state";
  const title = turn.guards.join("\n");
  return el(
    "li",
    { class: "turn", "data-turn": index },
    ...turn.said.map(bubble),
    el("button", {
      type: "button",
      class: "way",
      title: title || null,
      text: way,
      "aria-label": `Go to turn ${index + 1}: ${way}`,
      on: { click: () => chosen(index) },
    }),
    mismatch?.turn === index ? mismatchBox(mismatch) : null,
  );
}

function bubble(message) {
  const { who, text, options, name, header, footer } = message;
  const words = who === "note" ? [name, text].filter(Boolean).join(" ") : text;
  return el(
    "div",
    { class: `said ${who}` },
    name && who !== "note" ? el("span", { class: "who", text: name }) : null,
    header || words || footer
      ? el(
          "p",
          { class: "bubble" },
          el("span", { class: "unseen", text: { user: "User: ", bot: "Bot: ", error: "Error: " }[who] ?? "" }),
          header ? el("strong", { text: header }) : null,
          words,
          footer ? el("small", { text: footer }) : null,
        )
      : null,
    options.length
      ? el(
          "ul",
          { class: "options", "aria-label": who === "user" ? "Tapped" : "Offered" },
          ...options.map((option) => el("li", { text: option })),
        )
      : null,
    !words && !options.length && !header && !footer
      ? el("p", { class: "bubble empty", text: "(an empty message)" })
      : null,
  );
}

/** Why a conversation failed: what was expected, and what came. */
export function mismatchBox({ headline, lines, hint }) {
  const marks = { held: "✓", expected: "−", came: "+" };
  const said = { held: "held: ", expected: "expected: ", came: "came: " };
  return el(
    "div",
    { class: "mismatch", role: "note" },
    el("p", { class: "headline", text: `✗ ${headline}` }),
    lines.length
      ? el(
          "ul",
          {},
          ...lines.map((line) =>
            el(
              "li",
              { class: line.mark },
              el("span", { "aria-hidden": "true", text: `${marks[line.mark]} ` }),
              el("span", { class: "unseen", text: said[line.mark] }),
              line.label ? el("span", { class: "line-label", text: `${line.label}: ` }) : null,
              line.text,
            ),
          ),
        )
      : null,
    hint ? el("p", { class: "hint", text: hint }) : null,
  );
}
