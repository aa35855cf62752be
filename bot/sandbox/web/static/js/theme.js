// Light, dark, or as the machine says.

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const WORDS = { auto: "Colours: as this machine", light: "Colours: light", dark: "Colours: dark" };
const SIGNS = { auto: "◐", light: "○", dark: "●" };

export function start() {
  const button = document.getElementById("theme-button");
  const wanted = localStorage.getItem("theme");
  let theme = wanted in NEXT ? wanted : "auto";
  const draw = () => {
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-label", WORDS[theme]);
    button.title = WORDS[theme];
    button.textContent = SIGNS[theme];
  };
  button.addEventListener("click", () => {
    theme = NEXT[theme];
    localStorage.setItem("theme", theme);
    draw();
  });
  draw();
}
