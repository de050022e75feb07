// The service worker: a call report can be written without a network. It keeps one page (the form with the officer's
// likely people), the style and the scripts, and nothing else of this site; all other pages go past it.
// /sw.js puts `HOUSE` (the digest of all files, and the files to keep), kept_store.js and kept_send.js before this.
const PAGES = "pages";
const FILES = `files-${HOUSE.digest}`;
const SHELL = "/pipeline/log/kept";
const LOG = "/pipeline/log";
const SIGN_IN = "/accounts/sign-in";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(FILES)
      .then((files) => files.addAll(HOUSE.files))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => ![PAGES, FILES].includes(name)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "GET" && pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(request, pathname));
  else if (request.method === "POST" && pathname === LOG) event.respondWith(report(request));
});

const file = async (request) => (await caches.match(request)) ?? fetch(request);

// Pages come from the network. Without one, the kept form stands in; whoever is asked to sign in has no kept form.
async function page(request, pathname) {
  try {
    const reply = await fetch(request);
    if (pathname === SIGN_IN) await forget();
    return reply;
  } catch (problem) {
    return (await caches.match(SHELL)) ?? Promise.reject(problem);
  }
}

// A call report goes to the server as it is; where that cannot be reached, it is kept and sent later.
async function report(request) {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch {
    await self.kept.put(self.kept.fresh(await copy.formData()));
    await self.registration.sync?.register("reports").catch(() => {});
    return Response.redirect(SHELL, 303);
  }
}

const forget = async () => (await caches.open(PAGES)).delete(SHELL);

async function fill() {
  const reply = await fetch(SHELL, { headers: { Accept: "text/html" } }).catch(() => null);
  if (reply?.ok && !reply.redirected) await (await caches.open(PAGES)).put(SHELL, reply);
}

self.addEventListener("sync", (event) => event.tag === "reports" && event.waitUntil(self.kept.send().then(again)));

function again(problem) {
  if (problem === "offline") throw new Error("The network is not back yet.");
}

self.addEventListener("message", (event) => {
  const act = { fill, forget }[event.data];
  if (act) event.waitUntil(act());
});
