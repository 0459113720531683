// Run page: the cluster as a map of nodes and time, and the jobs of one node as bars.
"use strict";
(function (S) {
  const D = S.doc, R = S.run;
  const levelOf = (row, at) => row.cells.charCodeAt(at) - 48;  // 0: nothing held, else 1..64
  const kAbsent = 72;  // the letter x
  // Of `merge` cells from `at` on; absent only if all are.
  function merged(row, at, merge) {
    let sum = 0, present = 0;
    for (let k = at; k < Math.min(at + merge, row.cells.length); ++k) {
      const level = levelOf(row, k);
      if (level === kAbsent) continue;
      sum += level;
      ++present;
    }
    return present ? Math.max(sum > 0 ? 1 : 0, Math.round(sum / present)) : kAbsent;
  }
  const share = (level) => (level === 0 || level === kAbsent ? 0 : (level - 0.5) / 64);
  const rowTitle = (row) => row.name + (row.nodes > 1 ? " and " + S.count(row.nodes - 1) + " more nodes" : "");

  function rowsShown() {
    const name = S.state.pool === null ? null : D.hours[S.state.pool];
    const rows = D.map.rows.map((row, i) => ({ row: row, at: i }));
    return name && name.pools === 1 ? rows.filter((one) => one.row.pool === name.name) : rows;
  }
  // Red, green and blue by level; worked out once for each theme, because reading pixels back is slow.
  const shadesOf = new Map();
  function shades() {
    if (shadesOf.has(S.dark())) return shadesOf.get(S.dark());
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (color) => { probe.fillStyle = color; probe.fillRect(0, 0, 1, 1); return probe.getImageData(0, 0, 1, 1).data; };
    const from = rgb(S.css("--free")), to = rgb(S.css("--c0")), top = rgb(S.css("--ink"));
    const found = Array.from({ length: 65 }, function (_, level) {
      const t = level / 64, mix = (i) => (t < 0.7 ? from[i] + (to[i] - from[i]) * t / 0.7 : to[i] + (top[i] - to[i]) * (t - 0.7) / 0.3 * 0.55);
      return [0, 1, 2].map((i) => Math.round(mix(i)));
    });
    shadesOf.set(S.dark(), found);
    return found;
  }
  // One pixel a cell, drawn as one picture: many times faster than a rectangle a cell.
  function picture(rows, first, end, merge) {
    const color = shades(), image = new ImageData(end - first, rows.length), absent = [];
    rows.forEach(function ({ row }, i) {
      for (let at = first; at < end; ++at) {
        const level = merged(row, at * merge, merge);
        if (level === kAbsent) { absent.push([i, at]); continue; }
        image.data.set(color[Math.min(64, Math.max(0, level))], (i * (end - first) + at - first) * 4);
        image.data[(i * (end - first) + at - first) * 4 + 3] = 255;
      }
    });
    const canvas = document.createElement("canvas");
    canvas.width = end - first;
    canvas.height = rows.length;
    canvas.getContext("2d").putImageData(image, 0, 0);
    return { canvas: canvas, absent: absent };
  }

  function drawMap(ctx, width, rows, height) {
    const [from, to] = S.range(), buckets = rows[0].row.cells.length, step = S.span() / buckets;
    const left = width < 560 ? 8 : 130, bottom = height - 24, tall = bottom / rows.length;
    const x = (t) => left + (t - from) / (to - from) * (width - left);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, 0, width - left, bottom);
    ctx.clip();
    // Four cells become one as long as they would be thinner than two pixels.
    let merge = 1;
    while ((to - from) / (step * merge) > (width - left) / 2) merge *= 4;
    const first = Math.max(0, Math.floor(from / (step * merge))), end = Math.min(Math.ceil(buckets / merge), Math.ceil(to / (step * merge)));
    if (end > first) {
      const cells = picture(rows, first, end, merge), begin = x(first * merge * step);
      ctx.imageSmoothingEnabled = false;
      ctx.drawImage(cells.canvas, begin, 0, x(end * merge * step) - begin, bottom);
      ctx.fillStyle = S.fill(S.css("--absent"), "cross");
      for (const [i, at] of cells.absent) ctx.fillRect(x(at * merge * step), i * tall, x((at + 1) * merge * step) - x(at * merge * step) + 0.6, tall);
      ctx.fillStyle = S.css("--card");
      for (let i = 1; tall > 6 && i < rows.length; ++i) ctx.fillRect(left, i * tall - 1, width - left, 1);
    }
    ctx.restore();
    ctx.fillStyle = S.css("--soft");
    const ticks = S.timeTicks(from, to, Math.max(2, Math.floor(width / 120)));
    S.labelsAcross(ctx, ticks.map((t) => ({ x: x(t), text: S.timeTick(t, to - from) })), height - 7, width);
    ctx.textAlign = "left";
    if (left > 8) {
      let free = -Infinity, pool = null;
      rows.forEach(function ({ row }, i) {
        const y = i * tall;
        if (y < free && row.pool === pool) return;
        if (y < free) return;
        ctx.fillText(S.shorten(ctx, row.pool === pool || D.pool_count === 1 ? row.name : row.pool, left - 10), 0, y + Math.min(tall, 13) * 0.5 + 6);
        free = y + 18;
        pool = row.pool;
      });
    }
    const chosen = rows.findIndex((one) => one.at === S.state.node);
    if (chosen >= 0) {
      ctx.strokeStyle = S.css("--c3");
      ctx.lineWidth = 2;
      ctx.strokeRect(left + 1, chosen * tall, width - left - 2, Math.max(3, tall - 1));
      ctx.lineWidth = 1;
    }
  }

  R.map = function (main) {
    const absent = D.map.rows.some((row) => row.cells.includes("x"));
    const grouped = D.map.rows.some((row) => row.nodes > 1);
    S.panel(main, {
      id: "map", title: "Which nodes were busy, and when?", follows: ["time", "pool"], also: ["node", "tenant", "size"], whole: "the map is of nodes; the jobs of a chosen row are narrowed",
      note: () => "Share of GPUs held on each node, over time: " + (S.dark() ? "dark is free, pale is full." : "pale is free, dark is full.") + (grouped ? " " + S.count(D.map.nodes) + " nodes are drawn in " + D.map.rows.length + " rows." : "")
        + (absent ? " Crossed out: absent." : "") + " Choose a row to see its jobs.",
      build: function (body) {
        const rows = rowsShown();
        if (!rows.length || !rows[0].row.cells.length || !D.span_s) return S.empty(body, D.map.rows.length ? "The run took no time: nothing to draw." : "There are no nodes.");
        const height = Math.max(90, Math.min(420, rows.length * 22)) + 24;
        const busiest = rows.reduce((best, one) => (mean(one.row) > mean(best.row) ? one : best), rows[0]);
        const readout = S.el("p", { class: "readout" });
        const chart = S.canvas(body, height, "Map of " + S.count(D.map.nodes) + " nodes over time; the fullest is " + busiest.row.name + ", " + S.pct(mean(busiest.row)) + " held on average.", (ctx, width, tall) => drawMap(ctx, width, rows, tall));
        chart.holder.classList.add("pick");
        const select = S.el("select", { "aria-label": "node", onchange: (event) => S.set({ node: event.target.value === "" ? null : Number(event.target.value) }) },
          S.el("option", { value: "", text: "choose a node" }), rows.map((one) => S.el("option", { value: one.at, text: one.row.pool + " / " + rowTitle(one.row), selected: one.at === S.state.node })));
        body.append(readout, S.el("p", {}, select));
        S.canvas(body, 34, "Scale of the map: from free to full.", function (ctx) {
          const color = shades();
          for (let level = 0; level <= 64; ++level) { ctx.fillStyle = "rgb(" + color[level].join(",") + ")"; ctx.fillRect(level * 3, 0, 3, 12); }
          ctx.fillStyle = S.css("--soft");
          ctx.fillText("0 % held", 0, 28);
          ctx.textAlign = "right";
          ctx.fillText("100 %", 195, 28);
        });
        const at = (event) => {
          const box = chart.canvas.getBoundingClientRect();
          return rows[Math.min(rows.length - 1, Math.max(0, Math.floor((event.clientY - box.top) / (box.height - 24) * rows.length)))];
        };
        chart.canvas.addEventListener("click", (event) => { const one = at(event); S.set({ node: S.state.node === one.at ? null : one.at }); });
        chart.canvas.addEventListener("pointermove", function (event) {
          const box = chart.canvas.getBoundingClientRect(), left = box.width < 560 ? 8 : 130, [from, to] = S.range(), one = at(event);
          const t = from + Math.max(0, (event.clientX - box.left - left) / (box.width - left)) * (to - from);
          const bucket = Math.min(one.row.cells.length - 1, Math.floor(t / S.span() * one.row.cells.length));
          readout.textContent = S.instant(t, to - from) + ", " + one.row.pool + " / " + rowTitle(one.row) + ": " + S.pct(share(levelOf(one.row, bucket))) + " of " + S.count(one.row.gpus) + " GPUs held";
        });
        if (S.state.node !== null && D.map.rows[S.state.node]) gantt(body, D.map.rows[S.state.node]);
      },
      table: () => ({
        caption: "Nodes", columns: [{ name: "pool", text: true }, { name: "node", text: true }, { name: "nodes" }, { name: "GPUs" }, { name: "held, mean", csv: "held_ratio_mean", format: S.pct }, { name: "held, peak", csv: "held_ratio_peak", format: S.pct }],
        rows: rowsShown().map(({ row }) => [row.pool, rowTitle(row), row.nodes, row.gpus, mean(row), Math.max(0, ...Array.from(row.cells, (_, i) => share(levelOf(row, i))))]),
      }),
    });
  };
  const means = new WeakMap();
  function mean(row) {
    if (!means.has(row)) means.set(row, row.cells.length ? Array.from(row.cells, (_, i) => share(levelOf(row, i))).reduce((a, b) => a + b, 0) / row.cells.length : 0);
    return means.get(row);
  }

  // ---- jobs of one row of nodes ----
  function barsOf(row) {
    const bars = [];
    for (const raw of D.jobs.rows) {
      const job = R.job(raw);
      if (!R.chosen({ t: job.tenant, s: job.size, p: job.pool })) continue;
      for (const [begin, end, runs] of job.stints) {
        let milli = 0, nodes = 0;
        for (const [first, count, each] of runs) {
          const low = Math.max(first, row.first), high = Math.min(first + count, row.first + row.nodes);
          if (high > low) { milli += (high - low) * each; nodes += high - low; }
        }
        if (milli > 0) bars.push({ job: job, begin: begin, end: end, milli: milli, nodes: nodes });
      }
    }
    return bars.sort((a, b) => a.begin - b.begin || a.end - b.end);
  }
  // Lanes are GPU slots: each bar takes the first slots that are free for its whole time.
  function pack(bars, slots) {
    const freeAt = new Array(slots).fill(-Infinity);
    for (const bar of bars) {
      const height = Math.max(1, Math.min(slots, Math.round(bar.milli / 1000)));
      let at = 0, run = 0;
      for (let i = 0; i < slots && run < height; ++i) {
        if (freeAt[i] <= bar.begin + 1e-9) ++run;
        else { run = 0; at = i + 1; }
      }
      if (run < height) at = freeAt.indexOf(Math.min(...freeAt));
      bar.slot = Math.min(at, slots - height);
      bar.slots = height;
      for (let i = bar.slot; i < bar.slot + height; ++i) freeAt[i] = bar.end;
    }
  }
  function gantt(body, row) {
    const bars = barsOf(row), [from, to] = S.range();
    let slots = Math.max(1, Math.min(row.gpus, 128));
    const shown = bars.filter((bar) => bar.end > from && bar.begin < to);
    const all = D.jobs.rows.length >= D.jobs.total;
    body.append(S.el("h3", {}, "Jobs on ", S.name(rowTitle(row))), S.el("p", { class: "note", text: (all ? "All " + S.count(D.jobs.total) + " jobs of the run" : S.count(D.jobs.rows.length) + " of " + S.count(D.jobs.total) + " jobs") + (all ? " are drawn singly." : " are drawn singly; all are in the curves.")
      + " Which GPU of a node a job held is not recorded: bars take the first free slot." + R.filterWords() }));
    if (!shown.length) return S.empty(body, "None of the jobs drawn singly was here in this time.");
    pack(bars, slots);
    if (row.nodes > 1) slots = Math.max(8, ...bars.map((bar) => bar.slot + bar.slots));
    const colorOf = (job) => (D.tenants.length > 1 ? R.tenantFill(job.tenant) : S.series(job.size));
    const readout = S.el("p", { class: "readout" });
    const tall = Math.max(60, Math.min(360, slots * 24));
    const place = {};
    const chart = S.canvas(body, tall + 24, "Bars of " + S.count(shown.length) + " job runs on " + rowTitle(row) + ".", function (ctx, width) {
      place.x = (t) => (t - from) / (to - from) * width;
      place.y = (slot) => slot / slots * tall;
      ctx.strokeStyle = S.css("--grid");
      for (let i = 0; i <= slots && slots <= 32; ++i) S.line(ctx, 0, place.y(i), width, place.y(i));
      for (const bar of shown) {
        const x = place.x(Math.max(from, bar.begin)), w = Math.max(1.5, place.x(Math.min(to, bar.end)) - x), y = place.y(bar.slot), h = Math.max(2, place.y(bar.slot + bar.slots) - y - 1);
        ctx.fillStyle = colorOf(bar.job);
        ctx.fillRect(x, y, w, h);
        ctx.strokeStyle = S.css("--card");
        ctx.strokeRect(x, y, w, h);
        if (w > 54 && h > 13) {
          const text = S.shorten(ctx, bar.job.name, w - 10), tw = ctx.measureText(text).width;
          ctx.fillStyle = S.css("--card");
          ctx.fillRect(x + 3, y + h / 2 - 8, tw + 4, 15);
          ctx.fillStyle = S.css("--ink");
          ctx.fillText(text, x + 5, y + h / 2 + 4);
        }
      }
      ctx.fillStyle = S.css("--soft");
      S.labelsAcross(ctx, S.timeTicks(from, to, Math.max(2, Math.floor(width / 120))).map((t) => ({ x: place.x(t), text: S.timeTick(t, to - from) })), tall + 17, width);
    });
    const words = (bar) => bar.job.name + (D.tenants.length ? ", " + R.tenantName(bar.job.tenant) : "") + ": " + R.gpus(bar.job.milli) + " GPUs" + (bar.milli < bar.job.milli ? " (" + R.gpus(bar.milli) + " here)" : "") + ", waited " + S.dur(bar.job.wait) + ", here from " + S.instant(bar.begin, to - from) + " for " + S.dur(bar.end - bar.begin) + ", " + bar.job.state + (bar.job.cut ? " (only some of its nodes are listed)" : "");
    const under = function (event) {
      const box = chart.canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      return shown.find((bar) => x >= place.x(bar.begin) - 1 && x <= Math.max(place.x(bar.end), place.x(bar.begin) + 2) && y >= place.y(bar.slot) && y < place.y(bar.slot + bar.slots));
    };
    chart.canvas.addEventListener("pointermove", (event) => { const bar = under(event); readout.textContent = bar ? words(bar) : ""; });
    chart.canvas.addEventListener("click", function (event) {
      const bar = under(event);
      if (!bar || D.sequential) return;
      const first = bar.job.stints[0][0], last = bar.job.stints[bar.job.stints.length - 1][1], pad = Math.max(1e-3, (last - first) * 0.15);
      S.set({ from: Math.max(0, first - pad), to: Math.min(S.span(), last + pad) });
    });
    const named = D.tenants.length > 1 ? [...new Set(shown.map((bar) => bar.job.tenant))].sort((a, b) => a - b).map((i) => ({ name: R.tenantName(i), fill: R.tenantFill(i) })) : [...new Set(shown.map((bar) => bar.job.size))].sort((a, b) => a - b).map((i) => ({ name: D.sizes[i], fill: S.series(i) }));
    S.legend(body, named);
    body.append(readout, S.el("details", {}, S.el("summary", { text: "These jobs as a table" }), S.table({
      caption: "Jobs on this node", columns: [{ name: "job", text: true }, { name: "tenant", text: true }, { name: "GPUs here" }, { name: "GPUs" }, { name: "from", format: (v) => S.instant(v, to - from) }, { name: "for", format: S.dur }, { name: "waited", format: S.dur }, { name: "state", text: true }],
      rows: shown.map((bar) => [bar.job.name, R.tenantName(bar.job.tenant), bar.milli / 1000, bar.job.milli / 1000, bar.begin, bar.end - bar.begin, bar.job.wait, bar.job.state]),
    })));
  }
})(globalThis.seatrial);
