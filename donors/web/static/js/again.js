// A choice on which the rest of a form depends ([data-again]) sends the form anew: by its button "look", or plainly.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-again]") || !field.form) return;
  field.form.requestSubmit(field.form.querySelector('button[name="act"][value="look"]'));
});
