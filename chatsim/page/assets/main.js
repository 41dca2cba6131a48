// Put the page together: one state, and everything that follows from its changes.

import { legend, offerKinds } from "./coverage.js";
import { showDetail, showNothing } from "./detail.js";
import { el, fill } from "./dom.js";
import { Graph } from "./graph.js";
import { markEntry, showLists } from "./lists.js";
import { isBad, readPage } from "./model.js";
import { offerSearch } from "./search.js";
import { hold, read, written } from "./state.js";
import { offerTheme } from "./theme.js";

const at = (id) => document.getElementById(id);
const page = readPage(at("data").textContent);
const state = hold({ bot: null, kind: null, selection: null });
let graph = null;
let player = null;

const bot = () => page.bots[state.get().bot];
const kindOf = (name) => bot().kinds.find((kind) => kind.kind === name) ?? null;
const select = (selection) => state.set({ selection });

function light(way) {
  graph.show(way);
  if (way.here != null) graph.reveal(way.here);
}

state.on((now, changed) => {
  if (changed.has("bot")) {
    at("bot").value = String(now.bot);
    graph = new Graph(at("canvas"), bot(), select);
    showLists(at("lists"), bot(), select);
  }
  if (changed.has("bot") || changed.has("kind")) {
    offerKinds(at("kinds"), bot(), now.kind, (kind) => state.set({ kind }));
    legend(at("legend"), bot(), now.kind !== null);
    graph.mark(kindOf(now.kind));
  }
  if (changed.has("bot") || changed.has("selection")) {
    document.body.classList.toggle("selected", now.selection !== null);
    graph.camera.resized();
    player?.stop();
    player = showDetail(at("detail"), page, bot(), now.selection, { select, light });
    markEntry(at("lists"), now.selection);
    if (player && now.selection.type !== "state" && now.selection.type !== "arrow") graph.behold(player.way().states);
    if (now.selection?.type === "state") graph.reveal(now.selection.index);
    if (now.selection?.type === "arrow") graph.revealArrow(now.selection.index);
    if (now.selection && window.matchMedia("(max-width: 899px)").matches)
      at("detail").scrollIntoView({ block: "start" });
    history.replaceState(null, "", written(now.bot, now.selection));
  }
});

function begin() {
  document.title = page.title;
  at("title").textContent = page.title;
  fill(at("bot"), ...page.bots.map(({ name }, index) => el("option", { value: index, text: name })));
  at("bot").closest("label").hidden = page.bots.length < 2;
  at("bot").addEventListener("change", (event) => open({ bot: Number(event.target.value), selection: null }));
  offerTheme(at("theme"));
  offerSearch(at("search"), at("hits"), bot, select);
  at("closer").addEventListener("click", () => graph.camera.zoom(1.25));
  at("farther").addEventListener("click", () => graph.camera.zoom(0.8));
  at("fit").addEventListener("click", () => graph.camera.fit());
  document.addEventListener("keydown", keys);
  window.matchMedia("print").addEventListener("change", (paper) => graph.camera.paper(paper.matches));
  window.addEventListener("hashchange", () => {
    const wanted = read(location.hash, page.bots);
    if (wanted) open(wanted);
  });
  open(read(location.hash, page.bots) ?? first());
}

/** Where to begin: at the first conversation that failed, or else at the first bot. */
function first() {
  const failed = page.bots.findIndex(({ scenarios }) => scenarios.some(({ outcome }) => isBad(outcome)));
  if (failed < 0) return { bot: 0, selection: null };
  const index = page.bots[failed].scenarios.findIndex(({ outcome }) => isBad(outcome));
  return { bot: failed, selection: { type: "scenario", index } };
}

function open(wanted) {
  const { kinds } = page.bots[wanted.bot];
  const kept = kinds.find(({ kind }) => kind === state.get().kind);
  const kind = kept ?? kinds.find(({ kind }) => kind === "transitions") ?? kinds[0];
  state.set({ ...wanted, kind: kind?.kind ?? null });
}

function keys(event) {
  const typing = event.target.closest("input, select, textarea, summary, [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== "Escape")) return;
  const onButton = event.target.closest("button");
  if (event.key === "/") at("search").focus();
  else if (event.key === "Escape") select(null);
  else if (onButton && event.key === " ") return;
  else if (!player?.key(event.key)) return;
  event.preventDefault();
}

if (page.bots.length) begin();
else {
  at("title").textContent = page.title;
  offerTheme(at("theme"));
  document.querySelector(".search").hidden = true;
  fill(document.querySelector("main"), showNothing(page));
}
