// A field that finds people: asks the page in data-picker for ?q=…, and offers every element there that has data-choice.
// The chosen id goes into the hidden field beside it. Without script the name is sent, and the server asks which one is meant.
const WAIT = 120;
let waiting;

const parts = (field) => ({ list: field.querySelector("[role=listbox]"), id: field.querySelector("input[data-id]") });
const finder = (node) => node.closest?.("[data-picker] [role=combobox]");

document.addEventListener("input", ({ target }) => {
  const input = finder(target);
  if (!input) return;
  const field = input.closest("[data-picker]");
  parts(field).id?.setAttribute("value", "");
  clearTimeout(waiting);
  waiting = setTimeout(() => look(field, input), WAIT);
});

document.addEventListener("keydown", (event) => {
  const input = finder(event.target);
  const list = input && parts(input.closest("[data-picker]")).list;
  if (!list || list.hidden) return;
  const options = [...list.children];
  const now = options.findIndex((one) => one.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(input, options, (now + step + options.length) % options.length);
  else if (event.key === "Enter" && now >= 0) choose(options[now]);
  else if (event.key === "Escape") close(list, input);
  else return;
  event.preventDefault();
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("[data-picker] [role=option]");
  if (option) return event.preventDefault(), choose(option);
});

document.addEventListener("focusout", ({ target }) => {
  const input = finder(target);
  if (input) close(parts(input.closest("[data-picker]")).list, input);
});

async function look(field, input) {
  const { list } = parts(field);
  const asked = input.value.trim();
  if (asked.length < 2) return close(list, input);
  const address = new URL(field.dataset.picker, location.href);
  address.searchParams.set("q", asked);
  const reply = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (!reply?.ok || input.value.trim() !== asked) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  list.replaceChildren(...[...page.querySelectorAll("[data-choice]")].slice(0, 8).map((row, n) => option(row, `${list.id}-${n}`)));
  list.hidden = !list.children.length;
  input.ariaExpanded = String(!list.hidden);
  if (!list.hidden) mark(input, [...list.children], 0);
}

function option(row, id) {
  const item = Object.assign(document.createElement("li"), { id, role: "option" });
  Object.assign(item.dataset, { choice: row.dataset.choice, name: row.dataset.name });
  item.append(row.dataset.name, Object.assign(document.createElement("small"), { textContent: row.dataset.note ?? "" }));
  return item;
}

function mark(input, options, at) {
  options.forEach((one, n) => (one.ariaSelected = String(n === at)));
  input.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

function choose(option) {
  const field = option.closest("[data-picker]");
  const { list, id } = parts(field);
  const input = field.querySelector("[role=combobox]");
  input.value = option.dataset.name;
  id?.setAttribute("value", option.dataset.choice);
  close(list, input);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function close(list, input) {
  list.hidden = true;
  input.ariaExpanded = "false";
  input.removeAttribute("aria-activedescendant");
}
