// Play a conversation turn by turn, beside its way through the graph.

import { chat, mismatchBox } from "./chat.js";
import { count, el, svg } from "./dom.js";

const PACE = 1100; // milliseconds for a turn

const ICONS = {
  first: "M4 3v10M13 3L6 8L13 13z",
  before: "M11.5 3L4.5 8L11.5 13z",
  play: "M4.5 2.5L13 8L4.5 13.5z",
  pause: "M4 3h2.5v10H4zM9.5 3H12v10H9.5z",
  next: "M4.5 3L11.5 8L4.5 13z",
  last: "M12 3v10M3 3L10 8L3 13z",
};

export class Player {
  /**
   * Play `turns` (numbers of the bot's turns).  `onTurn` is told where it stands, as the way gone so far; `mismatch` is
   * why the conversation failed.  It begins with everything shown.
   */
  constructor(bot, turns, { onTurn, mismatch = null }) {
    Object.assign(this, { bot, turns, onTurn, mismatch, timer: null });
    this.at = turns.length - 1;
    const button = (label, icon, act) =>
      el("button", { type: "button", "aria-label": label, title: label, on: { click: act } }, drawn(icon));
    this.playing = button("Play", "play", () => this.toggle());
    this.where = el("output", { class: "where", "aria-live": "polite" });
    this.bar = el(
      "div",
      { class: "player", role: "group", "aria-label": "Play the conversation" },
      button("First turn", "first", () => this.go(0)),
      button("Turn before", "before", () => this.go(this.at - 1)),
      this.playing,
      button("Next turn", "next", () => this.go(this.at + 1)),
      button("Last turn", "last", () => this.go(turns.length - 1)),
      this.where,
    );
    this.list = chat(bot, turns, (index) => this.go(index), mismatch);
    const early = mismatch && mismatch.turn === null ? mismatchBox(mismatch) : null;
    this.element = el("div", { class: "playing" }, turns.length ? this.bar : null, early, this.list);
  }

  /** Show where it stands; where a conversation failed is scrolled to. */
  start() {
    this.show(this.mismatch !== null && this.mismatch.turn !== null);
  }

  go(index, scroll = true) {
    this.stop();
    this.move(index, scroll);
  }

  move(index, scroll = true) {
    this.at = Math.min(Math.max(index, 0), this.turns.length - 1);
    this.show(scroll);
  }

  toggle() {
    if (this.timer) return this.stop();
    if (this.at >= this.turns.length - 1) this.move(0);
    this.timer = setInterval(() => {
      this.move(this.at + 1);
      if (this.at >= this.turns.length - 1) this.stop();
    }, PACE);
    this.button("Pause", "pause");
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.button("Play", "play");
  }

  button(label, icon) {
    this.playing.replaceChildren(drawn(icon));
    this.playing.setAttribute("aria-label", label);
    this.playing.title = label;
  }

  /** Act on a key; say whether it meant something here. */
  key(key) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (!this.turns.length) return false;
    if (key in steps) this.go(this.at + steps[key]);
    else if (key === " ") this.toggle();
    else return false;
    return true;
  }

  show(scroll) {
    const items = [...this.list.children];
    items.forEach((item, index) => {
      item.classList.toggle("now", index === this.at);
      item.classList.toggle("later", index > this.at);
    });
    this.where.textContent = `turn ${this.at + 1} of ${this.turns.length}`;
    const now = items[this.at];
    if (now) now.querySelector(".way").setAttribute("aria-current", "step");
    items.filter((item) => item !== now).forEach((item) => item.querySelector(".way").removeAttribute("aria-current"));
    if (scroll) now?.scrollIntoView({ block: "nearest" });
    this.onTurn(this.way());
  }

  /** The way so far, for the graph. */
  way() {
    const gone = this.turns.slice(0, this.at + 1).map((turn) => this.bot.turns[turn]);
    const last = gone.at(-1);
    return {
      states: gone.flatMap((turn) => turn.states),
      arrows: gone.flatMap((turn) => turn.arrows),
      now: last?.arrows ?? [],
      here: last?.states.at(-1) ?? null,
      bad: this.mismatch !== null && this.mismatch.turn === this.at,
    };
  }

  /** How long it is, in words. */
  get length() {
    return count(this.turns.length, "turn");
  }
}

function drawn(icon) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: ICONS[icon] }));
}
