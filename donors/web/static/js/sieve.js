// A field with data-sieve narrows the boxes of the form that it names, and hides headings under which nothing is left.
document.addEventListener("input", (event) => {
  const form = event.target.dataset?.sieve && document.getElementById(event.target.dataset.sieve);
  if (!form) return;
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const set of form.querySelectorAll("fieldset")) {
    const heading = set.querySelector("legend")?.textContent ?? "";
    const boxes = [...set.querySelectorAll("label.check")];
    for (const box of boxes) {
      const said = `${heading} ${box.textContent} ${box.title} ${box.control?.value}`.toLowerCase();
      box.hidden = !words.every((word) => said.includes(word));
    }
    set.hidden = boxes.every((box) => box.hidden);
  }
});

// Enter would send the form before anything is chosen.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.dataset?.sieve) event.preventDefault();
});
