// Sends kept reports, one after the other, each under its own request key: the server carries a key out once, however
// often it comes. One at a time does it, page or worker. A plain script, as kept_store.js is.
(() => {
  const TOKEN = "/pipeline/log/token";
  const TAKE = "/pipeline/log/kept";
  const JSON_PLEASE = { Accept: "application/json" };
  const REFUSED = [400, 403, 404, 409, 413, 422];
  const DAY = 86400000;
  const channel = new BroadcastChannel("kept-reports");

  const alone = (work) => (navigator.locks ? navigator.locks.request("kept-reports", work) : work());

  // Why nothing can be sent now, or who sends: { user, token }.
  async function sender() {
    const reply = await fetch(TOKEN, { headers: JSON_PLEASE, cache: "no-store" }).catch(() => null);
    if (!reply) return { problem: "offline" };
    if (reply.status === 401 || reply.redirected) return { problem: "signed out" };
    return reply.ok ? reply.json() : { problem: "busy" };
  }

  async function hand(report, token) {
    const body = new URLSearchParams(report.fields);
    body.set("csrf_token", token);
    body.set("request_key", report.key);
    body.set("writer", report.writer);
    const reply = await fetch(TAKE, { method: "POST", body, headers: JSON_PLEASE }).catch(() => null);
    if (!reply) return { problem: "offline" };
    if (reply.status === 401 || reply.redirected) return { problem: "signed out" };
    const said = await reply.json().catch(() => ({}));
    if (reply.ok) return { sent: said.href };
    return REFUSED.includes(reply.status) ? { refused: said.message || said.error } : { problem: "busy" };
  }

  kept.send = () =>
    alone(async () => {
      const reports = await kept.all();
      for (const old of reports) if (old.state === "sent" && Date.now() - old.at > DAY) await kept.drop(old.key);
      const waiting = reports.filter(({ state }) => state === "waiting");
      if (!waiting.length) return "";
      const { user, token, problem } = await sender();
      if (problem) return problem;
      for (const report of waiting.filter(({ writer }) => writer === String(user))) {
        const told = await hand(report, token);
        if (told.problem) return told.problem;
        const { key, writer, name } = report;
        if (told.refused) await kept.put({ ...report, state: "refused", reason: told.refused });
        else await kept.put({ key, writer, name, state: "sent", href: told.sent, at: Date.now(), fields: [] });
        channel.postMessage(key);
      }
      return "";
    });
})();
