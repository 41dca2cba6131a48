// The panel of a state or an arrow.

import { count, el } from "./dom.js";
import { Player } from "./player.js";
import { SHAPES } from "./shapes.js";

const SHOWN = 30; // how many conversations are listed before the rest is folded away

/** Tell of a state: what happens there, its source, and how conversations come there. */
export function ofState(bot, index, act) {
  const state = bot.states[index];
  const facts = [SHAPES[state.shape]];
  if (state.may.length > 1) facts.push(`may: ${state.may.join(", ")}`);
  if (state.initial) facts.push("chats begin here");
  if (state.runs) facts.push(`runs the plugin ${state.runs}`);
  if (state.unknown && state.shape !== "open") facts.push("not declared, but seen");
  const arrows = (end, other, title) => {
    const found = bot.arrowsAt(end, index);
    return found.length
      ? [
          el("h3", { text: title }),
          el("ul", { class: "links" }, ...found.map((arrow) => arrowLink(bot, arrow, other, act.select))),
        ]
      : [];
  };
  const way = shortest(bot, "states", index, act, { type: "state", index });
  return {
    kicker: "State",
    title: state.name,
    player: way.player,
    parts: [
      el("p", { class: "facts", text: facts.join(" · ") }),
      ...goalsAt(bot, "states", index),
      ...snippet(state.source),
      ...way.parts,
      ...passing(bot, "states", index, act.select),
      ...arrows("source", "target", "Ways on"),
      ...arrows("target", "source", "Ways here"),
    ],
  };
}

function arrowLink(bot, arrow, other, select) {
  const condition = arrow.label ? ` if ${arrow.label}` : "";
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "link", on: { click: () => select({ type: "arrow", index: arrow.index }) } },
      el("span", { class: "name", text: bot.states[arrow[other]].name }),
      el("span", { class: "dim", text: condition }),
    ),
  );
}

/** Tell of an arrow: what has to hold to go along it, and which conversations do. */
export function ofArrow(bot, index, act) {
  const { source, target, transitions } = bot.arrows[index];
  const way = shortest(bot, "arrows", index, act, { type: "arrow", index });
  const to = (state) =>
    el("button", {
      type: "button",
      class: "link",
      text: bot.states[state].name,
      on: { click: () => act.select({ type: "state", index: state }) },
    });
  return {
    kicker: transitions.length > 1 ? count(transitions.length, "transition") : "Transition",
    title: bot.arrowName(index),
    player: way.player,
    parts: [
      el("p", { class: "facts" }, "from ", to(source), " to ", to(target)),
      ...transitions.flatMap((transition) => [
        transitions.length > 1 ? el("h3", { text: transition.name }) : null,
        conditions(transition),
        ...snippet(transition.source),
      ]),
      ...goalsAt(bot, "arrows", index),
      ...way.parts,
      ...passing(bot, "arrows", index, act.select),
    ],
  };
}

const EVENTS = {
  input: "on what a person does",
  callback: "on a callback",
  time: "when time has passed",
  none: "by itself",
};

function conditions({ event, guards, when, trigger, unknown }) {
  const words = [
    EVENTS[event],
    trigger && `trigger ${trigger}`,
    guards.length && `if ${guards.join(" and ")}`,
    when.length && `where ${when.join(" or ")}`,
    unknown && "not declared, but seen",
  ];
  const shown = words.filter(Boolean).join(" · ");
  return shown ? el("p", { class: "facts", text: shown }) : null;
}

/** What is to be reached at a place and was not, by kind. */
function goalsAt(bot, place, index) {
  const missed = bot.kinds.flatMap((kind) =>
    kind.goals
      .filter((goal) => !goal.reached && goal[place].includes(index))
      .map((goal) => ({ ...goal, kind: kind.kind })),
  );
  if (!missed.length) return [];
  return [
    el(
      "details",
      { class: "missed" },
      el("summary", { text: `${count(missed.length, "thing")} not reached here` }),
      el(
        "ul",
        {},
        ...missed
          .slice(0, 60)
          .map((goal) =>
            el("li", { text: `${goal.kind}: ${goal.name}${goal.excluded ? ` (left out: ${goal.excluded})` : ""}` }),
          ),
      ),
    ),
  ];
}

function snippet(source) {
  if (!source) return [];
  return [
    el(
      "figure",
      { class: "source" },
      el("figcaption", { text: `${source.file}:${source.line}` }),
      source.code ? el("pre", { tabindex: "0", "aria-label": "Source" }, el("code", { text: source.code })) : null,
    ),
  ];
}

function shortest(bot, place, index, act, chosen) {
  const found = bot.shortest(place, index);
  if (!found)
    return {
      parts: [el("p", { class: "nothing", text: bot.scenarios.length ? "No conversation comes here." : "" })],
      player: null,
    };
  const player = new Player(bot, found.turns, { onTurn: (way) => act.light({ ...way, chosen }) });
  const title = found.turns.length ? `The shortest conversation: ${player.length}` : "Chats begin here";
  return { parts: [el("h3", { text: title }), el("p", { class: "dim", text: found.from }), player.element], player };
}

function passing(bot, place, index, select) {
  const found = bot.through(place, index).map(({ scenario }) => ({ ...bot.scenarios[scenario], index: scenario }));
  if (!found.length) return [];
  const link = (scenario) =>
    el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: `link ${scenario.outcome}`,
          on: { click: () => select({ type: "scenario", index: scenario.index }) },
        },
        scenario.name,
      ),
    );
  const rest = found.slice(SHOWN);
  return [
    el("h3", { text: `${count(found.length, "conversation")} ${found.length === 1 ? "passes" : "pass"} here` }),
    el("ul", { class: "links" }, ...found.slice(0, SHOWN).map(link)),
    rest.length
      ? el(
          "details",
          {},
          el("summary", { text: `${rest.length} more` }),
          el("ul", { class: "links" }, ...rest.map(link)),
        )
      : null,
  ];
}
