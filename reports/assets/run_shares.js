// Run page: what each tenant was entitled to over time, and what it received.
"use strict";
(function (S) {
  const D = S.doc, R = S.run;
  const dash = [6, 4];
  R.shares = function (main) {
    if (!D.shares) return;
    const step = D.shares.step_s, x = D.shares.tenants[0].received.map((_, i) => i * step);
    const nameOf = (row) => (row.name === "" ? "(no tenant)" : row.name);
    const chosen = () => D.shares.tenants.map((row, i) => [row, i]).filter(([row]) => S.state.tenant === null || row.name === D.tenants[S.state.tenant]);
    const series = () => chosen().flatMap(([row, i]) => [
      { name: nameOf(row) + " received", values: row.received, line: true, color: S.css("--c" + (i % 8)) },
      { name: nameOf(row) + " entitled", values: row.entitled, line: true, color: S.css("--c" + (i % 8)), dash: dash },
    ]);
    S.panel(main, {
      id: "shares", title: "Entitled against received", follows: ["time", "tenant"],
      note: () => "Received: GPUs held (solid). Entitled: the part of the cluster by weight, nobody more than it asks for (dashed)."
        + (D.shares.left_out ? " The " + S.count(D.shares.tenants.length) + " tenants that were due most; " + S.count(D.shares.left_out) + " others are in shares.csv." : "")
        + (D.metrics["quotas.borrowed_gpu_s"] > 0 ? " Queues borrowed " + S.num(D.metrics["quotas.borrowed_gpu_s"] / 3600) + " GPU-h of each other." : ""),
      build: function (body) {
        const lines = series();
        if (!lines.length) return S.empty(body, "This tenant is not among those shown here; see shares.csv.");
        S.legend(body, chosen().map(([row, i]) => ({ name: nameOf(row), fill: S.css("--c" + (i % 8)), value: "weight " + S.num(row.weight) })));
        S.timeChart(body, { label: "GPUs over time by tenant: received solid, entitled dashed.", x: x, step: step, end: x.length * step, series: lines, unit: "GPUs" });
      },
      table: () => S.timeTable(x, step, series(), "GPUs"),
    });
  };
})(globalThis.seatrial);
