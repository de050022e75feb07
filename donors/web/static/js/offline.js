// On every page: kept reports are sent when there is a network, and nobody signs out over them without a warning.
// Pages with [data-keeps] (whose value is the viewer's id) start the worker and say how many reports wait.
import "./kept_store.js";
import "./kept_send.js";

const home = document.querySelector("[data-keeps]");
const notice = document.querySelector("[data-kept-notice]");
const { serviceWorker } = navigator;

const WHY = {
  offline: "They are sent when the network is back.",
  "signed out": "Sign in, and they are sent.",
  busy: "The server is busy; they are sent in a while.",
};

export async function settle() {
  const problem = await self.kept.send();
  const reports = await self.kept.all();
  document.dispatchEvent(new CustomEvent("kept", { detail: { problem, reports } }));
  if (!notice) return;
  const waiting = reports.filter(({ state }) => state === "waiting").length;
  const refused = reports.filter(({ state }) => state === "refused").length;
  notice.hidden = !waiting && !refused;
  notice.querySelector("b").textContent = [counted(waiting, "waits", "wait"), counted(refused, "was refused", "were refused")]
    .filter(Boolean)
    .join(", ");
  notice.querySelector("p").textContent = waiting ? (WHY[problem] ?? "") : "Look at them, and send them again.";
}

const counted = (count, one, many) =>
  count ? `${count} call report${count === 1 ? "" : "s"} ${count === 1 ? one : many}` : "";

async function begin() {
  await serviceWorker.register("/sw.js");
  const { active } = await serviceWorker.ready;
  active.postMessage("fill");
}

if (home && serviceWorker && home.dataset.keeps) begin().catch(() => {});
if (self.indexedDB && (home || document.querySelector('form[action="/accounts/sign-out"]'))) {
  settle().catch(() => {});
  addEventListener("online", () => settle());
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.('form[action="/accounts/sign-out"]');
  if (!form || !self.indexedDB || event.defaultPrevented) return;
  event.preventDefault();
  const left = (await self.kept.all().catch(() => [])).filter(({ state }) => state !== "sent").length;
  const words = `${counted(left, "is", "are")} not sent and would be lost. Sign out all the same?`;
  if (left && !confirm(words)) return;
  await self.kept.wipe().catch(() => {});
  for (const name of (await self.caches?.keys()) ?? []) await caches.delete(name);
  form.submit();
});
