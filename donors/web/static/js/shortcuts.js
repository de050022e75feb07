// Ctrl-K finds; N makes new; / finds too; ? lists. A key that stands in data-shortcut presses that thing.
const typing = (node) => node.closest?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const strong = event.ctrlKey || event.metaKey;
  if (!strong && (typing(event.target) || document.querySelector("dialog[open]"))) return;
  const key = (strong ? "ctrl+" : "") + event.key.toLowerCase();
  const wanted = key === "/" ? "ctrl+k" : key;
  const thing = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(wanted)}"]`)].find((one) => one.checkVisibility());
  if (!thing && wanted === "ctrl+k") return open(event);
  if (!thing) return;
  event.preventDefault();
  if (thing.matches("input, select, textarea")) thing.focus(), thing.select?.();
  else thing.click();
});

function open(event) {
  const rail = document.getElementById("rail");
  if (!rail) return;
  event.preventDefault();
  rail.showPopover?.();
  rail.querySelector("input")?.focus();
}
