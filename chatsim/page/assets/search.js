// Find states, transitions and conversations by their names, and by what was said.

import { el, fill } from "./dom.js";

const SHOWN = 12;

/** Let `input` search in what `bot()` is now, with the hits in `list`; `select` is told the one that is taken. */
export function offerSearch(input, list, bot, select) {
  let hits = [];
  let at = -1;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (hit) => {
    close();
    input.value = "";
    select({ type: hit.type, index: hit.index });
  };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    if (hits[at]) {
      input.setAttribute("aria-activedescendant", `hit${at}`);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const search = () => {
    hits = find(bot(), input.value);
    fill(
      list,
      ...(hits.length
        ? hits.map((hit, index) => show(hit, index, take))
        : [
            el("li", {
              role: "option",
              "aria-disabled": "true",
              "aria-selected": "false",
              class: "none",
              text: "Nothing has this name",
            }),
          ]),
    );
    list.hidden = !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(hits.length ? 0 : -1);
  };

  input.addEventListener("input", search);
  input.addEventListener("focus", () => input.value && search());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) mark((at + step + hits.length) % hits.length);
    else if (event.key === "Enter" && !list.hidden && hits[at]) take(hits[at]);
    else if (event.key === "Escape") {
      input.value = "";
      close();
      input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function show(hit, index, take) {
  const item = el(
    "li",
    { role: "option", id: `hit${index}`, "aria-selected": "false" },
    el("span", { class: "what", text: { state: "state", arrow: "transition", scenario: "conversation" }[hit.type] }),
    el("span", { class: "text", text: hit.text }),
  );
  // The input keeps the focus, so that the list does not close before it is clicked.
  item.addEventListener("pointerdown", (event) => event.preventDefault());
  item.addEventListener("click", () => take(hit));
  return item;
}

/** Return the best hits for `words` in `bot`: names that begin with them first, then names, then what was said. */
export function find(bot, words) {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  const names = [
    ...bot.states.map((state, index) => ({ type: "state", index, text: state.name })),
    ...bot.arrows.map((_, index) => ({ type: "arrow", index, text: bot.arrowName(index) })),
    ...bot.scenarios.map(({ name }, index) => ({ type: "scenario", index, text: name })),
  ].filter((each) => each.text.toLowerCase().includes(wanted));
  const begins = (each) => !each.text.toLowerCase().startsWith(wanted);
  const sorted = names.sort((one, other) => begins(one) - begins(other) || one.text.length - other.text.length);
  return sorted.length >= SHOWN ? sorted.slice(0, SHOWN) : [...sorted, ...said(bot, wanted, sorted)].slice(0, SHOWN);
}

function* said(bot, wanted, known) {
  const seen = new Set(known.filter(({ type }) => type === "scenario").map(({ index }) => index));
  for (const [index, { turns, name }] of bot.scenarios.entries()) {
    if (seen.has(index)) continue;
    for (const turn of turns) {
      const message = bot.turns[turn].said.find(({ text }) => text.toLowerCase().includes(wanted));
      if (message) {
        yield { type: "scenario", index, text: `${name}: “${message.text}”` };
        break;
      }
    }
  }
}
