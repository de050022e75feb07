// A link with data-drawer opens its page in a drawer over this one: the reason behind a number, the filter of a list.
// As data-drawer="sheet" it comes forward to be decided upon; sheet.js sends its form.
// The page stays for the links of others, for new windows, and for browsers without script.
let drawer = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-drawer], a.why");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.origin !== location.origin || link.closest("dialog")) return;
  event.preventDefault();
  open(link);
});

async function open(link) {
  const className = link.dataset.drawer === "sheet" ? "sheet" : "drawer";
  const box = Object.assign(document.createElement("dialog"), { className, id: "drawer" });
  if (link.dataset.drawer === "wide") box.dataset.wide = "";
  box.setAttribute("closedby", "any");
  link.ariaBusy = "true";
  const shown = await fill(box, link.href);
  link.ariaBusy = null;
  if (!shown) return location.assign(link.href);
  drawer?.close();
  drawer = box;
  document.body.append(box);
  box.addEventListener("close", () => (box.remove(), link.isConnected && link.focus()));
  box.addEventListener("submit", (sent) => again(box, sent));
  box.showModal();
}

async function fill(box, address) {
  try {
    const reply = await fetch(address, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const main = page.getElementById("main");
    const same = new URL(reply.url).pathname === new URL(address, location.href).pathname;
    if (!main || (!reply.ok && reply.status !== 422)) return false;
    if (!same) return location.assign(reply.url), true;
    put(box, main, reply.url);
    return true;
  } catch {
    return false;
  }
}

export function put(box, main, address) {
  const head = main.querySelector(".head") ?? document.createElement("header");
  const title = head.querySelector("h1");
  const id = `${box.id}-title`;
  if (title) Object.assign(title, { id, tabIndex: -1, autofocus: !main.querySelector("[autofocus]") });
  box.setAttribute("aria-labelledby", id);
  const body = document.createElement("div");
  main.querySelector(".crumb")?.remove();
  head.remove();
  body.append(...main.childNodes);
  const bar = body.querySelector(".applybar");
  const own = body.querySelector("[data-foot]");
  const foot = own ?? document.createElement("footer");
  if (!own) foot.innerHTML = `<a class="button" data-kind="quiet">Open as a page</a>`;
  if (!own) foot.firstChild.href = address;
  foot.querySelector("[data-close]")?.addEventListener("click", (click) => (click.preventDefault(), box.close()));
  const top = document.createElement("header");
  top.append(...head.children);
  const off = document.querySelector("#drawer-close")?.content.firstElementChild.cloneNode(true);
  if (off) top.append(off), off.addEventListener("click", () => box.close());
  for (const part of [top, foot]) part.setAttribute("role", "none"); // no second banner of the page
  box.replaceChildren(top, body, ...(bar ? [] : [foot]));
}

// A form that asks its own page again gives the drawer anew; one that leads on to another page goes there.
async function again(box, event) {
  const form = event.target;
  if (form.method !== "get") return;
  event.preventDefault();
  const address = new URL(event.submitter?.getAttribute("formaction") || form.action, location.href);
  address.search = new URLSearchParams(new FormData(form, event.submitter));
  const held = document.activeElement;
  const place = held?.name ? [...box.querySelectorAll(`[name="${CSS.escape(held.name)}"]`)].indexOf(held) : -1;
  if (!(await fill(box, address.href))) return location.assign(address.href);
  if (place >= 0) box.querySelectorAll(`[name="${CSS.escape(held.name)}"]`)[place]?.focus();
}
