// Run page: GPUs that are cut or shared. Slices of one GPU, instances over time, re-cuts, who shares with whom, memory.
"use strict";
(function (S) {
  const D = S.doc, R = S.run, V = D.devices;
  const step = () => S.span() / V.buckets;
  const times = () => S.bucketTimes(V.buckets, step());
  const dense = (sparse) => S.dense(sparse, V.buckets);
  const mean = (values) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : 0);
  // MIG pools that the chosen pool leaves.
  function pools() {
    const hours = S.state.pool === null ? null : D.hours[S.state.pool];
    return hours ? V.mig.filter((pool) => hours.pools === 1 && pool.name === hours.name) : V.mig;
  }
  const poolWords = () => (S.state.pool !== null ? " Shown: pool " + R.poolName(S.state.pool) + "." : "");

  // The same colour for the same profile everywhere: by compute slices, then name.
  const profiles = !V ? [] : [...new Map(V.mig.flatMap((pool) => pool.profiles.map((one) => [one.name, one.compute]))).entries()].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  const profileFill = (name) => S.series(profiles.indexOf(name));
  const profileColor = (name) => S.css("--c" + (profiles.indexOf(name) % 8));

  // ---- slices of one GPU ----
  const title = (gpu) => V.mig[gpu.pool].name + " / " + gpu.node + ", GPU " + gpu.gpu;
  const choices = () => V.sampled.map((gpu, at) => ({ gpu: gpu, at: at })).filter((one) => pools().includes(V.mig[one.gpu.pool]));
  const chosenGpu = () => { const list = choices(); return list.find((one) => one.at === S.state.gpu) || list[0]; };
  function barOf(pool, raw, busy) {
    const [profile, start, compute] = pool.places[raw[0]];
    return { profile: pool.profiles[profile].name, start: start, compute: Math.max(1, compute), begin: raw[1], end: raw[2], share: raw.length > 3 ? raw[3] : 1, job: raw[4], busy: busy };
  }
  function barsOf(gpu) {
    const pool = V.mig[gpu.pool], [from, to] = S.range();
    return [...gpu.exist.map((raw) => barOf(pool, raw, false)), ...gpu.busy.map((raw) => barOf(pool, raw, true))].filter((bar) => bar.end > from && bar.begin < to);
  }
  const sliceWords = (bar) => (bar.compute === 1 ? "slice " + bar.start : "slices " + bar.start + " to " + (bar.start + bar.compute - 1));
  const barWords = (bar) => bar.profile + " on " + sliceWords(bar) + (bar.busy ? (bar.job !== undefined ? ": job " + bar.job : ": busy") : ": idle") + (bar.share < 1 ? " " + S.pct(bar.share) + " of the time" : "") + ", from " + S.instant(bar.begin, S.range()[1] - S.range()[0]) + " for " + S.dur(bar.end - bar.begin);
  function slices(main) {
    S.panel(main, {
      id: "slices", title: "What was on the slices of a GPU?", follows: ["time", "pool"], also: ["gpu"], whole: "slices are of a GPU, not of jobs",
      note: () => "A row is a compute slice; solid: a job has the instance, pale: the instance exists and is idle, empty: no instance has the slice." + (V.merged ? " Means over intervals: there are too many jobs to draw each." : "")
        + (V.sampled.length < V.mig_gpus ? " " + S.count(V.sampled.length) + " of " + S.count(V.mig_gpus) + " GPUs in MIG mode can be chosen, evenly spread." : ""),
      build: function (body) {
        const chosen = chosenGpu();
        if (!chosen) return S.empty(body, "No GPU of this pool is cut.");
        body.append(S.el("p", {}, S.el("label", { class: "note" }, "GPU ", S.el("select", { "aria-label": "GPU", onchange: (event) => S.set({ gpu: Number(event.target.value) }) },
          choices().map((one) => S.el("option", { value: one.at, text: title(one.gpu), selected: one.at === chosen.at }))))));
        drawSlices(body, chosen.gpu);
      },
      table: function () {
        const chosen = chosenGpu(), bars = chosen ? barsOf(chosen.gpu) : [];
        return { caption: "Instances of " + (chosen ? title(chosen.gpu) : "no GPU"), none: "Nothing was cut in this time.",
          columns: [{ name: "profile", text: true }, { name: "slices", text: true }, { name: "from", csv: "begin_s", format: (v) => S.instant(v, S.span()) }, { name: "for", csv: "length_s", format: S.dur }, { name: "share of it", csv: "share", format: S.pct }, { name: "state", text: true }, { name: "job", text: true }],
          rows: bars.map((bar) => [bar.profile, sliceWords(bar), bar.begin, bar.end - bar.begin, bar.share, bar.busy ? "held by a job" : "instance exists", bar.job === undefined ? "" : String(bar.job)]) };
      },
    });
  }
  function drawSlices(body, gpu) {
    const pool = V.mig[gpu.pool], bars = barsOf(gpu), rows = pool.compute_slices, [from, to] = S.range();
    const shown = profiles.filter((name) => bars.some((bar) => bar.profile === name));
    if (!bars.length) S.empty(body, "No instance existed on this GPU in this time.");
    const tall = rows * 30, place = {}, readout = S.el("p", { class: "readout" });
    const busy = bars.filter((bar) => bar.busy).reduce((sum, bar) => sum + (Math.min(to, bar.end) - Math.max(from, bar.begin)) * bar.share * bar.compute, 0) / (rows * (to - from));
    const chart = S.canvas(body, tall + 24, "Slices of " + title(gpu) + " over time: " + S.pct(busy) + " of its " + rows + " compute slices were held" + (shown.length ? "; profiles " + shown.join(", ") : "") + ".", function (ctx, width) {
      const left = width < 560 ? 18 : 58;
      place.left = left;
      place.x = (t) => left + (t - from) / (to - from) * (width - left);
      place.y = (row) => row * 30;
      ctx.fillStyle = S.css("--band");
      ctx.fillRect(left, 0, width - left, tall);
      ctx.strokeStyle = S.css("--edge");
      for (let row = 1; row < rows; ++row) S.line(ctx, left, place.y(row), width, place.y(row));
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, 0, width - left, tall);
      ctx.clip();
      for (const bar of bars) {
        const x = place.x(bar.begin), w = Math.max(1, place.x(bar.end) - x - (bar.share < 1 ? 0 : 0.7)), y = place.y(bar.start) + 1.5, h = bar.compute * 30 - 3;
        ctx.globalAlpha = bar.busy ? Math.max(0.2, bar.share) : 0.22 * Math.max(0.3, bar.share);
        ctx.fillStyle = bar.busy ? profileFill(bar.profile) : profileColor(bar.profile);
        ctx.fillRect(x, y, w, h);
        ctx.globalAlpha = 1;
        if (w > 6 && bar.share === 1) { ctx.strokeStyle = profileColor(bar.profile); ctx.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1); }
        if (!bar.busy || bar.share < 1) continue;
        const at = Math.max(x, left) + 5, room = Math.min(x + w, width) - at - 5;
        const words = [bar.job !== undefined ? bar.profile + " \u00b7 " + bar.job : bar.profile, bar.profile].find((text) => room > 20 && ctx.measureText(text).width <= room);
        if (words) label(ctx, words, at, y + h / 2);
      }
      ctx.restore();
      ctx.fillStyle = S.css("--soft");
      ctx.textAlign = "left";
      for (let row = 0; row < rows; ++row) ctx.fillText(width < 560 ? String(row) : "slice " + row, 0, place.y(row) + 19);
      const ticks = S.timeTicks(from, to, Math.max(2, Math.floor(width / 120)));
      S.labelsAcross(ctx, ticks.map((t) => ({ x: place.x(t), text: S.timeTick(t, to - from) })), tall + 17, width);
    });
    chart.canvas.addEventListener("pointermove", function (event) {
      const box = chart.canvas.getBoundingClientRect(), x = event.clientX - box.left, row = Math.floor((event.clientY - box.top) / 30);
      const t = from + (x - place.left) / (box.width - place.left) * (to - from);
      const under = bars.filter((bar) => t >= bar.begin && t < bar.end && row >= bar.start && row < bar.start + bar.compute);
      readout.textContent = under.length ? barWords(under.find((bar) => bar.busy) || under[0]) : x >= place.left && row < rows ? "slice " + row + ": no instance" : "";
    });
    S.legend(body, shown.map((name) => ({ name: name, fill: profileFill(name) })));
    body.append(readout);
  }
  // Readable on any fill.
  function label(ctx, text, x, y) {
    const width = ctx.measureText(text).width;
    ctx.fillStyle = S.css("--card");
    ctx.globalAlpha = 0.85;
    ctx.fillRect(x - 2, y - 8, width + 4, 16);
    ctx.globalAlpha = 1;
    ctx.fillStyle = S.css("--ink");
    ctx.fillText(text, x, y + 4);
  }

  // ---- instances over time ----
  // Of each profile that ever existed: [{name, compute, exist, busy}] in instances.
  function instances() {
    return profiles.map(function (name) {
      const out = { name: name, compute: 1, exist: new Array(V.buckets).fill(0), busy: new Array(V.buckets).fill(0) };
      for (const pool of pools()) {
        const i = pool.profiles.findIndex((one) => one.name === name);
        if (i < 0) continue;
        out.compute = pool.profiles[i].compute;
        if (pool.exist[i]) S.addTo(out.exist, dense(pool.exist[i]));
        if (pool.busy[i]) S.addTo(out.busy, dense(pool.busy[i]));
      }
      return out;
    }).filter((one) => one.exist.some((value) => value > 0));
  }
  function layoutSeries() {
    const found = instances(), total = pools().reduce((sum, pool) => sum + pool.gpus * pool.compute_slices, 0);
    const cut = new Array(V.buckets).fill(0), busy = new Array(V.buckets).fill(0);
    const series = found.map(function (one) {
      const slices = one.exist.map((count) => count * one.compute);
      S.addTo(cut, slices);
      S.addTo(busy, one.busy.map((count) => count * one.compute));
      return { name: one.name, values: slices, fill: profileFill(one.name) };
    });
    series.push({ name: "in no instance", values: cut.map((value) => Math.max(0, total - value)), fill: S.css("--free") });
    series.push({ name: "busy (dashed)", values: busy, line: true, color: S.css("--ink"), dash: [5, 3] });
    return series;
  }
  function layouts(main) {
    S.panel(main, {
      id: "layouts", title: "How were GPUs cut, and were the slices used?", follows: ["time", "pool"], whole: "instances belong to no job while they are idle",
      note: () => "Compute slices of " + S.count(pools().reduce((sum, pool) => sum + pool.gpus, 0)) + " GPUs in MIG mode, by the profile of the instance that has them; the dashed line: slices of instances that jobs held." + poolWords(),
      build: function (body) {
        const found = instances();
        if (!found.length) return S.empty(body, pools().length ? "No instance existed." : "No GPU of this pool is cut.");
        S.legend(body, layoutSeries().map((one) => ({ name: one.name, fill: one.fill || one.color })));
        S.timeChart(body, { label: "Compute slices over time by profile: " + found.map((one) => one.name + " " + S.num(mean(one.exist)) + " instances on average").join(", ") + ".", x: times(), step: step(), end: S.span(), series: layoutSeries(), unit: "compute slices", height: 240 });
        body.append(S.table(profileTable()));
      },
      table: () => S.timeTable(times(), step(), layoutSeries(), "compute slices"),
    });
  }
  const profileTable = () => ({
    caption: "Instances by profile, over the whole run", columns: [{ name: "profile", text: true }, { name: "compute slices" }, { name: "instances, mean" }, { name: "busy, mean" }, { name: "busy of existing", format: S.pct }],
    rows: instances().map((one) => [one.name, one.compute, mean(one.exist), mean(one.busy), mean(one.busy) / mean(one.exist)]),
  });

  // ---- re-cuts ----
  function recuts(main) {
    const count = () => pools().reduce((sum, pool) => sum + pool.recuts, 0), lost = () => pools().reduce((sum, pool) => sum + pool.recut_s, 0);
    const sum = (key) => pools().reduce((total, pool) => { S.addTo(total, dense(pool[key])); return total; }, new Array(V.buckets).fill(0));
    const series = () => [{ name: "GPUs being re-cut", values: sum("recut_s_in").map((value) => value / step()), fill: S.fill(S.css("--c1"), "diagonal") }];
    const rate = () => [{ name: "re-cuts an hour", values: sum("recuts_in").map((value) => value / step() * 3600), fill: S.fill(S.css("--c5"), "solid") }];
    S.panel(main, {
      id: "recuts", title: "What did re-cutting GPUs cost?", follows: ["time", "pool"], whole: "a re-cut changes a GPU for all",
      note: function () {
        const gpus = pools().reduce((total, pool) => total + pool.gpus, 0);
        return count() ? S.count(count()) + " re-cuts took " + S.dur(lost()) + " in all, " + S.pct(lost() / (gpus * S.span())) + " of the time of these GPUs. The job for which a GPU is re-cut holds its slices meanwhile: that is overhead, not waiting." + poolWords() : "";
      },
      build: function (body) {
        if (!count()) return S.empty(body, "No GPU was re-cut: layouts stayed as they were.");
        const grid = S.el("div", { class: "two" });
        body.append(grid);
        for (const [heading, list, unit] of [["How often", rate(), "re-cuts an hour"], ["GPUs that were being re-cut", series(), "GPUs"]]) {
          const figure = S.el("div", {}, S.el("h3", { text: heading }));
          grid.append(figure);
          S.timeChart(figure, { label: list[0].name + " over time; " + S.count(count()) + " re-cuts in all.", x: times(), step: step(), end: S.span(), series: list, unit: unit, height: 180, none: "They took no time." });
        }
        if (pools().length > 1) body.append(S.table({ caption: "Re-cuts by pool", columns: [{ name: "pool", text: true }, { name: "GPUs" }, { name: "re-cuts" }, { name: "time", format: S.dur }], rows: pools().map((pool) => [pool.name, pool.gpus, pool.recuts, pool.recut_s]) }));
      },
      table: () => S.timeTable(times(), step(), [...rate(), ...series()], ""),
    });
  }

  // ---- who shares with whom ----
  const sharingRows = () => V.sharing.rows.map(([mode, of, beside, held, lost]) => ({ mode: mode, of: of, beside: beside, held: held, lost: lost }));
  const slowdown = (cell) => (cell.held > cell.lost ? cell.held / (cell.held - cell.lost) : null);
  const modeWords = { "share": "shares of a GPU", "time-slicing": "time-slicing", "mps": "MPS", "mig": "slices of a cut GPU (MIG)" };
  function sharing(main) {
    const all = sharingRows(), modes = [...new Set(all.map((cell) => cell.mode))], kinds = V.sharing.kinds, modelled = V.sharing.modelled;
    let mode = modes.slice().sort((a, b) => total(all, b).lost - total(all, a).lost || total(all, b).held - total(all, a).held)[0];
    const panel = S.panel(main, {
      id: "sharing", title: "Who shares a GPU with whom, and what does it cost?", follows: [], whole: "pairs are kept for the whole run",
      note: function () {
        const lost = all.reduce((sum, cell) => sum + cell.lost, 0), held = all.reduce((sum, cell) => sum + cell.held, 0);
        if (!all.length) return "";
        return "Jobs of a row while jobs of a column were on the same GPU. " + (modelled ? "Large: how much longer they were at work than alone on whole GPUs; small: GPU-hours held so. In all " + S.num(lost / 3600) + " of " + S.num(held / 3600) + " GPU-h (" + S.pct(held > 0 ? lost / held : 0) + ") would not have been needed alone. How much longer a job took is recorded; to whom it lost the time is not: it is spread evenly over its time, and over those beside it."
          : "GPU-hours held so. Speed is not modelled in this scenario (models), so that sharing costs nothing here.");
      },
      build: function (body) {
        if (!all.length) return S.empty(body, "No job held a GPU that is cut or shared.");
        if (modes.length > 1) body.append(S.el("p", {}, S.el("label", { class: "note" }, "how GPUs are shared ", S.el("select", { "aria-label": "how GPUs are shared", onchange: (event) => { mode = event.target.value; panel.draw(); } }, modes.map((one) => S.el("option", { value: one, text: modeWords[one] || one, selected: one === mode }))))));
        body.append(matrix(all.filter((cell) => cell.mode === mode)));
      },
      table: () => ({
        caption: "Who shares with whom", columns: [{ name: "mode", text: true }, { name: "jobs", text: true }, { name: "beside", text: true }, { name: "held (GPU-h)" }, { name: "lost (GPU-h)" }, { name: "slowdown" }],
        rows: all.map((cell) => [cell.mode, kinds[cell.of], cell.beside === null ? "alone" : kinds[cell.beside], cell.held / 3600, modelled ? cell.lost / 3600 : null, modelled ? slowdown(cell) : null]),
      }),
    });
    function total(cells, one) {
      return cells.filter((cell) => cell.mode === one).reduce((sum, cell) => ({ held: sum.held + cell.held, lost: sum.lost + cell.lost }), { held: 0, lost: 0 });
    }
    function matrix(cells) {
      const rows = kinds.map((_, i) => i).filter((i) => cells.some((cell) => cell.of === i));
      const columns = [["in all", () => true], ["alone", (cell) => cell.beside === null], ...kinds.map((name, i) => [name, (cell) => cell.beside === i])].filter(([, fits]) => cells.some(fits));
      const node = (list) => {
        const sum = list.reduce((a, cell) => ({ held: a.held + cell.held, lost: a.lost + cell.lost }), { held: 0, lost: 0 });
        if (!list.length) return S.el("td", { text: "never" });
        const slow = slowdown(sum), hours = S.num(sum.held / 3600) + " GPU-h";
        if (!modelled) return S.el("td", { text: hours });
        const heat = slow === null || slow >= 2 ? 4 : slow >= 1.5 ? 3 : slow >= 1.2 ? 2 : slow >= 1.02 ? 1 : 0;
        return S.el("td", { class: "heat" + (heat ? " heat" + heat : "") }, slow === null ? "not known" : "\u00d7 " + slow.toFixed(2), S.el("small", { text: hours }));
      };
      return S.el("div", { class: "scroll keep", tabindex: "0", role: "region", "aria-label": "Who shares with whom" }, S.el("table", {},
        S.el("thead", {}, S.el("tr", {}, S.el("th", { class: "text", scope: "col", text: "jobs" }), columns.map(([name], i) => S.el("th", { scope: "col" }, i > 1 || name !== "in all" && name !== "alone" ? ["beside ", S.name(name)] : name)))),
        S.el("tbody", {}, rows.map((of) => S.el("tr", {}, S.el("th", { class: "text", scope: "row" }, S.name(kinds[of])), columns.map(([, fits]) => node(cells.filter((cell) => cell.of === of && fits(cell)))))))));
    }
  }

  // ---- GPU memory ----
  function memory(main) {
    const M = V.memory;
    const series = function () {
      const asked = dense(M.asked_gib);
      if (!M.known) return [{ name: "asked for", values: asked, fill: S.fill(S.css("--c0"), "solid") }];
      const given = dense(M.allocated_gib);
      return [{ name: "asked for", values: asked, fill: S.fill(S.css("--c0"), "solid") }, { name: "stranded", values: given.map((value, i) => Math.max(0, value - asked[i])), fill: S.fill(S.css("--c4"), "dots") }];
    };
    S.panel(main, {
      id: "gpu-memory", title: "How much GPU memory was asked for, and how much stranded?", follows: ["time"], whole: "memory is kept for the whole cluster",
      note: () => (M ? "Of jobs while they hold GPUs. Stranded: what their GPUs, slices and shares have beyond what the jobs ask for." + (M.known ? "" : " How much that is is not known: the catalogue lacks the memory of a GPU, or GPUs are plain.") : ""),
      build: function (body) {
        if (!M) return S.empty(body, "No job states its GPU memory (gpu_memory): nothing is known of it.");
        S.legend(body, series().map((one) => ({ name: one.name, fill: one.fill, value: S.num(mean(one.values)) + " GiB on average" })));
        S.timeChart(body, { label: "GPU memory over time: " + series().map((one) => one.name + " " + S.num(mean(one.values)) + " GiB on average").join(", ") + ".", x: times(), step: step(), end: S.span(), series: series(), unit: "GiB", height: 220 });
      },
      table: () => (M ? S.timeTable(times(), step(), series(), "GiB") : { caption: "GPU memory", columns: [{ name: "GPU memory", text: true }], rows: [], none: "Nothing is known of it." }),
    });
  }

  R.devices = function (main) {
    if (!V) return;
    if (V.mig.length) {
      slices(main);
      layouts(main);
      recuts(main);
    }
    sharing(main);
    memory(main);
  };
})(globalThis.seatrial);
