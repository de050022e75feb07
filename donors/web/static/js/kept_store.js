// Call reports that are kept on this device until they are sent: a small database of the browser.
// Loaded by pages and by the worker alike, so it is a plain script that leaves `kept` behind.
// A report: { key, writer, name, fields: [[name, value], …], state: "waiting" | "refused" | "sent", reason, at }.
(() => {
  const NAME = "perennial-reports";
  const STORE = "reports";

  const opened = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  async function within(mode, act) {
    const base = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const work = base.transaction(STORE, mode, { durability: "strict" });
        const asked = act(work.objectStore(STORE));
        work.oncomplete = () => resolve(asked.result);
        work.onabort = work.onerror = () => reject(work.error);
      });
    } finally {
      base.close();
    }
  }

  const fresh = (form) => {
    const fields = [...form].filter(([name]) => !["csrf_token", "request_key", "writer", "about"].includes(name));
    return {
      key: form.get("request_key") || crypto.randomUUID(),
      writer: form.get("writer") ?? "",
      name: form.get("about") ?? "",
      fields: fields.map(([name, value]) => [name, String(value)]),
      state: "waiting",
      reason: "",
      at: Date.now(),
    };
  };

  self.kept = {
    fresh,
    all: async () => (await within("readonly", (store) => store.getAll())).sort((one, other) => one.at - other.at),
    put: (report) => within("readwrite", (store) => store.put(report)),
    drop: (key) => within("readwrite", (store) => store.delete(key)),
    wipe: () => within("readwrite", (store) => store.clear()),
  };
})();
