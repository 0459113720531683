// The page of a comparison: verdict, ranking with intervals, every metric, replications, winners and losers.
"use strict";
(function (S) {
  const D = S.doc;
  const metricNames = () => [...new Set([...(D.headline || []), ...Object.keys(D.metrics || {})])].filter((name) => D.alternatives.some((one) => one.metrics && one.metrics[name]));
  const names = metricNames();
  const about = (name) => (D.metrics && D.metrics[name]) || {};
  S.unitOf = (name) => about(name).unit || "";
  // Alternatives are compared within a case (jobs of different traces cannot be paired); all panels below the first two
  // show the chosen one. Every case has the same alternatives in the same order.
  const cases = D.cases || [];
  const caseChoice = S.el("select", { onchange: (event) => S.set({ case: Number(event.target.value) }) }, cases.map((one, i) => S.el("option", { value: i, text: one.name })));
  let shown, base, others;
  function choose() {
    const chosen = cases.length ? cases[S.state.case || 0].name : null;
    shown = D.alternatives.filter((one) => !cases.length || one.case === chosen);
    base = shown.find((one) => one.is_baseline);
    others = shown.filter((one) => !one.is_baseline);
    caseChoice.value = S.state.case || 0;
  }
  S.listen((changed) => { if (changed.includes("case")) choose(); });
  const panelOf = (main, options) => S.panel(main, !cases.length ? options : { ...options, also: ["case"],
    note: () => "Case " + cases[S.state.case || 0].name + ". " + (typeof options.note === "function" ? options.note() : options.note || "") });
  const label = (one) => (one.name || Object.entries(one.settings || {}).map(([path, value]) => path + "=" + value).join(", ") || "scenario as it is") + (one.is_baseline ? " (baseline)" : "");
  const of = (one, name) => (one.metrics && one.metrics[name]) || {};
  const interval = (name, pair) => (Array.isArray(pair) && S.known(pair[0]) && S.known(pair[1]) ? " [" + S.metric(name, pair[0]) + ", " + S.metric(name, pair[1]) + "]" : "");
  const signed = (name, value) => (S.known(value) ? (value > 0 ? "+" : "") + S.metric(name, value) : "not known");
  // A difference too small for the digits shown has no sign: "0.0 %".
  const percent = (value) => (S.known(value) ? (value >= 0.0005 ? "+" : "") + (Math.abs(value) < 9.995 ? (value * 100).toFixed(1).replace(/^-0\.0$/, "0.0") : S.num(value * 100)) + " %" : "not known");
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

  const byMetric = [];  // panels that show the chosen metric
  function pickMetric() {
    return S.el("label", { class: "note" }, "metric ", S.el("select", { onchange: (event) => { metric = event.target.value; byMetric.forEach((panel) => panel.draw()); } }, names.map((name) => S.el("option", { value: name, text: name, selected: name === metric }))));
  }

  function top(main) {
    const replication = D.replication || {};
    const few = D.replications === 1 || replication.method === "none";
    main.append(S.el("section", { class: "top wide", "aria-label": "Verdict" },
      S.el("p", { class: "eyebrow" }, S.name(D.scenario), " \u00b7 " + (cases.length ? S.count(cases.length) + (cases.length === 1 ? " case" : " cases") + " \u00b7 " : "") + S.count(shown.length) + " alternatives \u00b7 " + S.count(D.replications) + (D.replications === 1 ? " replication" : " paired replications each") + (D.content_hash ? " \u00b7 content hash " + D.content_hash : "")),
      S.el("h1", { text: D.verdict || "No verdict." }),
      cases.length > 1 ? S.el("ul", { class: "plain" }, cases.map((one) => S.el("li", {}, S.el("b", {}, S.name(one.name)), ": " + (one.verdict || "not known")))) : null,
      S.el("p", { class: "note" }, S.el("bdi", { text: (few ? "One replication: no intervals; verdicts are by sign alone. " : "") + (replication.detail && !few ? "Replications: " + replication.detail + "." : replication.detail || "") })),
      (D.fail_if || []).map((rule) => S.el("p", {}, S.el("span", { class: rule.failed ? "missed" : "met", text: rule.failed ? "\u2717 failed: " : "\u2713 passed: " }), S.name(rule.text), S.el("span", { class: "note", text: rule.why ? " (" + rule.why + ")" : "" }))),
      warnings(),
      D.command ? S.copyable("command", D.command) : null));
  }
  function warnings() {
    const some = D.alternatives.filter(lost);
    if (!some.length) return [];
    const words = some.slice(0, 4).map((one) => label(one) + (one.case ? " in " + one.case : "") + ": " + lostWords(one)).join("; ") + (some.length > 4 ? "; and " + S.count(some.length - 4) + " more alternatives" : "");
    return S.el("p", { class: "warning" }, S.el("bdi", { text: "Means over replications. " + words + ". They have no wait or completion time, which makes both look better." }));
  }

  // Every case side by side: relative differences, because absolute ones are of different jobs.
  function overview(main) {
    const rows = (name) => D.alternatives.filter((one) => one.case === name && !one.is_baseline && S.known(of(one, metric).relative));
    const row = function (one) {
      const m = of(one, metric), ci = m.relative_ci95 || [], unsure = m.verdict === "no evidence" || flattered(one, metric);
      return { name: label(one), value: m.relative, low: ci[0], high: ci[1], none: unsure, color: color(unsure ? "" : m.verdict), text: percent(m.relative) + " " + (m.verdict || "") };
    };
    byMetric.push(S.panel(main, {
      id: "cases", title: "Is the best the same in every case?",
      note: () => "Relative difference of " + metric + " from the baseline of the same case, with its 95 % interval" + (about(metric).better && about(metric).better !== "neither" ? " (" + about(metric).better + " is better)" : "") + ". Jobs of different cases cannot be paired: nothing is tested across cases. The panels below show one case, chosen in the bar at the top.",
      build: function (body) {
        body.append(pickMetric());
        const grid = S.el("div", { class: "two" });
        body.append(grid);
        const also = cases.flatMap((one) => rows(one.name).map(row)).flatMap((line) => [line.value, line.low, line.high]);
        for (const one of cases) {
          const figure = S.el("div", {}, S.el("h3", {}, S.name(one.name)));
          grid.append(figure);
          const lines = rows(one.name).map(row);
          if (!lines.length) { S.empty(figure, "The differences are not known."); continue; }
          S.forest(figure, { rows: lines, also: also, isTime: false, format: (value) => (value > 0 ? "+" : "") + S.num(value * 100) + " %", label: "Relative differences of " + metric + " in case " + one.name + ": " + lines.slice(0, 6).map((line) => line.name + " " + line.text).join("; ") + "." });
        }
      },
      table: () => ({ caption: "Relative differences by case", columns: [{ name: "case", text: true }, { name: "alternative", text: true }, { name: "mean" }, { name: "relative" }, { name: "interval", csv: "relative_low", text: true }, { name: "p, corrected", csv: "p_holm" }, { name: "verdict", text: true }],
        rows: D.alternatives.map(function (one) {
          const m = of(one, metric), ci = m.relative_ci95;
          return [one.case, label(one), { value: m.mean, text: S.metric(metric, m.mean) }, { value: m.relative, text: one.is_baseline ? "" : percent(m.relative) }, { value: (ci || [])[0], text: one.is_baseline || !ci ? "" : percent(ci[0]) + " to " + percent(ci[1]) }, { value: m.p_holm, text: one.is_baseline ? "" : pText(m.p_holm) }, one.is_baseline ? "baseline" : { value: m.verdict, node: verdictOf(one, metric) }];
        }) }),
    }));
  }

  function ranking(main) {
    const panel = panelOf(main, {
      id: "ranking", title: "Which is best, and how sure is it?",
      note: () => (about(metric).sentence || metric).replace(/\.$/, "") + (about(metric).better && about(metric).better !== "neither" ? " (" + about(metric).better + " is better)" : "") + ". Difference from the baseline, replication by replication; a grey band is no evidence of a difference.",
      build: function (body) {
        body.append(pickMetric());
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
    byMetric.push(panel);
    function ranked() {
      const better = about(metric).better;
      return shown.slice().sort(function (a, b) {
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
    const columns = () => [{ name: "metric", text: true }, ...shown.map((one) => ({ name: label(one) }))];
    let all = false;
    const panel = panelOf(main, {
      id: "matrix", title: "Every metric",
      note: "Mean, relative difference from the baseline, verdict, and p after Holm's correction for the number of comparisons.",
      build: function (body) {
        const first = (D.headline || []).filter((name) => names.includes(name));
        const listed = all || !first.length ? names : first;
        const rows = listed.map((name) => S.el("tr", {}, S.el("th", { class: "text", scope: "row", title: about(name).sentence }, S.path(name)), shown.map(function (one) {
          const m = of(one, name);
          return S.el("td", {}, S.metric(name, m.mean), one.is_baseline ? null : S.el("small", {}, S.known(m.relative) ? percent(m.relative) + " " : "", verdictOf(one, name), S.known(m.p_holm) ? " " + pText(m.p_holm) : ""));
        })));
        body.append(S.el("div", { class: "scroll keep", tabindex: "0", role: "region", "aria-label": "Every metric of every alternative" }, S.el("table", {},
          S.el("thead", {}, S.el("tr", {}, S.el("th", { class: "text", scope: "col", text: "metric" }), shown.map((one) => S.el("th", { scope: "col" }, S.name(label(one)))))), S.el("tbody", {}, rows))));
        if (listed.length < names.length) body.append(S.el("button", { type: "button", class: "quiet", text: "Show all " + names.length + " metrics", onclick: () => { all = true; panel.draw(); } }));
      },
      table: () => ({ caption: "Every metric", columns: columns(), rows: names.map((name) => [name, ...shown.map((one) => ({ value: of(one, name).mean, text: S.metric(name, of(one, name).mean) }))]) }),
    });
  }

  // One small chart a metric: a dot a replication, the mean as a bar, all alternatives on one axis.
  function multiples(main) {
    const headline = (D.headline || names).filter((name) => names.includes(name));
    panelOf(main, {
      id: "multiples", title: "Values by replication",
      note: "A dot is a replication, the line the mean. The same axis for all alternatives of a metric.",
      build: function (body) {
        const grid = S.el("div", { class: "three" });
        body.append(grid);
        for (const name of headline) {
          const figure = S.el("div", {}, S.el("h3", {}, S.name(name)));
          grid.append(figure);
          const all = shown.flatMap((one) => (of(one, name).values || []).concat(of(one, name).mean)).filter(S.known);
          if (!all.length) { S.empty(figure, "Not known in this scenario."); continue; }
          dots(figure, name, Math.min(...all), Math.max(...all));
        }
      },
      table: () => ({ caption: "Values by replication", columns: [{ name: "alternative", text: true }, { name: "metric", text: true }, { name: "replication" }, { name: "value" }],
        rows: shown.flatMap((one) => headline.flatMap((name) => (of(one, name).values || []).map((value, i) => [label(one), name, i + 1, { value: value, text: S.metric(name, value) }]))) }),
    });
  }
  function dots(figure, name, low, high) {
    const pad = (high - low || Math.abs(high) || 1) * 0.06;
    S.canvas(figure, shown.length * 40 + 30, name + ": " + shown.slice(0, 6).map((one) => label(one) + " " + S.metric(name, of(one, name).mean)).join("; ") + ".", function (ctx, width, height) {
      const x = (value) => 8 + (value - low + pad) / (high - low + 2 * pad) * (width - 16);
      ctx.strokeStyle = S.css("--grid");
      ctx.fillStyle = S.css("--soft");
      const ticks = S.valueTicks(name, low - pad, high + pad, 3);
      for (const tick of ticks) S.line(ctx, x(tick), 0, x(tick), height - 24);
      S.labelsAcross(ctx, ticks.map((tick) => ({ x: x(tick), text: S.valueTick(name, tick) })), height - 8, width);
      shown.forEach(function (one, i) {
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
    const kindsOf = (one) => Object.entries(one.groups || {}).filter(([, rows]) => rows && rows.length);
    const tells = (one) => kindsOf(one).length > 0 || (one.shift || []).length > 0;
    others.slice(0, 12).forEach(function (first, i) {
      if (!D.alternatives.some((one) => one.name === first.name && tells(one))) return;
      panelOf(main, {
        id: "winners-" + i, title: "Who gains and who loses: " + label(first),
        note: function () {
          const worse = others[i].worse_off || {};
          return S.known(worse.share) ? S.pct(worse.share) + " of jobs (" + S.count(worse.jobs) + " of " + S.count(worse.of) + ") are completed later than under the baseline." : "";
        },
        build: function (body) {
          const grid = S.el("div", { class: "two" });
          const one = others[i];
          if (!tells(one)) return S.empty(body, "Not known in this case.");
          body.append(grid);
          if ((one.shift || []).length) shift(grid, one);
          for (const [kind, rows] of kindsOf(one)) {
            const figure = S.el("div", {}, S.el("h3", { text: "Change of the mean wait by " + kind }));
            grid.append(figure);
            const shown = rows.slice().sort((a, b) => Math.abs(b.difference_s || 0) - Math.abs(a.difference_s || 0)).slice(0, 14);
            S.forest(figure, { isTime: true, format: (value) => (value > 0 ? "+" : "") + S.short(value), label: "Change of the mean wait by " + kind + ": " + shown.slice(0, 5).map((row) => row.name + " " + S.dur(row.difference_s)).join("; ") + ".",
              rows: shown.map((row) => ({ name: (row.name === "" ? "(none)" : row.name) + ", " + S.count(row.jobs) + " jobs", value: row.difference_s, low: (row.difference_ci95 || [])[0], high: (row.difference_ci95 || [])[1], none: row.verdict === "no evidence", color: color(row.verdict), text: S.known(row.difference_s) ? (row.difference_s > 0 ? "+" : "") + S.dur(row.difference_s) + " " + (row.verdict || "") : "not known" })) });
            if (rows.length > 14) figure.append(S.el("p", { class: "note", text: "The 14 largest changes of " + S.count(rows.length) + "." }));
          }
        },
        table: () => ({ caption: "Winners and losers", columns: [{ name: "by", text: true }, { name: "name", text: true }, { name: "jobs" }, { name: "baseline wait", csv: "baseline_wait_s", format: S.dur }, { name: "wait", csv: "wait_s", format: S.dur }, { name: "change", csv: "difference_s", format: S.dur }, { name: "verdict", text: true }],
          rows: kindsOf(others[i]).flatMap(([kind, rows]) => rows.map((row) => [kind, row.name, row.jobs, row.baseline_wait_s, row.wait_s, row.difference_s, row.verdict || ""])) }),
      });
    });
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
    const knownOf = () => others.filter((one) => one.divergence && (one.divergence.accumulated_s || []).length);
    const usable = () => { const known = knownOf(); return Boolean(base) && known.length > 0 && known.every((one) => one.divergence.replication === known[0].divergence.replication); };
    if (!usable()) return;
    let choices, any, jobs, from, to, submits, timed, places, end;
    // Takes the figures of the chosen case; `from` and `to` stay what they are called.
    function take() {
      if (choices && choices[0] === base) return;
      const known = knownOf(), again = (old, otherwise) => (old && choices.find((one) => one.name === old.name)) || otherwise;
      choices = [base, ...known];
      any = known[0].divergence;
      jobs = any.jobs;
      from = again(from, base);
      to = again(to, known[0]);
      submits = any.submit_s || [];
      timed = submits.length > 0 && submits[submits.length - 1] > 0;
      places = any.accumulated_s.map((_, i) => (timed ? submits[i] : jobsAt(i)));
      end = places[places.length - 1];
    }
    const sums = (one) => (one === base ? any.accumulated_s.map(() => 0) : one.divergence.accumulated_s);
    const points = () => { const a = sums(from); return sums(to).map((value, i) => value - (a[i] || 0)); };
    // Of points() in seconds from the first submit; where all jobs come at once, in jobs.
    const jobsAt = (i) => Math.ceil((i + 1) / any.accumulated_s.length * jobs);
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
    const panel = panelOf(main, {
      id: "divergence", title: "Where do two schedules part, and how does it add up?",
      note: function () {
        if (!usable()) return "";
        take();
        return parting() + " The curve sums the differences in completion time over the jobs submitted so far, in replication " + S.count(any.replication) + "; below 0 " + label(to) + " is ahead. Jobs that one of them did not complete count as equal.";
      },
      build: function (body) {
        if (!usable()) return S.empty(body, "Single jobs were not kept in this case.");
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
      table: () => ({ caption: "Accumulated difference in completion time", columns: [{ name: "jobs" }, ...(timed ? [{ name: "submitted by", csv: "submit_s", format: S.dur }] : []), { name: "sum of differences", csv: "accumulated_s", format: S.dur }], rows: !usable() ? [] : points().map((value, i) => [jobsAt(i), ...(timed ? [submits[i]] : []), value]) }),
    });
  }

  function settings(main) {
    const paths = [...new Set(D.alternatives.flatMap((one) => Object.keys(one.settings || {})))].filter((path) => new Set(D.alternatives.map((one) => String((one.settings || {})[path]))).size > 1);
    S.panel(main, { id: "settings", title: "Settings that differ", table: () => ({
      caption: "Settings that differ", none: "No setting differs.", columns: [...(cases.length ? [{ name: "case", text: true }] : []), { name: "alternative", text: true }, ...paths.map((path) => ({ name: path, text: true }))],
      rows: paths.length ? D.alternatives.map((one) => [...(cases.length ? [one.case] : []), label(one), ...paths.map((path) => { const value = (one.settings || {})[path]; return value === undefined ? "" : String(value); })]) : [],
    }) });
    const seeds = (D.replication && D.replication.seeds) || [];
    const count = Math.max(0, ...D.alternatives.flatMap((one) => names.map((name) => (of(one, name).values || []).length)));
    if (count) panelOf(main, { id: "replications", title: "Replications", note: "Values of " + names[0] + "; each row saw the same jobs under every alternative.", table: () => ({
      caption: "Replications", columns: [{ name: "replication", text: true }, ...(seeds.length ? [{ name: "seed" }] : []), ...shown.map((one) => ({ name: label(one) }))],
      rows: Array.from({ length: count }, (_, i) => [{ value: i + 1, text: String(i + 1) }, ...(seeds.length ? [{ value: seeds[i], text: seeds[i] === undefined ? "not known" : String(seeds[i]) }] : []), ...shown.map((one) => { const value = (of(one, names[0]).values || [])[i]; return { value: value, text: S.metric(names[0], value) }; })]),
    }) });
  }

  S.commonKeys();
  S.readAddress();
  choose();
  const main = S.frame("compare", cases.length > 1 ? S.el("label", {}, "case ", caseChoice) : null);
  top(main);
  if (cases.length > 1) overview(main);
  ranking(main);
  matrix(main);
  multiples(main);
  winners(main);
  divergence(main);
  settings(main);
  S.reproduction(main, [["Scenario", D.scenario], ["Seed", D.seed], ["Content hash", D.content_hash], ["Version", D.version], ["Replication", (D.replication || {}).method], ["Baseline", base && label(base) + (cases.length ? ", in each case" : "")], ["Simulations", S.known(D.simulations) ? S.count(D.simulations) + ", of which " + S.count(D.reused || 0) + " were reused" : null]], D.alternatives.map((one) => ({ name: (one.case ? one.case + ": " : "") + label(one), settings: one.settings })));
  addEventListener("hashchange", S.readAddress);
})(globalThis.seatrial);
