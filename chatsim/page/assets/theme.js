// Light or dark: as the system has it, until someone says otherwise.

const KEY = "chatsim-theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** Let `button` turn the theme round. */
export function offerTheme(button) {
  const root = document.documentElement;
  const chosen = remembered();
  if (chosen) root.dataset.theme = chosen;
  const show = () => {
    const other = current(root) === "dark" ? "light" : "dark";
    button.textContent = other === "dark" ? "☾" : "☀";
    button.setAttribute("aria-label", `Show in ${other} colours`);
    button.title = `Show in ${other} colours`;
  };
  button.addEventListener("click", () => {
    root.dataset.theme = current(root) === "dark" ? "light" : "dark";
    remember(root.dataset.theme);
    show();
  });
  dark.addEventListener("change", show);
  show();
}

function current(root) {
  return root.dataset.theme ?? (dark.matches ? "dark" : "light");
}

// A file that is opened from disk may have no storage.
function remembered() {
  try {
    const chosen = localStorage.getItem(KEY);
    return chosen === "dark" || chosen === "light" ? chosen : null;
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It is for this visit, then.
  }
}
