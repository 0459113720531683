// The page of a comparison: verdict, ranking with intervals, every metric, replications, winners and losers.
"use strict";
(function (S) {
  const D = S.doc;
  const metricNames = () => [...new Set([...(D.headline || []), ...Object.keys(D.metrics || {})])].filter((name) => D.alternatives.some((one) => one.metrics && one.metrics[name]));
  const names = metricNames();
  const about = (name) => (D.metrics && D.metrics[name]) || {};
  S.unitOf = (name) => about(name).unit || "";
  const base = D.alternatives.find((one) => one.is_baseline);
  const others = D.alternatives.filter((one) => !one.is_baseline);
  const label = (one) => (one.name || Object.entries(one.settings || {}).map(([path, value]) => path + "=" + value).join(", ") || "scenario as it is") + (one.is_baseline ? " (baseline)" : "");
  const of = (one, name) => (one.metrics && one.metrics[name]) || {};
  const interval = (name, pair) => (Array.isArray(pair) && S.known(pair[0]) && S.known(pair[1]) ? " [" + S.metric(name, pair[0]) + ", " + S.metric(name, pair[1]) + "]" : "");
  const signed = (name, value) => (S.known(value) ? (value > 0 ? "+" : "") + S.metric(name, value) : "not known");
  const percent = (value) => (S.known(value) ? (value > 0 ? "+" : "") + (value * 100).toFixed(1) + " %" : "not known");
  const marks = { "better": "\u25b2 better", "worse": "\u25bc worse", "no evidence": "\u25a1 no evidence" };
  const verdictNode = (verdict) => S.el("span", { class: verdict === "better" ? "met" : verdict === "worse" ? "missed" : null, text: marks[verdict] || verdict || "" });
  const lost = (one) => (one.lost && one.lost.jobs > 0 ? one.lost : null);
  // Times look shorter where jobs that failed or were rejected do not count.
  const flattered = (one, name) => Boolean(one.lost && one.lost.more_than_baseline) && about(name).better === "lower" && !/^(jobs|gpu)\./.test(name);
  const lostWords = (one) => S.count(one.lost.jobs) + " of " + S.count(one.lost.of) + " jobs fail or are rejected";
  const verdictOf = (one, name) => (flattered(one, name) && of(one, name).verdict === "better" ? S.el("span", {}, S.el("span", { text: "\u25b3 better, but " }), S.el("span", { class: "missed", text: lostWords(one) })) : verdictNode(of(one, name).verdict));
  const color = (verdict) => S.css(verdict === "better" ? "--c2" : verdict === "worse" ? "--c3" : "--soft");
  const pText = (value) => (S.known(value) ? (value < 0.001 ? "p < 0.001" : "p = " + value.toPrecision(2)) : "");
  let metric = names[0];

  function pickMetric(onchange) {
    return S.el("label", { class: "note" }, "metric ", S.el("select", { onchange: (event) => { metric = event.target.value; onchange(); } }, names.map((name) => S.el("option", { value: name, text: name, selected: name === metric }))));
  }

  function top(main) {
    const replication = D.replication || {};
    const few = D.replications === 1 || replication.method === "none";
    main.append(S.el("section", { class: "top wide", "aria-label": "Verdict" },
      S.el("p", { class: "eyebrow" }, S.name(D.scenario), " \u00b7 " + S.count(D.alternatives.length) + " alternatives \u00b7 " + S.count(D.replications) + (D.replications === 1 ? " replication" : " paired replications each") + (D.content_hash ? " \u00b7 content hash " + D.content_hash : "")),
      S.el("h1", { text: D.verdict || "No verdict." }),
      S.el("p", { class: "note" }, S.el("bdi", { text: (few ? "One replication: no intervals; verdicts are by sign alone. " : "") + (replication.detail || "") })),
      (D.fail_if || []).map((rule) => S.el("p", {}, S.el("span", { class: rule.failed ? "missed" : "met", text: rule.failed ? "\u2717 failed: " : "\u2713 passed: " }), S.name(rule.text), S.el("span", { class: "note", text: rule.why ? " (" + rule.why + ")" : "" }))),
      warnings(),
      D.command ? S.copyable("command", D.command) : null));
  }
  function warnings() {
    const some = D.alternatives.filter(lost);
    if (!some.length) return [];
    const words = some.slice(0, 4).map((one) => label(one) + ": " + lostWords(one)).join("; ") + (some.length > 4 ? "; and " + S.count(some.length - 4) + " more alternatives" : "");
    return S.el("p", { class: "warning" }, S.el("bdi", { text: "Means over replications. " + words + ". They have no wait or completion time, which makes both look better." }));
  }

  function ranking(main) {
    const panel = S.panel(main, {
      id: "ranking", title: "Which is best, and how sure is it?",
      note: () => (about(metric).sentence || metric).replace(/\.$/, "") + (about(metric).better && about(metric).better !== "neither" ? " (" + about(metric).better + " is better)" : "") + ". Difference from the baseline, replication by replication; a grey band is no evidence of a difference.",
      build: function (body) {
        body.append(pickMetric(() => panel.draw()));
        const rows = ranked().filter((one) => !one.is_baseline && S.known(of(one, metric).difference)).map(function (one) {
          const m = of(one, metric), ci = m.difference_ci95 || [];
          return { name: label(one), value: m.difference, low: ci[0], high: ci[1], none: m.verdict === "no evidence" || flattered(one, metric), color: color(flattered(one, metric) ? "" : m.verdict), text: percent(m.relative) + " " + (m.verdict || "") + (flattered(one, metric) && m.verdict === "better" ? ", but " + S.count(one.lost.jobs) + " jobs lost" : "") };
        });
        if (!rows.length) return S.empty(body, others.length ? "The differences are not known." : "There is only the baseline: nothing to compare.");
        S.forest(body, { rows: rows, isTime: S.isTime(metric), format: (value) => (value > 0 ? "+" : "") + S.valueTick(metric, value), label: "Differences of " + metric + " from the baseline: " + rows.slice(0, 6).map((row) => row.name + " " + row.text).join("; ") + "." });
        body.append(S.table(table()));
      },
      table: table,
    });
    function ranked() {
      const better = about(metric).better;
      return D.alternatives.slice().sort(function (a, b) {
        const x = of(a, metric).mean, y = of(b, metric).mean;
        if (flattered(a, metric) !== flattered(b, metric)) return flattered(a, metric) - flattered(b, metric);
        if (!S.known(x) || !S.known(y)) return S.known(y) - S.known(x);
        return better === "higher" ? y - x : x - y;
      });
    }
    function table() {
      return {
        caption: "Ranking by " + metric,
        columns: [{ name: "alternative", text: true }, { name: "mean" }, { name: "95 % interval", csv: "mean_low", text: true }, { name: "difference" }, { name: "interval of the difference", csv: "difference_low", text: true }, { name: "relative" }, { name: "p, corrected", csv: "p_holm" }, { name: "verdict", text: true }],
        rows: ranked().map(function (one) {
          const m = of(one, metric);
          return [label(one), { value: m.mean, text: S.metric(metric, m.mean) }, { value: (m.ci95 || [])[0], text: interval(metric, m.ci95).trim() || "one replication" }, { value: m.difference, text: one.is_baseline ? "" : signed(metric, m.difference) },
            { value: (m.difference_ci95 || [])[0], text: one.is_baseline ? "" : interval(metric, m.difference_ci95).trim() || "not known" }, { value: m.relative, text: one.is_baseline ? "" : percent(m.relative) }, { value: m.p_holm, text: one.is_baseline ? "" : pText(m.p_holm) || "not tested" }, one.is_baseline ? "baseline" : { value: m.verdict, node: verdictOf(one, metric) }];
        }),
      };
    }
  }

  function matrix(main) {
    const columns = [{ name: "metric", text: true }, ...D.alternatives.map((one) => ({ name: label(one) }))];
    let all = false;
    const panel = S.panel(main, {
      id: "matrix", title: "Every metric",
      note: "Mean, relative difference from the baseline, verdict, and p after Holm's correction for the number of comparisons.",
      build: function (body) {
        const first = (D.headline || []).filter((name) => names.includes(name));
        const shown = all || !first.length ? names : first;
        const rows = shown.map((name) => S.el("tr", {}, S.el("th", { class: "text", scope: "row", title: about(name).sentence }, S.name(name)), D.alternatives.map(function (one) {
          const m = of(one, name);
          return S.el("td", {}, S.metric(name, m.mean), one.is_baseline ? null : S.el("small", {}, S.known(m.relative) ? percent(m.relative) + " " : "", verdictOf(one, name), S.known(m.p_holm) ? " " + pText(m.p_holm) : ""));
        })));
        body.append(S.el("div", { class: "scroll keep", tabindex: "0", role: "region", "aria-label": "Every metric of every alternative" }, S.el("table", {},
          S.el("thead", {}, S.el("tr", {}, S.el("th", { class: "text", scope: "col", text: "metric" }), D.alternatives.map((one) => S.el("th", { scope: "col" }, S.name(label(one)))))), S.el("tbody", {}, rows))));
        if (shown.length < names.length) body.append(S.el("button", { type: "button", class: "quiet", text: "Show all " + names.length + " metrics", onclick: () => { all = true; panel.draw(); } }));
      },
      table: () => ({ caption: "Every metric", columns: columns, rows: names.map((name) => [name, ...D.alternatives.map((one) => ({ value: of(one, name).mean, text: S.metric(name, of(one, name).mean) }))]) }),
    });
  }

  // One small chart a metric: a dot a replication, the mean as a bar, all alternatives on one axis.
  function multiples(main) {
    const shown = (D.headline || names).filter((name) => names.includes(name));
    S.panel(main, {
      id: "multiples", title: "Values by replication",
      note: "A dot is a replication, the line the mean. The same axis for all alternatives of a metric.",
      build: function (body) {
        const grid = S.el("div", { class: "three" });
        body.append(grid);
        for (const name of shown) {
          const figure = S.el("div", {}, S.el("h3", {}, S.name(name)));
          grid.append(figure);
          const all = D.alternatives.flatMap((one) => (of(one, name).values || []).concat(of(one, name).mean)).filter(S.known);
          if (!all.length) { S.empty(figure, "Not known in this scenario."); continue; }
          dots(figure, name, Math.min(...all), Math.max(...all));
        }
      },
      table: () => ({ caption: "Values by replication", columns: [{ name: "alternative", text: true }, { name: "metric", text: true }, { name: "replication" }, { name: "value" }],
        rows: D.alternatives.flatMap((one) => shown.flatMap((name) => (of(one, name).values || []).map((value, i) => [label(one), name, i + 1, { value: value, text: S.metric(name, value) }]))) }),
    });
  }
  function dots(figure, name, low, high) {
    const pad = (high - low || Math.abs(high) || 1) * 0.06;
    S.canvas(figure, D.alternatives.length * 40 + 30, name + ": " + D.alternatives.slice(0, 6).map((one) => label(one) + " " + S.metric(name, of(one, name).mean)).join("; ") + ".", function (ctx, width, height) {
      const x = (value) => 8 + (value - low + pad) / (high - low + 2 * pad) * (width - 16);
      ctx.strokeStyle = S.css("--grid");
      ctx.fillStyle = S.css("--soft");
      const ticks = S.valueTicks(name, low - pad, high + pad, 3);
      for (const tick of ticks) S.line(ctx, x(tick), 0, x(tick), height - 24);
      S.labelsAcross(ctx, ticks.map((tick) => ({ x: x(tick), text: S.valueTick(name, tick) })), height - 8, width);
      D.alternatives.forEach(function (one, i) {
        const m = of(one, name), y = i * 40 + 28;
        ctx.textAlign = "left";
        ctx.fillStyle = S.css("--ink");
        ctx.fillText(S.shorten(ctx, label(one), width - 16), 4, y - 13);
        ctx.strokeStyle = ctx.fillStyle = S.css("--c" + (i % 8));
        ctx.globalAlpha = 0.55;
        for (const value of (m.values || []).filter(S.known)) { ctx.beginPath(); ctx.arc(x(value), y, 4, 0, 7); ctx.fill(); }
        ctx.globalAlpha = 1;
        if (S.known(m.mean)) { ctx.strokeStyle = S.css("--ink"); ctx.lineWidth = 2; S.line(ctx, x(m.mean), y - 8, x(m.mean), y + 8); ctx.lineWidth = 1; }
      });
    });
  }

  // Who gains and who loses against the baseline.
  function winners(main) {
    for (const one of others.slice(0, 12)) {
      const i = others.indexOf(one), worse = one.worse_off || {};
      const kinds = Object.entries(one.groups || {}).filter(([, rows]) => rows && rows.length);
      if (!kinds.length && !(one.shift || []).length) continue;
      S.panel(main, {
        id: "winners-" + i, title: "Who gains and who loses: " + label(one),
        note: S.known(worse.share) ? S.pct(worse.share) + " of jobs (" + S.count(worse.jobs) + " of " + S.count(worse.of) + ") are completed later than under the baseline." : "",
        build: function (body) {
          const grid = S.el("div", { class: "two" });
          body.append(grid);
          if ((one.shift || []).length) shift(grid, one);
          for (const [kind, rows] of kinds) {
            const figure = S.el("div", {}, S.el("h3", { text: "Change of the mean wait by " + kind }));
            grid.append(figure);
            const shown = rows.slice().sort((a, b) => Math.abs(b.difference_s || 0) - Math.abs(a.difference_s || 0)).slice(0, 14);
            S.forest(figure, { isTime: true, format: (value) => (value > 0 ? "+" : "") + S.short(value), label: "Change of the mean wait by " + kind + ": " + shown.slice(0, 5).map((row) => row.name + " " + S.dur(row.difference_s)).join("; ") + ".",
              rows: shown.map((row) => ({ name: (row.name === "" ? "(none)" : row.name) + ", " + S.count(row.jobs) + " jobs", value: row.difference_s, low: (row.difference_ci95 || [])[0], high: (row.difference_ci95 || [])[1], none: row.verdict === "no evidence", color: color(row.verdict), text: S.known(row.difference_s) ? (row.difference_s > 0 ? "+" : "") + S.dur(row.difference_s) + " " + (row.verdict || "") : "not known" })) });
            if (rows.length > 14) figure.append(S.el("p", { class: "note", text: "The 14 largest changes of " + S.count(rows.length) + "." }));
          }
        },
        table: () => ({ caption: "Winners and losers", columns: [{ name: "by", text: true }, { name: "name", text: true }, { name: "jobs" }, { name: "baseline wait", csv: "baseline_wait_s", format: S.dur }, { name: "wait", csv: "wait_s", format: S.dur }, { name: "change", csv: "difference_s", format: S.dur }, { name: "verdict", text: true }],
          rows: kinds.flatMap(([kind, rows]) => rows.map((row) => [kind, row.name, row.jobs, row.baseline_wait_s, row.wait_s, row.difference_s, row.verdict || ""])) }),
      });
    }
  }
  function shift(grid, one) {
    const points = one.shift.filter((point) => S.known(point.q) && S.known(point.difference_s));
    const figure = S.el("div", {}, S.el("h3", { text: "Change of the completion time, by quantile of jobs" }));
    grid.append(figure);
    if (!points.length) return S.empty(figure, "Not known.");
    const values = points.map((point) => point.difference_s).concat(0), low = Math.min(...values), high = Math.max(...values), pad = (high - low || 1) * 0.08;
    S.canvas(figure, 230, "Change of single jobs' completion times by quantile, from " + S.dur(points[0].difference_s) + " at " + S.pct(points[0].q) + " to " + S.dur(points[points.length - 1].difference_s) + " at " + S.pct(points[points.length - 1].q) + "; below 0 is a gain.", function (ctx, width, height) {
      const box = { left: 74, right: width - 12, bottom: height - 26, top: 8, width: width };
      const y = (value) => box.bottom - (value - low + pad) / (high - low + 2 * pad) * (box.bottom - box.top), x = (q) => box.left + q * (box.right - box.left);
      S.axes(ctx, box, { at: x, ticks: [0, 0.25, 0.5, 0.75, 1], format: (q) => q * 100 + " %" }, { at: y, ticks: S.timeTicks(low - pad, high + pad, 4), format: S.short });
      ctx.strokeStyle = S.css("--ink");
      S.line(ctx, box.left, y(0), box.right, y(0));
      for (const point of points) {
        ctx.fillStyle = S.css(point.difference_s <= 0 ? "--c2" : "--c3");
        const w = Math.max(3, (box.right - box.left) / points.length * 0.7);
        ctx.fillRect(x(point.q) - w / 2, Math.min(y(0), y(point.difference_s)), w, Math.max(1.5, Math.abs(y(point.difference_s) - y(0))));
      }
    });
    figure.append(S.el("p", { class: "note", text: "Each job against itself under the baseline, sorted by the change: below 0 it is completed sooner." }));
  }

  // What two alternatives do to the same jobs: the first instant at which they decide differently, and how the
  // difference adds up over time.
  function divergence(main) {
    const known = others.filter((one) => one.divergence && (one.divergence.accumulated_s || []).length);
    if (!known.length || !base || known.some((one) => one.divergence.replication !== known[0].divergence.replication)) return;
    const choices = [base, ...known], any = known[0].divergence, jobs = any.jobs;
    let [from, to] = [base, known[0]];
    const sums = (one) => (one === base ? any.accumulated_s.map(() => 0) : one.divergence.accumulated_s);
    const points = () => { const a = sums(from); return sums(to).map((value, i) => value - (a[i] || 0)); };
    // Of points() in seconds from the first submit; where all jobs come at once, in jobs.
    const submits = any.submit_s || [], timed = submits.length > 0 && submits[submits.length - 1] > 0;
    const jobsAt = (i) => Math.ceil((i + 1) / any.accumulated_s.length * jobs);
    const places = any.accumulated_s.map((_, i) => (timed ? submits[i] : jobsAt(i))), end = places[places.length - 1];
    const pick = (words, now, set) => S.el("label", { class: "note" }, words + " ", S.el("select", { "aria-label": words, onchange: (event) => { set(choices[Number(event.target.value)]); panel.draw(); } },
      choices.map((one, i) => S.el("option", { value: i, text: label(one), selected: one === now }))));
    const choiceWords = (side) => (side.count === 0 ? "decides nothing" : side.first.map((one) => one.what + " job " + one.job + " (" + S.num(one.gpus) + (one.gpus === 1 ? " GPU" : " GPUs") + ")" + (one.node ? " on " + one.node : "")).join(", ") + (side.count > side.first.length ? " and makes " + S.count(side.count - side.first.length) + " more decisions" : ""));
    // Until an alternative parts from the baseline it does what the baseline does: of two others, the one that parts first.
    function parting() {
      if (from === to) return "The same alternative twice: no difference.";
      const [a, b] = [from, to].map((one) => (one === base ? null : one.divergence.first_instant));
      const looked = [from, to].filter((one) => one !== base).map((one) => one.divergence.decisions || 0);
      if (!a && !b) return looked.every((count) => count > 0) ? "None of the first " + S.count(Math.min(...looked)) + " decisions differs." : "";
      if (a && b && a.at_s === b.at_s && a.position === b.position) return "Both part from the baseline at the same instant, " + when(a) + ".";
      const first = !b || (a && (a.at_s < b.at_s || (a.at_s === b.at_s && a.position < b.position))) ? a : b;
      const [one, other] = first === b ? [to, from] : [from, to];
      return "The schedules part at " + when(first) + ": " + label(one) + " " + choiceWords(first.own) + "; " + label(other) + " " + choiceWords(first.baseline) + ".";
    }
    const when = (instant) => (timed ? S.instant(instant.at_s, instant.at_s) + " after the first submit" : "decision " + S.count(instant.position));
    const panel = S.panel(main, {
      id: "divergence", title: "Where do two schedules part, and how does it add up?",
      note: () => parting() + " The curve sums the differences in completion time over the jobs submitted so far, in replication " + S.count(any.replication) + "; below 0 " + label(to) + " is ahead. Jobs that one of them did not complete count as equal.",
      build: function (body) {
        body.append(S.el("p", {}, pick("against", from, (one) => { from = one; }), " ", pick("of", to, (one) => { to = one; })));
        const values = [0, ...points()], xs = [0, ...places], low = Math.min(...values), high = Math.max(...values), pad = (high - low || 1) * 0.06;
        if (low === high) return S.empty(body, "They do not differ in any completion time.");
        S.canvas(body, 250, "Accumulated difference in completion time of " + label(to) + " against " + label(from) + ": " + S.dur(values[values.length - 1]) + " after all " + S.count(jobs) + " jobs.", function (ctx, width, height) {
          const box = { left: 84, right: width - 16, bottom: height - 42, top: 8, width: width };
          const x = (at) => box.left + at / end * (box.right - box.left), y = (value) => box.bottom - (value - low + pad) / (high - low + 2 * pad) * (box.bottom - box.top);
          S.axes(ctx, box, { at: x, ticks: (timed ? S.timeTicks : S.niceTicks)(0, end, Math.max(2, Math.floor(width / 140)), true), format: timed ? S.short : S.count }, { at: y, ticks: S.timeTicks(low - pad, high + pad, 5, true), format: S.short });
          ctx.fillStyle = S.css("--soft");
          ctx.textAlign = "center";
          ctx.fillText(timed ? "submitted by then, from the first submit" : "jobs in order of submission", (box.left + box.right) / 2, height - 6);
          ctx.strokeStyle = S.css("--ink");
          S.line(ctx, box.left, y(0), box.right, y(0));
          const trace = () => { ctx.beginPath(); values.forEach((value, i) => ctx.lineTo(x(xs[i]), y(value))); };
          trace();
          ctx.lineTo(x(end), y(0));
          ctx.lineTo(x(0), y(0));
          ctx.fillStyle = S.fill(S.css(values[values.length - 1] <= 0 ? "--c2" : "--c3"), "diagonal");
          ctx.fill();
          trace();
          ctx.strokeStyle = S.css(values[values.length - 1] <= 0 ? "--c2" : "--c3");
          ctx.lineWidth = 2.2;
          ctx.stroke();
          ctx.lineWidth = 1;
        });
      },
      table: () => ({ caption: "Accumulated difference in completion time", columns: [{ name: "jobs" }, ...(timed ? [{ name: "submitted by", csv: "submit_s", format: S.dur }] : []), { name: "sum of differences", csv: "accumulated_s", format: S.dur }], rows: points().map((value, i) => [jobsAt(i), ...(timed ? [submits[i]] : []), value]) }),
    });
  }

  function settings(main) {
    const paths = [...new Set(D.alternatives.flatMap((one) => Object.keys(one.settings || {})))].filter((path) => new Set(D.alternatives.map((one) => String((one.settings || {})[path]))).size > 1);
    S.panel(main, { id: "settings", title: "Settings that differ", table: () => ({
      caption: "Settings that differ", none: "No setting differs.", columns: [{ name: "alternative", text: true }, ...paths.map((path) => ({ name: path, text: true }))],
      rows: paths.length ? D.alternatives.map((one) => [label(one), ...paths.map((path) => { const value = (one.settings || {})[path]; return value === undefined ? "" : String(value); })]) : [],
    }) });
    const seeds = (D.replication && D.replication.seeds) || [];
    const count = Math.max(0, ...D.alternatives.flatMap((one) => names.map((name) => (of(one, name).values || []).length)));
    if (count) S.panel(main, { id: "replications", title: "Replications", note: "Values of " + names[0] + "; each row saw the same jobs under every alternative.", table: () => ({
      caption: "Replications", columns: [{ name: "replication", text: true }, ...(seeds.length ? [{ name: "seed" }] : []), ...D.alternatives.map((one) => ({ name: label(one) }))],
      rows: Array.from({ length: count }, (_, i) => [{ value: i + 1, text: String(i + 1) }, ...(seeds.length ? [{ value: seeds[i], text: seeds[i] === undefined ? "not known" : String(seeds[i]) }] : []), ...D.alternatives.map((one) => { const value = (of(one, names[0]).values || [])[i]; return { value: value, text: S.metric(names[0], value) }; })]),
    }) });
  }

  S.commonKeys();
  S.readAddress();
  const main = S.frame("compare");
  top(main);
  ranking(main);
  matrix(main);
  multiples(main);
  winners(main);
  divergence(main);
  settings(main);
  S.reproduction(main, [["Scenario", D.scenario], ["Seed", D.seed], ["Content hash", D.content_hash], ["Version", D.version], ["Replication", (D.replication || {}).method], ["Baseline", base && label(base)], ["Simulations", S.known(D.simulations) ? S.count(D.simulations) + ", of which " + S.count(D.reused || 0) + " were reused" : null]], D.alternatives.map((one) => ({ name: label(one), settings: one.settings })));
  addEventListener("hashchange", S.readAddress);
})(globalThis.seatrial);
