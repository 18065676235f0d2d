// The API's documentation in the reader's own colours: its style sheet waits for a class.

const dark = matchMedia("(prefers-color-scheme: dark)");

function colour() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

dark.addEventListener("change", colour);
colour();
