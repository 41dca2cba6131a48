// The data of the page, as the scripts use it: with the defaults that the file leaves out, and what follows from it.

const DEFAULTS = {
  page: { bots: [], problems: [], made: "" },
  bot: { states: [], arrows: [], frames: [], kinds: [], turns: [], scenarios: [], findings: [], explored: "" },
  state: { initial: false, may: [], runs: "", source: null, unknown: false, short: "", explored: [] },
  arrow: { transitions: [], label: "", at: null, explored: [] },
  transition: { event: "", guards: [], when: [], trigger: "", source: null, unknown: false },
  kind: { goals: [], states: {}, arrows: {}, more: 0 },
  goal: { reached: false, states: [], arrows: [], place: "", excluded: "" },
  turn: { said: [], arrows: [], states: [], guards: [] },
  message: { text: "", options: [], name: "", header: "", footer: "" },
  scenario: {
    file: "",
    line: 0,
    outcome: "passed",
    turns: [],
    turn: null,
    headline: "",
    lines: [],
    hint: "",
    again: "",
    midway: false,
  },
  finding: { state: -1, turns: [] },
  line: { label: "" },
};

/** Read the page's data from its JSON. */
export function readPage(text) {
  const page = complete("page", JSON.parse(text));
  page.bots = page.bots.map((bot) => new Bot(bot));
  return page;
}

function complete(kind, data) {
  return { ...DEFAULTS[kind], ...data };
}

/** A bot: its graph, what was reached of it, its conversations, and which of them pass where. */
class Bot {
  constructor(data) {
    Object.assign(this, complete("bot", data));
    this.states = this.states.map((state) => complete("state", state));
    this.arrows = this.arrows.map(readArrow);
    this.kinds = this.kinds.map(readKind);
    this.turns = this.turns.map(readTurn);
    this.scenarios = this.scenarios.map(readScenario);
    this.findings = this.findings.map((finding) => complete("finding", finding));
    this.passing = null;
  }

  /** Which conversations pass a state or an arrow, in their order: pairs of the scenario and how many turns it takes. */
  through(place, index) {
    this.passing ??= passing(this);
    return this.passing[place][index] ?? [];
  }

  /**
   * The shortest conversation to a state or along an arrow: its turns and where it is from, or null.  One that begins
   * in the middle counts only where there is no other.
   */
  shortest(place, index) {
    const { explored } = this[place][index];
    if (explored.length) return { turns: explored, from: "found by the search" };
    const length = ({ scenario, turns }) => turns + (this.scenarios[scenario].midway ? 1e6 : 0);
    const [best] = this.through(place, index).toSorted((one, other) => length(one) - length(other));
    if (!best) return null;
    const { turns, name, midway } = this.scenarios[best.scenario];
    return { turns: turns.slice(0, best.turns), from: midway ? `${name} (begins in the middle)` : name };
  }

  /** The arrows that leave (`source`) or enter (`target`) a state. */
  arrowsAt(end, state) {
    return this.arrows.map((arrow, index) => ({ ...arrow, index })).filter((arrow) => arrow[end] === state);
  }

  /** The name of an arrow. */
  arrowName(index) {
    const { source, target, transitions } = this.arrows[index];
    return transitions.length === 1 ? transitions[0].name : `${this.states[source].name} → ${this.states[target].name}`;
  }
}

function passing(bot) {
  const found = { states: {}, arrows: {} };
  bot.scenarios.forEach(({ turns }, scenario) => {
    turns.forEach((turn, index) => {
      for (const place of ["states", "arrows"]) {
        for (const number of bot.turns[turn][place]) {
          const there = (found[place][number] ??= []);
          if (there.at(-1)?.scenario !== scenario) there.push({ scenario, turns: index + 1 });
        }
      }
    });
  });
  return found;
}

function readArrow(arrow) {
  const transitions = arrow.transitions.map((transition) => complete("transition", transition));
  return { ...complete("arrow", arrow), transitions };
}

function readKind(kind) {
  return { ...complete("kind", kind), goals: (kind.goals ?? []).map((goal) => complete("goal", goal)) };
}

function readTurn(turn) {
  return { ...complete("turn", turn), said: (turn.said ?? []).map((message) => complete("message", message)) };
}

function readScenario(scenario) {
  return { ...complete("scenario", scenario), lines: (scenario.lines ?? []).map((line) => complete("line", line)) };
}

/** Whether this outcome is bad news. */
export const isBad = (outcome) => outcome === "failed";
