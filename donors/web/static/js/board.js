// Cards are carried between lanes by mouse, finger or pen: on to the sheet of the step, or back at once by their form.
// By keyboard: Alt + arrow left or right on a card's link. Without script the same form is the card's menu.
let [carry, NEAR, HOLD] = [null, 6, 250];

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card || event.button || event.target.closest("button, form, input, select")) return;
  carry = { card, x: event.clientX, y: event.clientY, id: event.pointerId, started: false };
  if (event.pointerType === "touch") carry.timer = setTimeout(() => lift(carry), HOLD);
});

document.addEventListener("pointermove", (event) => {
  if (!carry || event.pointerId !== carry.id) return;
  const far = Math.hypot(event.clientX - carry.x, event.clientY - carry.y) > NEAR;
  if (!carry.started && far) carry.timer ? drop() : lift(carry);
  if (!carry?.started) return;
  event.preventDefault();
  carry.ghost.style.translate = `${event.clientX - carry.dx}px ${event.clientY - carry.dy}px`;
  carry.now = event.clientX;
});

document.addEventListener("pointerup", () => {
  const done = carry;
  drop();
  if (!done?.started) return;
  window.addEventListener("click", (click) => (click.preventDefault(), click.stopPropagation()), { capture: true, once: true });
  setTimeout(() => {
    window.dispatchEvent(new Event("click"));
    if (done.lane && done.lane !== done.card.closest("[data-lane]")) send(done.card, done.lane);
  });
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
  const lanes = [...card.closest(".board").querySelectorAll("[data-lane]")];
  send(card, lanes[lanes.indexOf(card.closest("[data-lane]")) + step]);
});

function lift(held) {
  if (carry !== held) return;
  clearTimeout(held.timer);
  const box = held.card.getBoundingClientRect();
  held.ghost = held.card.cloneNode(true);
  held.ghost.removeAttribute("id");
  Object.assign(held.ghost, { className: "card carried", ariaHidden: "true" }).dataset.lifted = "";
  document.body.append(held.ghost);
  Object.assign(held, { dx: held.x - box.left, dy: held.y - box.top, now: held.x, started: true });
  Object.assign(held.ghost.style, { translate: `${box.left}px ${box.top}px`, inlineSize: `${box.width}px` });
  held.card.dataset.drag = "";
  getSelection()?.removeAllRanges();
  follow(held);
}

// A lane reaches down as far as the page: a short one can be hit below its last card.
function laneAt(x) {
  return [...carry.card.closest(".board").querySelectorAll("[data-lane]")].find((lane) => {
    const box = lane.getBoundingClientRect();
    return box.left <= x && x <= box.right;
  });
}

// Frame by frame, so that the next lanes come while the hand rests at the edge.
function follow(held) {
  if (carry !== held) return;
  const scroll = held.card.closest(".scroll");
  const box = scroll.getBoundingClientRect();
  scroll.scrollBy(held.now > box.right - 32 ? 8 : held.now < box.left + 32 ? -8 : 0, 0);
  aim(laneAt(held.now));
  requestAnimationFrame(() => follow(held));
}

function aim(lane) {
  if (carry.lane === lane) return;
  carry.lane?.removeAttribute("data-drop");
  (carry.lane = lane ?? null)?.setAttribute("data-drop", "");
}

function drop() {
  clearTimeout(carry?.timer);
  carry?.ghost?.remove();
  carry?.lane?.removeAttribute("data-drop");
  carry?.card.removeAttribute("data-drag");
  carry = null;
}

function send(card, lane) {
  const choice = card.querySelector(`[data-to="${CSS.escape(lane?.dataset.lane)}"]`);
  if (!choice?.form) return choice?.click();
  card.ariaBusy = "true";
  choice.form.addEventListener("settled", () => (card.ariaBusy = null), { once: true });
  choice.form.requestSubmit(choice);
}
