// The page's own controls: scenarios collapse their cells, and the reader chooses the theme.
const MANY_CELLS = 24;

function wireFolds() {
  const buttons = [...document.querySelectorAll("button.fold")];
  const cells = document.querySelectorAll("tr.cell").length;
  for (const button of buttons) {
    const body = byId(button.getAttribute("aria-controls"));
    const set = (open) => {
      body.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    };
    button.hidden = false;
    button.addEventListener("click", () => set(body.hidden));
    if (cells > MANY_CELLS) set(false);
  }
}

// A printout must be complete, so collapsed details are opened first.
function wirePrint() {
  window.addEventListener("beforeprint", () => document.querySelectorAll("details.more").forEach((box) => (box.open = true)));
}

const THEMES = ["system", "light", "dark"];

function wireTheme() {
  const button = byId("theme-switch");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? "system") + 1) % THEMES.length];
    document.documentElement.dataset.theme = next;
    button.textContent = `Theme: ${next}`;
  });
}
