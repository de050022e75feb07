// The form of a sheet (drawer.js) is sent from there: what is not taken stands in it again, what is done leads on.
import { put } from "./drawer.js";
import { show } from "./swap.js";
import { toast } from "./toasts.js";

document.addEventListener("submit", (event) => {
  const box = event.target.closest("#drawer.sheet");
  if (box && event.target.method === "post") post(box, event);
});

async function post(box, event) {
  const form = event.target;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const reply = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (!reply.ok) {
      put(box, page.getElementById("main"), form.action);
      return box.querySelector("[role=alert], h1")?.focus();
    }
    box.close();
    await show(page, ["main"]);
    if (reply.url !== location.href) history.pushState(null, "", reply.url);
  } catch {
    toast("No answer from the network. Nothing was lost; try again.", "danger");
  } finally {
    form.ariaBusy = null;
  }
}
