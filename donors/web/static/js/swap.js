// Sends form[data-swap] and a[data-swap] in the background and puts the parts with the same ids in place.
// data-swap may name the ids ("people chart"); alone it means #main. The server never knows.
import { toast } from "./toasts.js";

let turn = 0;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-swap]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.origin !== location.origin || link.target) return;
  event.preventDefault();
  go(link, link.href, {}, true);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-swap]");
  const way = (event.submitter?.getAttribute("formmethod") || form?.method || "get").toLowerCase();
  if (!form || event.defaultPrevented || !["get", "post"].includes(way)) return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const address = new URL(event.submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href, location.href);
  if (way === "get") {
    address.search = new URLSearchParams([...data].filter(([, value]) => value !== ""));
    return go(form, address.href, {}, true);
  }
  // Looking again while an answer is on its way overtakes it; anything else is sent once.
  if (form.ariaBusy === "true" && !event.submitter?.value.startsWith("look")) return;
  form.ariaBusy = "true";
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  go(form, address.href, { method: "POST", body }, false).finally(() => (form.ariaBusy = null));
});

window.addEventListener("popstate", () => go(document.body, location.href, {}, false));

export async function go(from, address, options, remember) {
  const mine = ++turn;
  const names = from.dataset?.swap ? from.dataset.swap.split(" ") : ["main"];
  const parts = names.map((name) => document.getElementById(name)).filter(Boolean);
  parts.forEach((part) => (part.ariaBusy = "true"));
  try {
    const reply = await fetch(address, { credentials: "same-origin", ...options });
    if (mine !== turn && !options.method) return;
    if (!reply.headers.get("content-type")?.startsWith("text/html")) return location.assign(reply.url);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const moved = new URL(reply.url).pathname !== location.pathname;
    const whole = names.some((name) => !page.getElementById(name));
    if (mine !== turn) return;
    await show(page, whole || (moved && reply.redirected) ? ["main"] : names);
    if (reply.ok && reply.url !== location.href && (remember || reply.redirected)) history.pushState(null, "", reply.url);
  } catch {
    toast("No answer from the network. Nothing was lost; try again.", "danger");
  } finally {
    parts.forEach((part) => (part.ariaBusy = null));
    from.dispatchEvent(new Event("settled"));
  }
}

export async function show(page, names) {
  const held = document.activeElement;
  const near = held?.closest("[id]")?.id;
  const key = held?.name
    ? `[name="${CSS.escape(held.name)}"]`
    : near && "#" + CSS.escape(near) + (held.id ? "" : " " + held.localName);
  const caret = held?.selectionStart;
  const still = [scrollX, scrollY];
  const put = () => {
    for (const name of new Set([...names, "toasts", "rail"])) {
      const [old, fresh] = [document.getElementById(name), page.getElementById(name)];
      if (!old || !fresh) continue;
      const shown = name === "rail" && old.matches(":popover-open");
      if (shown) continue;
      old.replaceWith(document.adoptNode(fresh));
    }
    document.title = page.title;
    document.body.toggleAttribute("data-bare", page.body.hasAttribute("data-bare"));
    const problem = document.querySelector("#main [role=alert][autofocus]");
    const again = problem ?? (key && document.querySelector(key));
    again?.focus({ preventScroll: !problem });
    if (caret != null && again?.setSelectionRange) try { again.setSelectionRange(caret, caret); } catch { /* dates have none */ }
    if (!problem) scrollTo(...still);
  };
  if (!document.startViewTransition || matchMedia("(prefers-reduced-motion: reduce)").matches) put();
  else await document.startViewTransition(put).updateCallbackDone;
  document.dispatchEvent(new CustomEvent("swapped"));
}
