// The page of a plan: the answer, the size curve, frontier, two settings, runway, value of one more, all points.
"use strict";
(function (S) {
  const D = S.doc, P = S.plan;
  const goals = D.goals || [];
  D.evaluated = D.evaluated || [];
  // Of the goals, and a few more.
  const names = [...new Set([...goals.map((goal) => goal.metric), ...Object.keys((D.answer || D.evaluated[0] || {}).metrics || {})])].slice(0, Math.max(7, goals.length));
  const verdict = (met) => S.el("span", { class: met ? "met" : "missed", text: met ? "\u2713 met" : "\u2717 missed" });
  let shownGoal = goals.find((goal) => goal.goal === D.binding_goal) || goals[0];

  function pickGoal(redraw) {
    if (goals.length < 2) return null;
    return S.el("label", { class: "note" }, "goal ", S.el("select", { onchange: (event) => { shownGoal = goals[Number(event.target.value)]; redraw(); } }, goals.map((goal, i) => S.el("option", { value: i, text: goal.goal, selected: goal === shownGoal }))));
  }

  function top(main) {
    const answer = D.answer;
    const section = S.el("section", { class: "top wide", "aria-label": "Answer" },
      S.el("p", { class: "eyebrow" }, S.name(D.scenario), " \u00b7 " + S.count(D.simulations) + " simulations" + (D.reused ? ", " + S.count(D.reused) + " reused" : "") + (S.known(D.grid) ? ", of a grid of " + S.count(D.grid) + " settings" : "") + " \u00b7 " + S.count(D.replications) + (D.replications === 1 ? " replication" : " replications") + (D.content_hash ? " \u00b7 content hash " + D.content_hash : "")),
      S.el("h1", { text: D.verdict || (answer ? P.settings(answer.settings) : "No setting meets the goals.") }));
    const rows = [];
    if (answer) {
      rows.push(...Object.entries(answer.settings).map(([path, value]) => [path, String(value)]), [(D.minimize || {}).name || "objective", P.objective(answer.objective)]);
    } else {
      rows.push(["Answer", "none: no setting that was tried meets all goals"]);
      if (D.closest) rows.push(["Closest", P.settings(D.closest.settings)]);
    }
    if (D.binding_goal) rows.push(["Binding goal", D.binding_goal]);
    if (D.lower_bound) rows.push(["Lower bound", P.objective(D.lower_bound.objective) + " by proof (" + P.settings(D.lower_bound.settings) + "; just below, " + D.lower_bound.bound + " rules it out)"]);
    if (D.runway && D.runway.points.length) rows.push(["Lasts", S.known(D.runway.load_at_break) ? lastsWords(D.runway.load_at_break, D.runway.months_at_break, D.runway.date_at_break) : "beyond " + S.num(D.runway.points[D.runway.points.length - 1].load) + " x the load"]);
    section.append(S.el("dl", { class: "pairs answer" }, rows.map(([term, value]) => [S.el("dt", {}, S.name(term)), S.el("dd", {}, S.name(value))])));
    if (answer && answer.goals) {
      section.append(S.table({ caption: "Goals at the answer", columns: [{ name: "goal", text: true }, { name: "value at the interval's bad end", csv: "value" }, { name: "mean" }, { name: "verdict", text: true }],
        rows: answer.goals.map(function (goal) {
          const metric = (goals.find((one) => one.goal === goal.goal) || {}).metric || goal.goal.split(/\s*[<>=!]=?/)[0].trim();
          return [goal.goal, { value: goal.value, text: S.metric(metric, goal.value) }, { value: (answer.metrics || {})[metric], text: S.metric(metric, (answer.metrics || {})[metric]) }, { value: goal.met, node: verdict(goal.met) }];
        }) }));
    }
    for (const note of D.notes || []) section.append(S.el("p", { class: "note" }, S.name(note.charAt(0).toUpperCase() + note.slice(1) + (/[.!?]$/.test(note) ? "" : "."))));
    if (D.command) section.append(S.copyable("command", D.command));
    main.append(section);
  }

  function curves(main) {
    const numeric = P.paths.filter((path) => P.numeric(path));
    if (!goals.length || !D.evaluated.length || !numeric.length) return;
    const panel = S.panel(main, {
      id: "curve", title: "How the goal depends on size",
      note: () => "Other settings as in the " + (D.answer ? "answer" : "first point") + ". Where the spread is wide the axis is logarithmic; the knee is where more size begins to help less.",
      build: function (body) {
        const pick = pickGoal(() => panel.draw());
        if (pick) body.append(pick);
        for (const path of numeric) P.curve(body, shownGoal, path);
      },
      table: points,
    });
    if (D.evaluated.length > 1) {
      const frontier = S.panel(main, { id: "frontier", title: "What meeting the goal costs", wide: P.paths.length < 2, note: () => (shownGoal ? shownGoal.metric + " against " + ((D.minimize || {}).name || "objective") + "; points that another beats in both are faint." : ""),
        build: function (body) { const pick = pickGoal(() => frontier.draw()); if (pick) body.append(pick); P.frontier(body, shownGoal); },
        table: () => ({ caption: "Frontier", columns: columns(), rows: (D.frontier || []).map(row) }) });
    }
  }
  function maps(main) {
    if (P.paths.length < 2) return;
    S.panel(main, { id: "map", title: "Two settings at once", wide: D.evaluated.length < 2 || !goals.length, note: "Cells show " + (shownGoal ? shownGoal.metric : "the goals") + "; the thick line is the border of what meets all goals.",
      build: (body) => P.map(body, P.paths[0], P.paths[1], shownGoal), table: points });
  }
  function marginal(main) {
    const list = D.marginal || [];
    if (!list.length) return;
    S.panel(main, { id: "marginal", title: "What would one more change?", table: () => ({
      caption: "Marginal values", columns: [{ name: "setting", text: true }, { name: "from", text: true }, { name: "to", text: true }, { name: (D.minimize || {}).name || "objective" }, ...names.map((name) => ({ name: name }))],
      rows: list.map((one) => [one.path, String(one.from), String(one.to), { value: one.objective, text: (one.objective > 0 ? "+" : "") + P.objective(one.objective) }, ...names.map((name) => { const value = (one.metrics || {})[name]; return { value: value, text: S.known(value) ? (value > 0 ? "+" : "") + S.metric(name, value) : "not known" }; })]),
    }) });
  }
  // The goal's metric when one setting alone is moved to the nearest simulated value below and above the answer.
  function tornado(main) {
    if (!D.answer || !shownGoal) return;
    const order = (path) => D.vary.find((axis) => axis.path === path).values.map(String);
    const known = (point) => S.known((point.metrics || {})[shownGoal.metric]);
    const rows = () => P.paths.flatMap(function (path) {
      const values = order(path), here = values.indexOf(String(D.answer.settings[path]));
      const others = D.evaluated.filter((point) => known(point) && P.paths.every((one) => (one === path) !== (String(point.settings[one]) === String(D.answer.settings[one]))))
        .map((point) => ({ point: point, at: values.indexOf(String(point.settings[path])) })).sort((a, b) => Math.abs(a.at - here) - Math.abs(b.at - here));
      const nearest = P.numeric(path) ? [others.find((one) => one.at < here), others.find((one) => one.at > here)] : others;
      return nearest.filter(Boolean).map(({ point, at }) => ({ path: path, to: values[at], from: values[here], steps: Math.abs(at - here), point: point, change: point.metrics[shownGoal.metric] - D.answer.metrics[shownGoal.metric] }));
    }).concat((D.sensitivity || []).filter(known).map((point) => ({ path: point.what, to: S.num(point.factor) + " x", from: "1 x", steps: null, point: point, change: point.metrics[shownGoal.metric] - D.answer.metrics[shownGoal.metric] })))
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
    if (!known(D.answer) || !rows().length) return;
    const signed = (value) => (value > 0 ? "+" : "") + S.metric(shownGoal.metric, value);
    S.panel(main, { id: "tornado", title: "What would change the answer?",
      note: () => "Change of " + shownGoal.metric + " from the answer's " + S.metric(shownGoal.metric, D.answer.metrics[shownGoal.metric]) + " when one thing alone changes: a number to the nearest value that was simulated, a choice to each other one." + ((D.sensitivity || []).length ? "" : " With --sensitivity the other choices and 10 % less and more load are simulated as well."),
      build: (body) => S.forest(body, { isTime: S.isTime(shownGoal.metric), format: (value) => (value > 0 ? "+" : "") + S.valueTick(shownGoal.metric, value), label: "Change of " + shownGoal.metric + ": " + rows().slice(0, 6).map((one) => one.path + " " + one.from + " to " + one.to + " " + signed(one.change)).join("; ") + ".",
        rows: rows().map((one) => ({ name: one.path + ": " + one.from + " \u2192 " + one.to, value: one.change, low: Math.min(0, one.change), high: Math.max(0, one.change), color: S.css(one.point.met ? "--c2" : "--c3"), text: signed(one.change) + ", goals " + (one.point.met ? "met" : "missed") })) }),
      table: () => ({ caption: "Change of " + shownGoal.metric, columns: [{ name: "setting", text: true }, { name: "from", text: true }, { name: "to", text: true }, { name: "steps" }, { name: "change" }, { name: (D.minimize || {}).name || "objective" }, { name: "goals", text: true }],
        rows: rows().map((one) => [one.path, one.from, one.to, one.steps, { value: one.change, text: signed(one.change) }, { value: one.point.objective, text: P.objective(one.point.objective) }, { value: one.point.met ? "met" : "missed", node: verdict(one.point.met) }]) }) });
  }
  // "2027-06-13 (in 4.5 months, at 1.2 x the load)"
  function instantWords(load, months, date) {
    const parts = [date ? S.known(months) ? "in " + S.num(months) + " months" : "" : "", "at " + S.num(load) + " x the load"].filter(Boolean).join(", ");
    return date ? date + " (" + parts + ")" : (S.known(months) ? "in " + S.num(months) + " months, " : "") + "at " + S.num(load) + " x the load";
  }
  function lastsWords(load, months, date) {
    if (date) return "until " + instantWords(load, months, date);
    return (S.known(months) ? S.num(months) + " months, " : "") + "until the load is " + S.num(load) + " times as high";
  }
  function runway(main) {
    const run = D.runway;
    if (!run || !(run.points || []).length) return;
    const top = run.points[run.points.length - 1].load;
    const broken = (one) => (S.known(one.load_at_break) ? "is first missed " + (one.date_at_break ? "on " : "") + instantWords(one.load_at_break, one.months_at_break, one.date_at_break) : "holds as far as was looked, " + S.num(top) + " x the load");
    const panel = S.panel(main, { id: "runway", title: "How long will it last?", note: () => "The answer's cluster under growing load" + (run.growth ? " (" + run.growth + (run.from ? " from " + run.from + " on" + (run.from_trace ? ", the last submit of the trace" : "") : "") + ")" : "") + ", in steps of 5 %. " + (S.known(run.load_at_break) ? "A goal " + broken(run) + "." : "No goal is missed up to " + S.num(top) + " x the load."),
      build: function (body) {
        const pick = pickGoal(() => panel.draw());
        if (pick) body.append(pick);
        if (shownGoal) P.runway(body, shownGoal);
        if ((run.goals || []).length > 1) body.append(S.el("ul", { class: "plain" }, run.goals.map((one) => S.el("li", {}, S.name(one.goal), " " + broken(one) + "."))));
      },
      table: () => ({ caption: "Runway", columns: [{ name: "load" }, { name: "months" }, { name: "date", text: true }, ...names.map((name) => ({ name: name })), { name: "goals", text: true }],
        rows: run.points.map((point) => [point.load, point.months, point.date || "not known", ...names.map((name) => ({ value: (point.metrics || {})[name], text: S.metric(name, (point.metrics || {})[name]) })), { value: point.met ? "met" : "missed", node: verdict(point.met) }]) }) });
  }

  const columns = () => [...P.paths.map((path) => ({ name: path, text: true })), { name: (D.minimize || {}).name || "objective" }, ...names.map((name) => ({ name: name })), { name: "goals", text: true }, { name: "step", text: true }];
  function row(point) {
    const value = (name) => (point.metrics || {})[name], ci = (name) => (point.metrics_ci95 || {})[name];
    const number = (text) => (text !== "" && isFinite(Number(text)) ? Number(text) : String(text));
    const goal = point.met === undefined ? { value: "", text: "" } : { value: point.met ? "met" : "missed", node: verdict(point.met) };
    return [...P.paths.map((path) => ({ value: number((point.settings || {})[path]), text: String((point.settings || {})[path]) })), { value: point.objective, text: P.objective(point.objective) },
      ...names.map((name) => ({ value: value(name), node: S.el("span", {}, S.metric(name, value(name)), ci(name) && S.known(ci(name)[0]) ? S.el("small", { text: "[" + S.metric(name, ci(name)[0]) + ", " + S.metric(name, ci(name)[1]) + "]" }) : null) })), goal, point.step || ""];
  }
  const points = () => ({ caption: "Evaluated points", none: "Nothing was simulated.", columns: columns(), rows: D.evaluated.map(row) });

  function excluded(main) {
    const list = D.excluded || [];
    S.panel(main, { id: "evaluated", title: "Every simulated point", note: "Sort by a column's name. Values in brackets are 95 % intervals.", table: points });
    if (!list.length) return;
    S.panel(main, { id: "excluded", title: "Ruled out without simulation", table: () => ({ caption: "Ruled out", columns: [{ name: "bound", text: true }, { name: "settings" }, { name: "why", text: true }], rows: list.map((one) => [one.bound, one.points, one.sentence || ""]) }) });
  }

  S.commonKeys();
  S.readAddress();
  const main = S.frame("plan");
  top(main);
  curves(main);
  maps(main);
  marginal(main);
  tornado(main);
  runway(main);
  excluded(main);
  S.reproduction(main, [["Scenario", D.scenario], ["Seed", D.seed], ["Content hash", D.content_hash], ["Version", D.version], ["Varied", (D.vary || []).map((axis) => axis.path + ": " + axis.values.length + " values").join("; ")], ["Minimised", D.minimize ? D.minimize.name + (D.minimize.unit ? " in " + D.minimize.unit : "") : null]], (D.answer ? [D.answer] : []).concat(D.evaluated.filter((point) => !D.answer || !P.same(point.settings, D.answer.settings))).map((point) => ({ name: P.settings(point.settings) + (D.answer && point === D.answer ? " (the answer)" : ""), settings: point.settings })));
  addEventListener("hashchange", S.readAddress);
})(globalThis.seatrial);
