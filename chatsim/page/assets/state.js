// What the page is about at the moment: one object, and whoever wants to know of its changes.

/** Hold `values`; `set` changes some of them and tells the listeners of `on` which did change. */
export function hold(values) {
  const listeners = [];
  return {
    get: () => values,
    on: (listener) => listeners.push(listener),
    set(changes) {
      const before = values;
      values = { ...values, ...changes };
      const changed = new Set(Object.keys(changes).filter((key) => before[key] !== values[key]));
      if (changed.size) listeners.forEach((listener) => listener(values, changed));
    },
  };
}

/** Write a selection as the fragment of an address, so that it can be linked: `#1/state/12`. */
export function written(bot, selection) {
  return selection ? `#${bot}/${selection.type}/${selection.index}` : `#${bot}`;
}

/** Read what `written` wrote, or null for what is none of it. */
export function read(fragment, bots) {
  const [, bot, type, index] = /^#(\d+)(?:\/(state|arrow|scenario|finding)\/(\d+))?$/.exec(fragment) ?? [];
  if (bot === undefined || bot >= bots.length) return null;
  if (type === undefined) return { bot: Number(bot), selection: null };
  return bots[bot][`${type}s`][index] ? { bot: Number(bot), selection: { type, index: Number(index) } } : null;
}
