// Run page: simulated beside recorded, who waits, distributions, worst jobs, tenants.
"use strict";
(function (S) {
  const D = S.doc, R = S.run;

  // Statistics of a tenant row and a size, each or null for all, in the chosen pool.
  R.cell = function (tenant, size) {
    const pool = D.by_pool ? S.state.pool : null;
    if (tenant === null && size === null && pool === null) return R.everyone;
    return D.cells.find((cell) => cell.t === tenant && cell.s === size && cell.p === pool) || (D.tenants.length === 1 && tenant === 0 ? R.cell(null, size) : undefined);
  };
  const m = (name) => (D.metrics[name] === undefined ? null : D.metrics[name]);
  const statistics = (name) => Object.assign({ n: D.n[name] }, Object.fromEntries(["mean", "p50", "p90", "p95", "p99", "max"].map((q) => [q, m(name + "." + q)])));
  R.everyone = {
    wait_s: statistics("wait_s"), jct_s: statistics("jct_s"),
  };

  R.quantiles = function (main) {
    const recorded = D.n.recorded_wait_s > 0;
    const quantiles = ["mean", "p50", "p90", "p95", "p99", "max"];
    const names = ["mean", "50 %", "90 %", "95 %", "99 %", "longest"];
    const chosen = (label, path) => {
      const found = (R.cell(S.state.tenant, S.state.size) || {})[path] || { n: 0 };
      return [label, { value: found.n, text: S.count(found.n) }, ...quantiles.map((q) => ({ value: found[q] === undefined ? null : found[q], text: found.n ? S.dur(found[q]) : "no job" }))];
    };
    const line = (label, path, n, format) => [label, { value: n, text: S.count(n) }, ...quantiles.map((q) => ({ value: m(path + "." + q), text: format(m(path + "." + q)) }))];
    S.panel(main, {
      id: "quantiles", title: recorded ? "Simulated beside recorded" : "Waits and completion times", follows: R.groupKeys,
      note: () => (R.filtered() ? "Slowdown" + (recorded ? " and what was recorded are" : " is") + " kept for all jobs only." + R.filterWords() : recorded ? "Recorded: what the trace says really happened, under the scheduler and cluster of that time. It is no result of this simulation." : "Waits of jobs that started; completion times and slowdown of jobs that completed."),
      table: () => ({
        caption: "Quantiles of waits and completion times",
        columns: [{ name: "of", text: true }, { name: "jobs" }, ...names.map((name, i) => ({ name: name, csv: quantiles[i] }))],
        rows: R.filtered() ? [chosen("Wait", "wait_s"), chosen("Completion time", "jct_s")] : [
          line(recorded ? "Wait, simulated" : "Wait", "wait_s", D.n.wait_s, S.dur), ...(recorded ? [line("Wait, recorded", "recorded.wait_s", D.n.recorded_wait_s, S.dur),
            ["Simulated minus recorded", "", ...quantiles.map(function (q) {
              const a = m("wait_s." + q), b = m("recorded.wait_s." + q), difference = a === null || b === null ? null : a - b;
              return { value: difference, text: difference === null ? "not known" : (difference > 0 ? "+" : "") + S.dur(difference) };
            })]] : []),
          line("Completion time", "jct_s", D.n.jct_s, S.dur), line("Slowdown", "slowdown", D.n.jct_s, S.num),
        ],
      }),
    });
  };

  // ---- tenant x size ----
  R.matrix = function (main) {
    const sizes = D.sizes.map((_, i) => i).filter((i) => D.groups.some((group) => group.s === i));
    const rows = [null, ...D.tenants.map((_, i) => i)];
    S.panel(main, {
      id: "who", title: "Who waits?", follows: R.groupKeys,
      note: () => D.sequential ? "" : "95th percentile of the wait, by tenant and by GPUs asked for. A cell chooses its jobs for all charts; again: all jobs." + (D.by_pool && S.state.pool !== null ? " Shown: pool " + R.poolName(S.state.pool) + "." : ""),
      build: function (body) {
        if (!D.cells.length || D.sequential) return S.empty(body, D.sequential ? "Nobody waits with sequential arrivals." : "No job started.");
        const values = D.cells.map((cell) => cell.wait_s.p95).filter((value) => value > 0).sort((a, b) => a - b);
        const level = (value) => (value > 0 ? 1 + Math.min(3, Math.floor(values.filter((v) => v < value).length / values.length * 4)) : 0);
        const head = S.el("tr", {}, S.el("th", { class: "text", scope: "col", text: "tenant" }), S.el("th", { scope: "col", text: "all sizes" }), sizes.map((i) => S.el("th", { scope: "col", text: D.sizes[i] })));
        const lines = rows.map((tenant) => S.el("tr", {}, S.el("th", { class: "text", scope: "row" }, S.name(tenant === null ? "all jobs" : R.tenantName(tenant))), [null, ...sizes].map(function (size) {
          const cell = R.cell(tenant, size);
          if (!cell || !cell.wait_s.n) return S.el("td", { text: "" });
          const chosen = S.state.tenant === tenant && S.state.size === size && (tenant !== null || size !== null);
          const where = (tenant === null ? "all tenants" : R.tenantName(tenant)) + ", " + (size === null ? "all sizes" : D.sizes[size]);
          return S.el("td", { class: "heat heat" + level(cell.wait_s.p95) + (chosen ? " chosen" : "") }, S.el("button", {
            type: "button", class: "cell", "aria-pressed": String(chosen), "aria-label": where + ": 95 % waited at most " + S.dur(cell.wait_s.p95) + ", " + S.count(cell.wait_s.n) + " jobs",
            onclick: () => S.set(chosen ? { tenant: null, size: null } : { tenant: tenant, size: size }),
          }, S.dur(cell.wait_s.p95), S.el("small", { text: S.count(cell.wait_s.n) + (cell.wait_s.n === 1 ? " job" : " jobs") })));
        })));
        body.append(S.el("div", { class: "scroll keep", tabindex: "0", role: "region", "aria-label": "Waits by tenant and size" }, S.el("table", {}, S.el("thead", {}, head), S.el("tbody", {}, lines))));
      },
      table: () => ({
        caption: "Waits by tenant and size", columns: [{ name: "tenant", text: true }, { name: "size", text: true }, { name: "jobs started", csv: "jobs" }, { name: "mean wait", csv: "wait_s_mean", format: S.dur }, { name: "50 %", csv: "wait_s_p50", format: S.dur }, { name: "95 %", csv: "wait_s_p95", format: S.dur }, { name: "longest", csv: "wait_s_max", format: S.dur }],
        rows: D.cells.filter((cell) => cell.p === (D.by_pool ? S.state.pool : null)).map((cell) => [cell.t === null ? "all" : R.tenantName(cell.t), cell.s === null ? "all" : D.sizes[cell.s], cell.wait_s.n, cell.wait_s.mean, cell.wait_s.p50, cell.wait_s.p95, cell.wait_s.max]),
      }),
    });
  };

  // ---- distributions ----
  function sumOf(key) {
    const sum = { n: 0, zeros: 0, bins: new Map() };
    for (const group of D.groups.filter(R.chosen)) {
      const histogram = group[key];
      if (!histogram) continue;
      sum.n += histogram.n;
      sum.zeros += histogram.zeros;
      (histogram.bins || []).slice(1).forEach((count, i) => { if (count) sum.bins.set(histogram.bins[0] + i, (sum.bins.get(histogram.bins[0] + i) || 0) + count); });
    }
    return sum;
  }
  const upper = (bin) => D.histogram.lowest * 10 ** ((bin + 1) / D.histogram.per_decade);
  function curve(key, name, color, dash) {
    const sum = sumOf(key);
    if (!sum.n) return null;
    let count = sum.zeros;
    const bins = [...sum.bins.keys()].sort((a, b) => a - b);
    const points = [];
    bins.forEach(function (bin, i) {
      if (i === 0 || bins[i - 1] !== bin - 1) points.push([upper(bin - 1), count / sum.n]);  // flat over empty bins
      points.push([upper(bin), (count += sum.bins.get(bin)) / sum.n]);
    });
    return { name: name, color: color, dash: dash, zero: sum.zeros / sum.n, n: sum.n, points: points };
  }
  const kinds = [
    ["wait", "Wait of jobs that started", true, "No job started, so there are no waits."],
    ["jct", "Completion time of completed jobs", true, "No job completed."],
    ["slowdown", "Slowdown of completed jobs (completion time over run time)", false, "No job completed."],
  ];
  function curvesOf(key) {
    const curves = [curve(key, "simulated", S.css("--c0"))];
    if (key === "wait") curves.push(curve("recorded", "recorded", S.css("--c3"), [7, 4]));
    return curves.filter(Boolean);
  }
  R.distributions = function (main) {
    S.panel(main, {
      id: "distributions", title: "How are waits and completion times distributed?", follows: R.groupKeys,
      note: () => "Share of jobs at or below a value; logarithmic axis, twenty bins a decade." + (D.warmup_s ? " Jobs of the warm-up are left out." : "") + R.filterWords(),
      build: function (body) {
        const grid = S.el("div", { class: "three" });
        body.append(grid);
        for (const [key, title, isTime, none] of kinds) {
          const figure = S.el("div", {}, S.el("h3", { text: title }));
          grid.append(figure);
          const curves = curvesOf(key);
          if (!curves.length) { S.empty(figure, none); continue; }
          if (curves.every((one) => !one.points.length)) { S.empty(figure, key === "wait" ? curves[0].n === 1 ? "The job did not wait." : "None of " + S.count(curves[0].n) + " jobs waited." : "All are 0."); continue; }
          S.cdf(figure, { isTime: isTime, curves: curves, label: title + ": " + curves.map((one) => one.name + ", " + S.pct(one.zero) + " at 0, half at or below " + (isTime ? S.dur : S.num)(half(one))).join("; ") + "." });
          S.legend(figure, curves.map((one) => ({ name: one.name + (one.dash ? " (dashed)" : ""), fill: one.color, value: S.count(one.n) + " jobs" + (key === "wait" ? ", " + S.pct(one.zero) + " did not wait" : "") })));
        }
      },
      table: () => ({
        caption: "Distributions", columns: [{ name: "of", text: true }, { name: "at most" }, { name: "share of jobs", csv: "share", format: S.pct }],
        rows: kinds.flatMap(([key, , isTime]) => curvesOf(key).flatMap((one) => [[0, one.zero], ...one.points.slice(1)].map(([value, share]) => [key + ", " + one.name, { value: Number(value.toPrecision(4)), text: isTime ? S.dur(value) : S.num(value) }, share]))),
      }),
    });
  };
  const half = (one) => (one.zero >= 0.5 ? 0 : (one.points.find((point) => point[1] >= 0.5) || [0])[0]);

  // ---- single jobs ----
  R.job = (row) => ({ name: row[0], tenant: row[1], size: row[2], milli: row[3], submit: row[4], wait: row[5], state: row[6], preemptions: row[7], split: row[8], stints: row[9], cut: row[10], pool: row[11] });
  const shellWord = (text) => (/^[A-Za-z0-9_./:-]+$/.test(text) && !text.startsWith("-") ? text : "'" + text.replaceAll("'", "'\\''") + "'");
  R.gpus = (milli) => S.num(milli / 1000);
  R.worst = function (main) {
    // Of all jobs; or, narrowed, of those that are kept singly, among which are the 200 longest waits of all.
    const jobs = () => (R.filtered() ? D.jobs.rows.map(R.job).filter((job) => job.wait > 0 && R.chosen({ t: job.tenant, s: job.size, p: job.pool })).sort((a, b) => b.wait - a.wait).slice(0, 20) : D.jobs.worst.map((i) => R.job(D.jobs.rows[i])));
    let list = [], longest = 0;
    const find = () => { list = jobs(); longest = list.length ? list[0].wait : 0; };
    find();
    S.panel(main, {
      id: "worst", title: "The longest waits", follows: R.groupKeys,
      note: () => (find(), list.length) ? (R.filtered() && D.jobs.rows.length < D.jobs.total ? "Of the " + S.count(D.jobs.rows.length) + " jobs that are kept singly, the 200 longest waits of all among them." + R.filterWords() + " " : R.filtered() ? R.filterWords().trim() + " " : "") + "Each bar is the wait of one job by reason, on one scale. `seatrial explain RESULT JOB` says what stood before it and what it would have needed." : "",
      build: function (body) {
        if (!list.length) return S.empty(body, R.filtered() ? "None of these jobs waited." : "No job waited.");
        const blame = function (job) {
          const canvas = S.el("canvas", { width: 180, height: 14, role: "img", "aria-label": "Waited for " + R.reasons.map((name, i) => (job.split[i] > 0 ? name + " " + S.dur(job.split[i]) : "")).filter(Boolean).join(", ") });
          const ctx = canvas.getContext("2d");
          let x = 0;
          job.split.forEach(function (seconds, i) {
            const w = longest > 0 ? seconds / longest * 180 : 0;
            ctx.fillStyle = R.reasonFill(R.reasons[i]);
            ctx.fillRect(x, 0, w, 14);
            x += w;
          });
          return canvas;
        };
        S.legend(body, R.reasons.filter((_, i) => list.some((job) => job.split[i] > 0)).map((name) => ({ name: name, fill: R.reasonFill(name), hint: "(" + R.reasonWords(name) + ")" })));
        body.append(S.table({
          caption: "Longest waits", columns: [{ name: "job", text: true }, ...(D.tenants.length ? [{ name: "tenant", text: true }] : []), { name: "GPUs" }, { name: "submitted", format: (v) => S.instant(v, S.span()) }, { name: "wait" }, { name: "state", text: true }, { name: "why", text: true }, { name: "more", text: true }],
          rows: list.map((job) => [job.name, ...(D.tenants.length ? [R.tenantName(job.tenant)] : []), { value: job.milli / 1000, text: R.gpus(job.milli) }, job.submit, { value: job.wait, text: S.dur(job.wait) }, job.state, { value: mainReason(job), node: S.el("span", {}, blame(job), S.el("small", { text: mainReason(job) })) },
            { value: "", node: job.name.endsWith("\u2026") ? S.el("span", { class: "note", text: "the name is cut; see jobs.csv" }) : S.el("code", {}, "seatrial explain out/" + D.scenario + " ", S.name(shellWord(job.name))) }]),
        }));
      },
      table: () => ({
        caption: "Longest waits", columns: [{ name: "job", text: true }, { name: "tenant", text: true }, { name: "GPUs" }, { name: "submitted (s)", csv: "submit_s" }, { name: "wait (s)", csv: "wait_s" }, ...R.reasons.map((name) => ({ name: name + " (s)" }))],
        rows: list.map((job) => [job.name, R.tenantName(job.tenant), job.milli / 1000, job.submit, job.wait, ...job.split]),
      }),
    });
  };
  function mainReason(job) {
    const most = Math.max(...job.split), sum = job.split.reduce((a, b) => a + b, 0);
    return sum > 0 ? S.pct(most / sum) + " " + R.reasons[job.split.indexOf(most)] : "";
  }

  // ---- tenants ----
  R.tenants = function (main) {
    if (!D.tenants.length) return;
    const sum = (groups, key) => groups.reduce((total, group) => total + BigInt(group[key]), 0n);
    const costs = D.costs.reduce((total, cost) => total + (cost.usd || 0), 0);
    S.panel(main, {
      id: "tenants", title: "Tenants", follows: R.groupKeys, also: ["tenant"],
      note: () => (S.state.size !== null || (D.by_pool && S.state.pool !== null) ? "Jobs, GPU time and waits are narrowed, costs are the tenant's in all." + R.filterWords() + " " : "") + "Cost: each pool's cost, idle time included, divided by the GPU time that tenants held there. Useful: run time of completed jobs, and what unfinished ones held.",
      table: () => ({
        caption: "Tenants", onrow: (row) => S.set({ tenant: S.state.tenant === row ? null : row }),
        columns: [{ name: "tenant", text: true }, { name: "jobs" }, { name: "waited" }, { name: "held (GPU-h)", csv: "held_gpu_h" }, { name: "useful (GPU-h)", csv: "useful_gpu_h" }, { name: "mean wait", csv: "wait_s_mean" }, { name: "wait, 95 %", csv: "wait_s_p95" }, { name: "waiting (GPU-h)", csv: "waiting_gpu_h" }, { name: "cost", csv: "cost_usd" }, { name: "share of cost", csv: "cost_share" }, { name: "per useful GPU-h", csv: "usd_per_useful_gpu_h" }],
        rows: D.tenants.map(function (_, row) {
          const here = (group) => group.t === row && (S.state.size === null || group.s === S.state.size) && (!D.by_pool || S.state.pool === null || group.p === S.state.pool);
          const groups = D.groups.filter(here), cell = R.cell(row, S.state.size), cost = D.costs[row];
          const done = S.gpuHours(sum(groups, "done_milli_ns")), wait = cell ? cell.wait_s : {};
          const whole = sum(D.groups.filter((group) => group.t === row), "done_milli_ns");
          const waiting = R.waitTotals(here).reduce((a, b) => a + b, 0n);
          const usd = D.sequential ? null : cost.usd, none = D.sequential ? "not known: no time" : "not known: no price for pool " + cost.unpriced;
          return [{ value: R.tenantName(row), class: S.state.tenant === row ? "chosen" : "" }, { value: groups.reduce((n, group) => n + group.jobs, 0), text: S.count(groups.reduce((n, group) => n + group.jobs, 0)) }, { value: groups.reduce((n, group) => n + group.waited, 0), text: S.count(groups.reduce((n, group) => n + group.waited, 0)) },
            S.gpuHours(sum(groups, "held_milli_ns")), done, { value: wait.mean, text: S.dur(wait.mean) }, { value: wait.p95, text: S.dur(wait.p95) }, S.gpuHours(waiting),
            { value: usd, text: usd === null ? none : S.usd(usd) }, { value: usd === null || !costs ? null : usd / costs, text: usd === null || !costs ? "not known" : S.pct(usd / costs) }, { value: usd === null || !whole ? null : usd / S.gpuHours(whole), text: usd === null || !whole ? "not known" : S.usd(usd / S.gpuHours(whole)) }];
        }),
      }),
    });
  };
})(globalThis.seatrial);
