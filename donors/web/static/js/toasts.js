// A toast goes after eight seconds, unless the hand or the focus is on it, or it tells of a failure.
const STAY = 8000;

export function toast(text, tone = "good") {
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.tone = tone;
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  document.getElementById("toasts")?.append(box);
  watch(box);
}

function watch(box) {
  if (box.dataset.tone === "danger") return;
  setTimeout(function leave() {
    if (box.matches(":hover, :focus-within")) return void setTimeout(leave, 2000);
    box.dataset.going = "";
    setTimeout(() => box.remove(), 260);
  }, STAY);
}

const home = document.getElementById("toasts");
if (home) {
  home.querySelectorAll(".toast").forEach(watch);
  home.addEventListener("swapped", () => home.querySelectorAll(".toast").forEach(watch));
}
