// A form with a file and a <progress> shows how far the file has come; the page that answers then takes its place.
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[enctype='multipart/form-data']");
  const bar = form?.querySelector("progress");
  if (!bar || event.defaultPrevented) return;
  event.preventDefault();
  const call = new XMLHttpRequest();
  call.open("POST", form.action);
  call.responseType = "document";
  bar.hidden = false;
  call.upload.addEventListener("progress", ({ loaded, total }) => Object.assign(bar, { max: total || 1, value: loaded }));
  call.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    const said = Object.assign(document.createElement("p"), { className: "quiet", textContent: "The file is here and is being read." });
    said.setAttribute("role", "status");
    bar.after(said);
  });
  call.addEventListener("load", () => {
    if (call.status < 400 && call.responseURL !== form.action) return location.assign(call.responseURL);
    const fresh = call.response?.getElementById("main");
    if (fresh) document.getElementById("main").replaceWith(document.adoptNode(fresh));
    else location.reload();
  });
  call.addEventListener("error", () => (bar.hidden = true, form.submit()));
  call.send(new FormData(form, event.submitter));
});
