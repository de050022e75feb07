// A choice on which the rest of a form depends ([data-again]) sends the form anew: by the nearest button "look", or plainly.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-again]") || !field.form) return;
  const near = field.closest("fieldset.fields")?.querySelector('button[name="act"][value^="look:"]');
  field.form.requestSubmit(near ?? field.form.querySelector('button[name="act"][value="look"]'));
});
