// Which kind of coverage colours the graph, and what the colours mean.

import { el, fill } from "./dom.js";
import { SHAPES } from "./shapes.js";

/** Offer the kinds of `bot` in `place`; `chosen` is told the one that is taken, or null. */
export function offerKinds(place, bot, current, chosen) {
  if (!bot.kinds.length) return fill(place);
  fill(
    place,
    el(
      "fieldset",
      { class: "kinds" },
      el("legend", { class: "unseen", text: "Colour by coverage of" }),
      ...bot.kinds.map((kind) => choice(kind.kind, kind, current === kind.kind, () => chosen(kind.kind))),
      choice("off", null, current === null, () => chosen(null)),
    ),
  );
}

function choice(name, kind, checked, act) {
  const share = kind && percent(kind);
  return el(
    "label",
    { class: "kind" },
    el("input", { type: "radio", name: "kind", value: name, checked, on: { change: act } }),
    el(
      "span",
      {},
      name,
      kind ? " " : null,
      kind ? el("b", { class: kind.reached === kind.total ? "full" : "short", text: `${share}%` }) : null,
    ),
  );
}

/** How many of a hundred were reached, rounded down, so that 100 is all of them. */
export function percent({ reached, total }) {
  return total ? Math.floor((reached * 100) / total) : 100;
}

/** Say in `place` what shapes and colours mean; `shapes` are those that there are. */
export function legend(place, bot, marked) {
  const shapes = new Set(bot.states.map((state) => state.shape));
  const swatch = (kind, name, text) => el("li", {}, el("i", { class: `swatch ${kind} ${name}` }), text);
  fill(
    place,
    el(
      "ul",
      { class: "legend", "aria-label": "Legend" },
      ...(marked
        ? [swatch("mark", "all", "reached"), swatch("mark", "some", "in part"), swatch("mark", "missed", "not reached")]
        : []),
      ...Object.entries(SHAPES)
        .filter(([name]) => shapes.has(name))
        .map(([name, text]) => swatch("shape", name, text)),
    ),
  );
}
