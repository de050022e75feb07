// Cards are carried between lanes by mouse, finger or pen; the card's own form then says so to the server.
// By keyboard: Alt + arrow left or right on a card's link. Without script the same form is the card's menu.
const NEAR = 6;
const HOLD = 250;
let carry = null;

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card || event.button || event.target.closest("button, form, input, select")) return;
  carry = { card, x: event.clientX, y: event.clientY, id: event.pointerId, started: false };
  if (event.pointerType === "touch") carry.timer = setTimeout(() => lift(carry), HOLD);
});

document.addEventListener("pointermove", (event) => {
  if (!carry || event.pointerId !== carry.id) return;
  const far = Math.hypot(event.clientX - carry.x, event.clientY - carry.y) > NEAR;
  if (!carry.started && far && carry.timer) return drop();
  if (!carry.started && far) lift(carry);
  if (!carry.started) return;
  event.preventDefault();
  carry.ghost.style.translate = `${event.clientX - carry.dx}px ${event.clientY - carry.dy}px`;
  aim(laneAt(event.clientX));
  edge(carry.card.closest(".scroll"), event.clientX);
});

document.addEventListener("pointerup", () => {
  const done = carry;
  drop();
  if (!done?.started) return;
  window.addEventListener("click", (click) => (click.preventDefault(), click.stopPropagation()), { capture: true, once: true });
  setTimeout(() => window.dispatchEvent(new Event("click")));
  if (done.lane && done.lane !== done.card.closest("[data-lane]")) send(done.card, done.lane);
});

document.addEventListener("pointercancel", drop);
document.addEventListener("touchmove", (event) => carry?.started && event.preventDefault(), { passive: false });
document.addEventListener("dragstart", (event) => event.target.closest?.("[data-card]") && event.preventDefault());

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && carry) return drop();
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const card = event.altKey && step && event.target.closest?.("[data-card]");
  if (!card) return;
  event.preventDefault();
  const lanes = [...document.querySelectorAll("[data-lane]")];
  const lane = lanes[lanes.indexOf(card.closest("[data-lane]")) + step];
  if (lane) send(card, lane);
});

function lift(held) {
  if (carry !== held) return;
  clearTimeout(held.timer);
  const box = held.card.getBoundingClientRect();
  held.ghost = held.card.cloneNode(true);
  held.ghost.removeAttribute("id");
  held.ghost.className = "card carried";
  held.ghost.dataset.lifted = "";
  held.ghost.setAttribute("aria-hidden", "true");
  document.body.append(held.ghost);
  Object.assign(held, { dx: held.x - box.left, dy: held.y - box.top, started: true });
  Object.assign(held.ghost.style, { translate: `${box.left}px ${box.top}px`, inlineSize: `${box.width}px` });
  held.card.dataset.drag = "";
  getSelection()?.removeAllRanges();
}

// A lane reaches down as far as the page: a short one can be hit below its last card.
function laneAt(x) {
  return [...document.querySelectorAll("[data-lane]")].find((lane) => {
    const box = lane.getBoundingClientRect();
    return box.left <= x && x <= box.right;
  });
}

function edge(scroll, x) {
  const box = scroll?.getBoundingClientRect();
  if (box) scroll.scrollBy(x > box.right - 32 ? 16 : x < box.left + 32 ? -16 : 0, 0);
}

function aim(lane) {
  if (carry.lane === lane) return;
  carry.lane?.removeAttribute("data-drop");
  carry.lane = lane ?? null;
  carry.lane?.setAttribute("data-drop", "");
}

function drop() {
  clearTimeout(carry?.timer);
  carry?.ghost?.remove();
  carry?.lane?.removeAttribute("data-drop");
  carry?.card.removeAttribute("data-drag");
  carry = null;
}

function send(card, lane) {
  const choice = [...card.querySelectorAll("form button")].find((button) => button.value === lane.dataset.lane);
  if (!choice) return;
  card.ariaBusy = "true";
  choice.form.addEventListener("settled", () => (card.ariaBusy = null), { once: true });
  choice.form.requestSubmit(choice);
}
