// The page of kept reports: its form writes one without a network, its list shows what waits, was sent, was refused.
import { settle } from "./offline.js";

const form = document.querySelector("form[data-kept-form]");
const list = document.querySelector("[data-kept-list]");
const row = document.querySelector("template[data-kept-row]");
const whose = form.elements.whom;
const WORDS = { waiting: "waits", refused: "was refused", sent: "is sent" };
let edited = null;

const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);

function blank() {
  form.reset();
  edited = null;
  form.elements.made_on.value = today();
  form.querySelector("[data-editing]").hidden = true;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!form.reportValidity()) return;
  const [who, planned = ""] = whose.value.split("/");
  const told = new FormData(form);
  told.delete("whom");
  told.set("constituent", who);
  if (planned) told.set("planned_id", planned);
  told.set("about", whose.selectedOptions[0].dataset.name);
  if (edited) told.set("request_key", edited.key);
  const report = self.kept.fresh(told);
  const mine = new Set([...report.fields.map(([name]) => name), "planned_id", "following"]);
  report.fields.push(...(edited?.fields ?? []).filter(([name]) => !mine.has(name)));
  await self.kept.put(report);
  blank();
  scrollTo({ top: 0 });
  await show();
  await settle();
});

whose.addEventListener("change", () => {
  const { method } = whose.selectedOptions[0].dataset;
  const choice = method && form.querySelector(`[name=method][value="${method}"]`);
  if (choice) choice.checked = true;
});

function edit(report) {
  blank();
  edited = report;
  const told = Object.fromEntries(report.fields);
  const there = [`${told.constituent}/${told.planned_id}`, told.constituent].find((value) => whose.querySelector(`[value="${value}"]`));
  if (!there) whose.append(Object.assign(new Option(report.name, told.constituent), { dataset: {} }));
  whose.value = there ?? told.constituent;
  if (!there) whose.selectedOptions[0].dataset.name = report.name;
  for (const [name, value] of report.fields) if (form.elements[name] && name !== "constituent") form.elements[name].value = value;
  form.querySelector("[data-editing]").hidden = false;
  form.scrollIntoView();
}

async function show(problem = "") {
  const reports = await self.kept.all();
  list.replaceChildren(...reports.filter(({ writer }) => writer === form.elements.writer.value).map(drawn));
  const others = reports.filter(({ writer, state }) => writer !== form.elements.writer.value && state !== "sent").length;
  document.querySelector("[data-others]").textContent = others
    ? `${others} of somebody else wait on this device until they sign in here.`
    : "";
  document.querySelector("[data-sign-in]").hidden = problem !== "signed out";
}

function drawn(report) {
  const item = row.content.cloneNode(true).querySelector("li");
  item.dataset.state = report.state;
  const [name, state, reason] = item.querySelectorAll("[data-name], [data-state-words], [data-reason]");
  name.textContent = report.name;
  state.textContent = WORDS[report.state];
  reason.textContent = report.reason ?? "";
  const [change, drop] = item.querySelectorAll("button");
  change.hidden = report.state === "sent";
  change.addEventListener("click", () => edit(report));
  drop.addEventListener("click", async () => {
    if (report.state === "sent" || confirm(`The report about ${report.name} is not sent. Delete it?`)) {
      await self.kept.drop(report.key);
      await show();
    }
  });
  return item;
}

new BroadcastChannel("kept-reports").onmessage = () => show();
document.addEventListener("kept", ({ detail }) => show(detail.problem));
blank();
show();
