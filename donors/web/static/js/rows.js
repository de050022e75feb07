// The box in a table's head chooses every row of its page; it shows a dash while only some are chosen.
const boxes = (form) => [...document.querySelectorAll(`td.pick input[form="${CSS.escape(form)}"]`)];

document.addEventListener("change", (event) => {
  const all = event.target.dataset?.all;
  if (all) boxes(all).forEach((box) => (box.checked = event.target.checked));
  else if (event.target.matches?.("td.pick input")) settle(event.target.getAttribute("form"));
});

document.addEventListener("reset", (event) => setTimeout(() => event.target.id && settle(event.target.id)));

function settle(form) {
  const head = document.querySelector(`[data-all="${CSS.escape(form)}"]`);
  const rows = boxes(form);
  const chosen = rows.filter((box) => box.checked).length;
  if (head) [head.checked, head.indeterminate] = [chosen > 0 && chosen === rows.length, chosen > 0 && chosen < rows.length];
}
