// A form with data-rehearse has the parts that it names drawn anew while one types: the picture of a plan beside its steps.
// A part in which one is typing stays. Without script a button of the form does the same.
const WAIT = 400;
let waiting;
let turn = 0;

for (const kind of ["input", "change"])
  document.addEventListener(kind, ({ target }) => {
    const form = target.closest?.("form[data-rehearse]");
    if (!form) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => form.isConnected && draw(form), WAIT);
  });

async function draw(form) {
  const mine = ++turn;
  const body = new URLSearchParams(new FormData(form));
  body.set("act", "look");
  try {
    const reply = await fetch(location.href, { method: "POST", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (mine !== turn || !reply.ok || !form.isConnected) return;
    for (const name of form.dataset.rehearse.split(" ")) {
      const [old, fresh] = [document.getElementById(name), page.getElementById(name)];
      if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
    }
  } catch {
    // The picture waits for the next key; what was typed is in the form.
  }
}
