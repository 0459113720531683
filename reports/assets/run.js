// Run page: the frame, the verdict, the figures, what is not modelled; then every panel in order.
"use strict";
(function (S) {
  const D = S.doc, R = S.run;
  const m = (name) => (D.metrics[name] === undefined ? null : D.metrics[name]);

  function select(label, key, names) {
    const node = S.el("select", { onchange: (event) => S.set({ [key]: event.target.value === "" ? null : Number(event.target.value) }) },
      S.el("option", { value: "", text: "all" }), names.map(([value, name]) => S.el("option", { value: value, text: name })));
    S.listen(() => { node.value = S.state[key] === null ? "" : String(S.state[key]); });
    return S.el("label", {}, label, node);
  }
  function controls() {
    const out = [];
    if (D.tenants.length > 1) out.push(select("tenant", "tenant", D.tenants.map((_, i) => [i, R.tenantName(i)])));
    const sizes = D.sizes.map((name, i) => [i, name]).filter(([i]) => D.groups.some((group) => group.s === i));
    if (sizes.length > 1) out.push(select("size", "size", sizes));
    if (D.hours.length > 2) out.push(select("pool", "pool", D.hours.slice(1).map((_, i) => [i + 1, R.poolName(i + 1)])));
    const all = S.el("button", { type: "button", class: "quiet", onclick: () => S.set({ from: null, to: null, tenant: null, size: null, pool: null, node: null, gpu: null }) });
    const update = function () {
      const [from, to] = S.range();
      const words = S.state.from === null ? [] : [S.instant(from, to - from) + " to " + S.instant(to, to - from)];
      all.textContent = words.concat("show all").join(": ");
      all.hidden = ["from", "tenant", "size", "pool"].every((key) => S.state[key] === null);
    };
    S.listen(update);
    update();
    return out.concat(S.el("button", { type: "button", class: "quiet", text: "Find a job /", onclick: R.search }), all);
  }

  function top(main) {
    const overheads = D.overheads.length ? "Overheads: " + D.overheads.join("; ") + "." : "No overheads.";
    const section = S.el("section", { class: "top wide", "aria-label": "Verdict" },
      S.el("p", { class: "eyebrow" }, S.name(D.scenario), " \u00b7 seed " + D.seed + " \u00b7 ", S.el("bdi", { text: D.axes.map(([axis, policy]) => axis + " " + policy).join(", ") }), " \u00b7 fact hash " + D.fact_hash),
      S.el("h1", { text: D.verdict }), S.el("p", { class: "note", text: overheads + (D.warmup_s ? " The first " + S.dur(D.warmup_s) + " are warm-up and left out of statistics." : "") + (D.sequential ? " Arrivals are sequential: time has no meaning, every decision counts as one." : "") }),
      D.warnings.map((warning) => S.el("p", { class: "warning" }, S.el("bdi", { text: warning }))), D.command ? S.copyable("command", D.command) : null);
    if (D.goals.length) {
      const path = (goal) => goal.split(/\s*[<>=!]=?/)[0].trim();
      section.append(S.table({
        caption: "Goals", columns: [{ name: "goal", text: true }, { name: "value" }, { name: "verdict", text: true }],
        rows: D.goals.map((goal) => [goal.goal, { value: goal.value, text: S.metric(path(goal.goal), goal.value) }, { value: goal.met ? "met" : "missed", node: S.el("span", { class: goal.met ? "met" : "missed", text: goal.met ? "\u2713 met" : "\u2717 missed" }) }]),
      }));
    }
    main.append(section);
  }

  function kpi(parent, label, value, hint, metric, n, spark, look) {
    const source = metric + (n === null ? "" : ", n = " + S.count(n)), where = "summary.json: " + source;
    const card = S.el("div", { class: "kpi", title: where, role: "group", "aria-label": label + ", " + where }, S.el("span", { class: "label", text: label }), S.el("b", { class: look, text: value }), S.el("span", { class: "hint" }, S.el("bdi", { text: hint })), S.el("span", { class: "source", text: source }));
    parent.append(card);
    if (spark && spark.values.some((v) => v > 0)) {
      const holder = S.el("div", { class: "spark" });
      card.append(holder);
      S.spark(holder, spark.values, label + ": " + spark.name + " over time");
    }
  }
  function worstTenant() {
    const cells = D.tenants.map((_, row) => [row, R.cell(row, null)]).filter(([, cell]) => cell && S.known(cell.wait_s.p95) && cell.wait_s.n > 0);
    return cells.length > 1 ? cells.reduce((best, one) => (one[1].wait_s.p95 > best[1].wait_s.p95 ? one : best)) : null;
  }
  function kpis(main) {
    const holder = S.el("section", { class: "kpis wide", "aria-label": "Key figures" });
    const fill = function () {
      holder.replaceChildren();
      const series = D.series, total = series.pools.reduce((sum, pool) => (sum ? (S.addTo(sum, pool.total), sum) : pool.total.slice()), null) || [];
      const ratio = (key) => { const sum = new Array(total.length).fill(0); for (const pool of series.pools) S.addTo(sum, pool[key]); return { values: sum.map((value, i) => (total[i] > 0 ? value / total[i] : 0)), name: "share of GPUs" }; };
      const jobs = m("jobs.submitted");
      if (D.sequential) {
        kpi(holder, "Jobs bound", S.count(m("jobs.running")), "of " + S.count(jobs) + "; the others found no place", "jobs.running", jobs, null);
      } else {
        const recorded = m("recorded.wait_s.p95");
        const chosen = R.filtered() ? (R.cell(S.state.tenant, S.state.size) || { wait_s: { n: 0, p95: null } }).wait_s : null, groups = D.groups.filter(R.chosen);
        const sum = (key) => groups.reduce((total, group) => total + group[key], 0);
        if (chosen) {
          kpi(holder, "Wait, 95th percentile", chosen.n ? S.dur(chosen.p95) : "no job started", "of the chosen jobs; of all: " + S.dur(m("wait_s.p95")), "report.json: cells", chosen.n, null);
          kpi(holder, "Jobs that waited", S.count(sum("waited")), "of " + S.count(sum("jobs")) + " chosen jobs", "report.json: groups", sum("jobs"), null);
        } else kpi(holder, "Wait, 95th percentile", S.dur(m("wait_s.p95")), "95 % of jobs waited no longer" + (recorded !== null ? "; recorded: " + S.dur(recorded) : ""), "wait_s.p95", D.n.wait_s, { values: series.queue_gpus || [], name: "GPUs waited for" });
        if (!chosen) kpi(holder, "Jobs that waited", S.count(m("jobs.waited")), (jobs ? S.pct(m("jobs.waited") / jobs) : "0 %") + " of " + S.count(jobs) + " submitted", "jobs.waited", jobs, { values: series.queue_jobs || [], name: "jobs waiting" });
      }
      const lost = D.sequential ? 0 : m("jobs.failed") + m("jobs.rejected"), memory = m("gpu_memory.out_of_memory_jobs") || 0;
      if (lost > 0) {
        const parts = [[memory, "out of GPU memory"], [m("jobs.failed") - memory, memory ? "failed otherwise" : "failed"], [m("jobs.rejected"), "rejected: too large, or not allowed"]].filter(([count]) => count > 0);
        kpi(holder, "Jobs not completed", S.count(lost), S.pct(lost / jobs) + " of " + S.count(jobs) + ": " + parts.map(([count, words]) => S.count(count) + " " + words).join(", "), "jobs.failed, jobs.rejected", jobs, null, "missed");
      }
      const hours = S.state.pool === null ? null : D.hours[S.state.pool], part = (...keys) => keys.reduce((sum, key) => sum + Number(hours[key]), 0) / (Number(hours.capacity) - Number(hours.absent));
      if (hours) {
        kpi(holder, "GPUs allocated", S.pct(part("useful", "overhead")), "of the GPU time of " + R.poolName(S.state.pool) + "; of all pools: " + S.pct(m("gpu.allocated_ratio.mean")), "report.json: hours", null, null);
        kpi(holder, "GPUs useful", S.pct(part("useful")), "of the GPU time of " + R.poolName(S.state.pool) + "; of all pools: " + S.pct(m("gpu.useful_ratio.mean")), "report.json: hours", null, null);
      } else kpi(holder, "GPUs allocated", S.pct(m("gpu.allocated_ratio.mean")), "of GPU time was given to jobs; peak " + S.pct(m("gpu.allocated_ratio.peak")), "gpu.allocated_ratio.mean", null, ratio("allocated"));
      if (!hours) kpi(holder, "GPUs useful", S.pct(m("gpu.useful_ratio.mean")), m("overhead_gpu_s") > 0 ? S.num(m("overhead_gpu_s") / 3600) + " GPU-h went to overheads" : "allocated, less overheads (none here)", "gpu.useful_ratio.mean", null, ratio("used"));
      const usd = m("cost.usd_per_gpu_hour_used"), unpriced = D.pools.find((pool) => pool.cost_usd === null);
      if (!D.sequential) kpi(holder, "Cost per useful GPU-hour", usd === null ? "not known" : S.usd(usd), m("cost.usd") === null ? (unpriced ? "no price for pool " + unpriced.name : "a pool has no price") : S.usd(m("cost.usd")) + " in all, idle time included", "cost.usd_per_gpu_hour_used", null, null);
      const worst = worstTenant();
      if (worst) kpi(holder, "Worst tenant", S.dur(worst[1].wait_s.p95), "95th percentile of " + R.tenantName(worst[0]), "tenants.<tenant>.wait_s.p95", worst[1].wait_s.n, null);
      else kpi(holder, D.sequential ? "Fragmented" : "Makespan", D.sequential ? S.pct(m("gpu.fragmented_ratio.end")) : S.dur(m("makespan_s")), D.sequential ? "of GPUs at the end, if measured" : "first submit to last end; " + S.count(m("jobs.completed")) + " jobs completed", D.sequential ? "gpu.fragmented_ratio.end" : "makespan_s", null, null);
    };
    main.append(holder);
    fill();
    S.listen((changed) => { if (["theme", "tenant", "size", "pool"].some((key) => changed.includes(key))) fill(); });
  }

  function notModelled(main) {
    S.panel(main, { id: "limits", title: "What is not modelled", build: function (body) {
      const list = ["node, GPU and job failures; image pulls and node boot", "autoscaling; capacity changes only where the scenario says so", "networks: where a gang lies does not change its speed", m("sharing.slowed_jobs") === null ? "GPU models and neighbours on a device: run times are those of the workload" : "how CPU, memory and the network change a job's speed; of GPUs only what slices, neighbours and measured types do", ...(D.axes.some(([axis, policy]) => axis === "admission" && /^ku/.test(policy)) ? [] : ["quotas and borrowing"]), "inference services; elastic jobs"];
      body.append(S.el("ul", { class: "plain" }, list.map((text) => S.el("li", { text: text }))),
        S.el("p", { class: "note", text: (D.overheads.length ? "Switched on: " + D.overheads.join("; ") + ". " : "No start, restart, preemption or checkpoint overheads are switched on. ") + "Run times and, under the oracle estimate, what the scheduler knows of them are the workload's own." }));
    } });
  }

  S.commonKeys();
  S.timeKeys();
  S.key(["/"], "find a job", R.search);
  S.readAddress();
  const main = S.frame("run", controls());
  top(main);
  kpis(main);
  if (!D.sequential) R.quantiles(main);
  R.hours(main);
  R.waits(main);
  if (!D.sequential) {
    R.matrix(main);
    R.distributions(main);
  }
  R.jobs(main);
  R.map(main);
  R.devices(main);
  if (!D.sequential) R.worst(main);
  R.tenants(main);
  R.events(main);
  notModelled(main);
  S.reproduction(main, [["Scenario", D.scenario], ["Seed", D.seed], ["Fact hash", D.fact_hash], ["Version", D.version], ["Events", S.count(m("events"))]]);
  addEventListener("hashchange", S.readAddress);
})(globalThis.seatrial);
