// Run page: where the GPU hours went, and when and why jobs waited.
"use strict";
(function (S) {
  const D = S.doc;
  const R = (S.run = {});
  const hourKinds = [
    ["useful", "useful", "--c0", "solid", "running, making progress"],
    ["overhead", "overhead", "--c1", "diagonal", "held, but starting, restarting or saving"],
    ["fragmented", "fragmented", "--c4", "dots", "free, of no use to the usual jobs"],
    ["free", "free", "--free", "solid", "present and not allocated"],
    ["absent", "absent", "--absent", "cross", "not present: added later or taken away"],
  ];
  const reasonLook = {
    "capacity": ["--c3", "solid", "too few GPUs were free"],
    "fragmentation": ["--c4", "dots", "enough GPUs were free, but not in a legal place"],
    "head-of-line": ["--c5", "diagonal", "behind a blocked head of the queue, or kept back by a reservation"],
    "quota": ["--c6", "vertical", "the queue's quota was used up"],
    "constraint": ["--c2", "cross", "GPUs were free, but not in pools that the job may use"],
  };
  R.reasons = Object.keys(D.waiting_milli_ns);
  R.reasonFill = (name) => S.fill(S.css((reasonLook[name] || ["--c7"])[0]), (reasonLook[name] || ["", "horizontal"])[1]);
  R.reasonWords = (name) => (reasonLook[name] || ["", "", ""])[2];
  R.tenantName = function (row) {
    if (!D.tenants.length) return "all jobs";
    if (D.tenant_count > D.tenants.length - 1 && row === D.tenants.length - 1 && D.tenant_count > row + 1) return S.count(D.tenant_count - row) + " other tenants";
    return D.tenants[row] === "" ? "(no tenant)" : D.tenants[row];
  };
  // The same colour for the same tenant on every page: by a hash of its name, and the next free one where two meet.
  const colors = (function () {
    const hash = (text) => { let h = 2166136261; for (let i = 0; i < text.length; ++i) h = Math.imul(h ^ text.charCodeAt(i), 16777619) >>> 0; return h; };
    const taken = new Set(), out = [];
    const rows = D.tenants.map((name, row) => [name, row]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    for (const [name, row] of rows) {
      let color = hash(name) % 8;
      while (taken.size < 8 && taken.has(color)) color = (color + 1) % 8;
      if (taken.size >= 8) color = taken.size;
      taken.add(color);
      out[row] = color;
    }
    return out;
  })();
  R.tenantFill = (row) => S.series(colors[row]);
  R.poolName = (row) => (row === 0 ? "all pools" : D.hours[row].pools > 1 && D.hours[row].name === "" ? D.hours[row].pools + " other pools" : D.hours[row].name || "(no name)");
  // Groups of jobs that the filter leaves.
  R.chosen = (group) => (S.state.tenant === null || group.t === S.state.tenant) && (S.state.size === null || group.s === S.state.size) && (S.state.pool === null || !D.by_pool || group.p === S.state.pool);
  // What a panel of groups of jobs can be narrowed to.
  R.groupKeys = ["tenant", "size"].concat(D.by_pool ? "pool" : []);
  R.filtered = () => S.state.tenant !== null || S.state.size !== null || (D.by_pool && S.state.pool !== null);
  R.filterWords = function () {
    const parts = [];
    if (S.state.tenant !== null) parts.push("tenant " + R.tenantName(S.state.tenant));
    if (S.state.size !== null) parts.push("size " + D.sizes[S.state.size]);
    if (D.by_pool && S.state.pool !== null) parts.push("pool " + R.poolName(S.state.pool) + " (jobs whose last place was there)");
    return parts.length ? " Shown: " + parts.join(", ") + "." : "";
  };
  const hoursUnit = () => (D.sequential ? "GPU-decisions" : "GPU-h");
  const hoursOf = (milliNs) => (D.sequential ? Number(milliNs) / 1e12 : S.gpuHours(milliNs));

  // ---- GPU hours ----
  function poolSeries(key) {
    const rows = S.state.pool === null ? D.series.pools : D.series.pools.slice(S.state.pool - 1, S.state.pool);
    const sum = new Array(rows.length ? rows[0][key].length : 0).fill(0);
    for (const row of rows) S.addTo(sum, row[key]);
    return sum;
  }
  function hourSeries() {
    const allocated = poolSeries("allocated"), used = poolSeries("used"), total = poolSeries("total");
    const most = Math.max(...total, 0);
    const fragmented = S.state.pool === null && D.series.fragmented_gpus ? D.series.fragmented_gpus : total.map(() => 0);
    const values = {
      useful: used,
      overhead: allocated.map((value, i) => Math.max(0, value - used[i])),
      fragmented: fragmented.map((value, i) => Math.min(value, Math.max(0, total[i] - allocated[i]))),
      free: total.map((value, i) => Math.max(0, value - allocated[i] - Math.min(fragmented[i], Math.max(0, value - allocated[i])))),
      absent: total.map((value) => most - value),
    };
    return hourKinds.map(([key, name, color, pattern]) => ({ name: name, values: values[key], fill: S.fill(S.css(color), pattern) }));
  }
  R.times = () => S.bucketTimes(D.series.pools.length ? D.series.pools[0].total.length : (D.series.queue_jobs || []).length, D.series.step_s);

  R.hours = function (main) {
    const row = () => D.hours[S.state.pool === null ? 0 : S.state.pool];
    S.panel(main, {
      id: "hours", title: "Where did the GPU hours go?", follows: ["time", "pool"], whole: "free and absent GPUs belong to no job, see the GPUs that jobs held below",
      note: () => "Of " + S.num(hoursOf(row().capacity)) + " " + hoursUnit() + " of capacity (" + R.poolName(S.state.pool || 0) + ", " + (D.sequential ? "all decisions" : "first submit" + (D.warmup_s ? " plus warm-up" : "") + " to last end") + "). The parts add up to it exactly; the remainder is " + S.num(hoursOf(row().residual)) + "."
        + (S.state.from !== null ? " The bar is of the whole run." : "") + (D.metrics["gpu.fragmented_ratio.mean"] !== null && S.state.pool !== null ? " Fragmentation is measured for the whole cluster only." : ""),
      build: function (body) {
        const parts = hourKinds.map(([key, name, color, pattern, words]) => ({ name: name, value: hoursOf(row()[key]), fill: S.fill(S.css(color), pattern), words: words })).filter((part) => part.value > 0);
        if (!parts.length) return S.empty(body, "The run took no time, or there is no GPU: nothing to divide.");
        const sum = hoursOf(row().capacity);
        S.shareBar(body, "GPU time: " + parts.map((part) => part.name + " " + S.pct(part.value / sum)).join(", ") + ".", parts);
        S.legend(body, parts.map((part) => ({ name: part.name, fill: part.fill, value: S.pct(part.value / sum) + ", " + S.num(part.value) + " " + hoursUnit(), hint: "(" + part.words + ")" })));
        S.timeChart(body, { label: "GPUs over time, stacked: " + parts.map((part) => part.name).join(", ") + ".", x: R.times(), step: D.series.step_s, end: S.span(), series: hourSeries(), unit: "GPUs", none: "The run took no time: nothing to draw." });
      },
      table: () => S.timeTable(R.times(), D.series.step_s, hourSeries(), "GPUs"),
    });
    const kinds = hourKinds.filter(([key]) => key === "useful" || key === "free" || D.hours.some((hours) => hours[key] !== "0"));
    const single = D.hours.length === 2;
    S.panel(main, {
      id: "pools", title: "GPU hours by pool", follows: [], also: ["pool"],
      table: () => ({
        caption: "GPU hours by pool", onrow: D.hours.length > 2 ? (i) => S.set({ pool: S.state.pool === i || i === 0 ? null : i }) : null,
        columns: [{ name: "pool", text: true }, { name: "GPUs at the end", csv: "gpus" }, ...kinds.map(([, name]) => ({ name: name + " (" + hoursUnit() + ")" })), { name: "capacity (" + hoursUnit() + ")" }, { name: "remainder" }, { name: "cost", csv: "cost_usd" }, { name: "energy", csv: "energy_kwh" }],
        rows: (single ? D.hours.slice(0, 1) : D.hours).map(function (hours, i) {
          const pool = D.pools.find((one, at) => at === i - 1 && hours.pools === 1);
          const whole = (name) => D.metrics[name];
          const cost = i === 0 ? whole("cost.usd") : pool ? pool.cost_usd : null;
          const energy = i === 0 ? whole("energy_kwh") : pool ? pool.energy_kwh : null;
          const gpus = i === 0 ? whole("gpu.total_milli") / 1000 : pool ? pool.gpus : null;
          return [{ value: R.poolName(single ? 1 : i), class: S.state.pool === i ? "chosen" : "" }, gpus, ...kinds.map(([key]) => hoursOf(hours[key])), hoursOf(hours.capacity), hoursOf(hours.residual),
            { value: cost, text: cost === null && !D.sequential ? "not known: no price" : S.usd(cost) }, { value: energy, text: S.known(energy) ? S.num(energy) + " kWh" : "not known" }];
        }),
      }),
    });
  };

  // ---- waits over time ----
  function waitSeries() {
    const count = D.group_series.buckets;
    const sums = R.reasons.map(() => new Array(count).fill(0));
    for (const group of D.group_series.groups.filter(R.chosen)) {
      group.waiting.forEach((sparse, i) => { if (sparse) S.addTo(sums[i], S.dense(sparse, count)); });
    }
    return R.reasons.map((name, i) => ({ name: name, values: sums[i], fill: R.reasonFill(name) }));
  }
  const groupStep = () => S.span() / Math.max(1, D.group_series.buckets);
  const waitTimes = () => S.bucketTimes(D.group_series.buckets, groupStep());
  R.waitTotals = function (chosen) {
    const sums = R.reasons.map(() => 0n);
    for (const group of D.groups.filter(chosen)) group.waiting_milli_ns.forEach((text, i) => { sums[i] += BigInt(text); });
    return sums;
  };
  R.waits = function (main) {
    S.panel(main, {
      id: "waits", title: "Why did jobs wait?", follows: ["time", ...R.groupKeys],
      note: () => R.waitTotals(R.chosen).every((sum) => sum === 0n) ? "" : "GPUs asked for by waiting jobs, by the reason why they waited. The split of each job's wait is exact; when within its wait each reason held is approximated: "
        + (D.axes.some(([axis, policy]) => axis === "admission" && policy === "strict") ? "head-of-line first, the others spread evenly over the rest." : "reasons are spread evenly over it.") + R.filterWords(),
      build: function (body) {
        const totals = R.waitTotals(R.chosen), sum = totals.reduce((a, b) => a + b, 0n);
        if (sum === 0n) return S.empty(body, D.sequential ? "Jobs came one by one and were bound or failed at once: nobody waited." : "No job that asks for GPUs waited" + (R.filtered() ? " here." : "."));
        const parts = R.reasons.map((name, i) => ({ name: name, value: S.gpuHours(totals[i]), fill: R.reasonFill(name) })).filter((part) => part.value > 0);
        const all = S.gpuHours(sum);
        S.shareBar(body, "Waiting by reason: " + parts.map((part) => part.name + " " + S.pct(part.value / all)).join(", ") + ".", parts);
        S.legend(body, parts.map((part) => ({ name: part.name, fill: part.fill, value: S.pct(part.value / all) + ", " + S.num(part.value) + " GPU-h", hint: "(" + R.reasonWords(part.name) + ")" })));
        S.timeChart(body, { label: "GPUs waited for over time, by reason: " + parts.map((part) => part.name).join(", ") + ".", x: waitTimes(), step: groupStep(), end: S.span(), series: waitSeries(), unit: "GPUs" });
      },
      table: () => S.timeTable(waitTimes(), groupStep(), waitSeries().filter((one) => one.values.some((value) => value > 0)), "GPUs"),
    });
    if (D.sequential) return;
    S.panel(main, {
      id: "waits-by-tenant", title: D.tenants.length ? "GPU hours of waiting, by reason and tenant" : "GPU hours of waiting, by reason and size", follows: R.groupKeys,
      build: function (body) {
        const rows = waitRows().filter((row) => row.sum > 0n);
        if (!rows.length) return S.empty(body, "No GPU hours of waiting.");
        S.bars(body, "GPU hours of waiting: " + rows.slice(0, 5).map((row) => row.name + " " + S.num(S.gpuHours(row.sum))).join(", ") + ".",
          rows.map((row) => ({ name: row.name, text: S.num(S.gpuHours(row.sum)) + " GPU-h", parts: row.totals.map((value, i) => ({ value: S.gpuHours(value), fill: R.reasonFill(R.reasons[i]) })) })));
        S.legend(body, R.reasons.filter((_, i) => rows.some((row) => row.totals[i] > 0n)).map((name) => ({ name: name, fill: R.reasonFill(name) })));
      },
      table: () => ({
        caption: "GPU hours of waiting by reason", columns: [{ name: D.tenants.length ? "tenant" : "size", text: true }, ...R.reasons.map((name) => ({ name: name + " (GPU-h)" })), { name: "sum (GPU-h)" }],
        rows: waitRows().map((row) => [row.name, ...row.totals.map(S.gpuHours), S.gpuHours(row.sum)]),
      }),
    });
  };
  function waitRows() {
    const byTenant = D.tenants.length > 0;
    const count = byTenant ? D.tenants.length : D.sizes.length;
    return Array.from({ length: count }, function (_, row) {
      const totals = R.waitTotals((group) => R.chosen(group) && (byTenant ? group.t : group.s) === row);
      return { name: byTenant ? R.tenantName(row) : D.sizes[row], totals: totals, sum: totals.reduce((a, b) => a + b, 0n) };
    });
  }

  // ---- jobs over time, and GPUs held by tenant ----
  // Means of the chosen groups; the extremes are kept of the whole cluster alone.
  function chosenGpus() {
    const count = D.group_series.buckets, held = new Array(count).fill(0), waiting = new Array(count).fill(0);
    for (const group of D.group_series.groups.filter(R.chosen)) {
      if (group.held) S.addTo(held, S.dense(group.held, count));
      for (const sparse of group.waiting) if (sparse) S.addTo(waiting, S.dense(sparse, count));
    }
    return S.coarse([held, waiting], groupStep(), S.chartPixels());
  }
  const bandOf = (color) => color + (S.dark() ? "55" : "44");
  function levels(main, id, title, unit, lines, options) {
    const narrowed = () => options.narrowed !== undefined && R.filtered();
    const shown = function () {
      if (narrowed()) {
        const found = options.narrowed();
        return { x: found.x, step: found.step, series: lines.map(([name, , color, dash], i) => ({ name: name, values: found.values[i], line: true, color: S.css(color), dash: dash })) };
      }
      const found = lines.map(([, key]) => (D.levels ? S.pyramid(D.levels[key], D.levels.step_s, S.chartPixels()) : { x: [], step: 1, low: [], mean: [], high: [] }));
      return { x: found[0].x, step: found[0].step, series: lines.map(([name, , color, dash], i) => ({ name: name, values: found[i].mean, low: found[i].low, high: found[i].high, line: true, color: S.css(color), band: bandOf(S.css(color)), dash: dash })) };
    };
    S.panel(main, {
      id: id, title: title, wide: false, follows: options.follows, whole: options.whole,
      note: () => (narrowed() ? "Means." + R.filterWords() : D.levels ? "Line: mean; band: smallest to largest, over intervals of " + S.dur(shown().step) + "." + (D.levels.step_s < shown().step ? " Zoom in for shorter ones, down to " + S.dur(D.levels.step_s) + "." : "") : ""),
      build: function (body) {
        const found = shown();
        S.legend(body, found.series.map((one) => ({ name: one.name + (one.dash ? " (dashed)" : ""), fill: one.color })));
        S.timeChart(body, { label: title + " over time: " + found.series.map((one) => one.name + " at most " + S.num((one.high || one.values).reduce((a, b) => Math.max(a, b), 0))).join(", ") + ".", x: found.x, end: Math.min(S.span(), found.x.length * found.step), series: found.series, unit: unit, height: 220, none: "The run took no time: nothing to draw." });
      },
      table: () => { const found = shown(); return S.timeTable(found.x, found.step, found.series, unit); },
    });
  }

  R.jobs = function (main) {
    if (!D.sequential) {
      levels(main, "queue", "Jobs waiting and running", "jobs", [["running", "running_jobs", "--c2"], ["waiting", "waiting_jobs", "--c3", [6, 3]]],
        { follows: ["time"], whole: "single jobs are counted for the whole cluster; the GPUs beside it are narrowed" });
      levels(main, "gpus", "GPUs waited for and held", "GPUs", [["held", "held_gpus", "--c0"], ["waited for", "waiting_gpus", "--c3", [6, 3]]],
        { follows: ["time", ...R.groupKeys], narrowed: chosenGpus });
    }
    if (D.tenants.length > 1) {
      const series = function () {
        const count = D.group_series.buckets;
        return D.tenants.map(function (_, row) {
          const sum = new Array(count).fill(0);
          for (const group of D.group_series.groups.filter((one) => one.t === row && R.chosen(one) && one.held)) S.addTo(sum, S.dense(group.held, count));
          return { name: R.tenantName(row), values: sum, fill: R.tenantFill(row) };
        });
      };
      S.panel(main, {
        id: "held", title: "GPUs held by tenant", follows: ["time", ...R.groupKeys],
        build: function (body) {
          const shown = series().filter((one) => one.values.some((value) => value > 0));
          S.legend(body, shown.map((one) => ({ name: one.name, fill: one.fill })));
          S.timeChart(body, { label: "GPUs held over time by " + S.count(shown.length) + " tenants.", x: waitTimes(), step: groupStep(), end: S.span(), series: shown, unit: "GPUs", height: 220 });
        },
        table: () => S.timeTable(waitTimes(), groupStep(), series(), "GPUs"),
      });
    }
  };
})(globalThis.seatrial);
