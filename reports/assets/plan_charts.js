// Charts of a plan: a metric over the size with interval and limit, cost against a goal, a map of two settings, runway.
"use strict";
(function (S) {
  const D = S.doc;
  const P = (S.plan = {});
  P.paths = (D.vary || []).map((axis) => axis.path);
  P.numeric = (path) => (D.vary.find((axis) => axis.path === path) || { values: [] }).values.every((value) => value !== "" && isFinite(Number(value)));
  P.settings = (settings) => Object.entries(settings || {}).map(([path, value]) => path + " = " + value).join(", ");
  P.same = (a, b) => Boolean(a && b) && P.paths.every((path) => String(a[path]) === String(b[path]));
  P.objective = (value) => (S.known(value) ? S.num(value) + (D.minimize && D.minimize.unit && D.minimize.unit !== "1" ? " " + D.minimize.unit : "") : "not known");
  const isAnswer = (point) => Boolean(D.answer) && P.same(point.settings, D.answer.settings);
  const pass = () => S.css("--c2"), fail = () => S.css("--c3");

  function scaleOf(values, log) {
    let low = Math.min(...values), high = Math.max(...values);
    const positive = values.filter((value) => value > 0);
    if (log && low >= 0 && positive.length) {
      // Zeros have a place of their own below the logarithmic part.
      const floor = low > 0 ? 0 : 0.1;
      low = Math.min(...positive) / 1.25; high *= 1.25;
      const at = (value) => (floor && value <= 0 ? 0 : floor + (1 - floor) * Math.log(Math.max(value, low) / low) / Math.log(high / low));
      return { log: true, zero: floor > 0, low: low, high: high, at: at };
    }
    const pad = (high - low || Math.abs(high) || 1) * 0.08;
    low = low >= 0 ? Math.max(0, low - pad) : low - pad; high += pad;
    return { log: false, low: low, high: high, at: (value) => (value - low) / (high - low) };
  }
  const isWide = (values) => Math.max(...values) / Math.min(...values.filter((value) => value > 0)) > 8;
  const durations = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18000, 36000, 86400, 172800, 432000, 864000, 2592000, 31557600];
  function ticksOf(scale, count, metric) {
    if (!scale.log) return S.valueTicks(metric, scale.low, scale.high, count);
    const zero = scale.zero ? [0] : [];
    if (S.isTime(metric) && scale.low >= 0.5) {
      const all = durations.filter((tick) => tick >= scale.low && tick <= scale.high), every = Math.ceil(all.length / (2 * count));
      return zero.concat(all.filter((tick, i) => i % every === 0));
    }
    const ticks = [];
    for (let e = Math.floor(Math.log10(scale.low)); e <= Math.ceil(Math.log10(scale.high)); ++e) for (const k of scale.high / scale.low > 300 ? [1] : [1, 2, 5]) ticks.push(k * 10 ** e);
    return zero.concat(ticks.filter((tick) => tick >= scale.low && tick <= scale.high));
  }

  // The metric of a goal over one varied number; the other settings as in the answer (or the first point).
  P.curve = function (parent, goal, path) {
    const others = P.paths.filter((one) => one !== path);
    const anchor = D.answer || D.evaluated[0];
    const points = D.evaluated.filter((point) => others.every((one) => String(point.settings[one]) === String(anchor.settings[one])) && S.known(point.metrics[goal.metric])).map((point) => ({ x: Number(point.settings[path]), y: point.metrics[goal.metric], ci: (point.metrics_ci95 || {})[goal.metric], met: point.met, goalMet: ((point.goals || []).find((one) => one.goal === goal.goal) || { met: point.met }).met, point: point })).sort((a, b) => a.x - b.x);
    if (!points.length) return S.empty(parent, "No evaluated point has a value of " + goal.metric + ".");
    const limits = S.known(goal.value) ? [goal.value] : [];
    const values = points.flatMap((point) => [point.y, ...(point.ci || [])]).concat(limits).filter(S.known);
    const y = scaleOf(values, isWide(values));
    const x = scaleOf(points.map((point) => point.x), false), whole = points.every((point) => Number.isInteger(point.x));
    const knee = kneeOf(points, y);
    const label = goal.metric + " over " + path + ": " + points.slice(0, 8).map((point) => S.num(point.x) + " gives " + S.metric(goal.metric, point.y) + (point.met ? ", meets all goals" : "")).join("; ") + ".";
    S.canvas(parent, 300, label, function (ctx, width, height) {
      const box = { left: 86, right: width - 16, bottom: height - 42, top: 12, width: width };
      const px = (value) => box.left + x.at(value) * (box.right - box.left), py = (value) => box.bottom - Math.min(1.02, Math.max(0, y.at(value))) * (box.bottom - box.top);
      S.axes(ctx, box, { at: px, ticks: S.niceTicks(x.low, x.high, Math.min(12, width / 70)).filter((tick) => !whole || Number.isInteger(tick)), format: S.num }, { at: py, ticks: ticksOf(y, 5, goal.metric), format: (tick) => S.valueTick(goal.metric, tick) });
      ctx.fillStyle = S.css("--soft");
      ctx.textAlign = "center";
      ctx.fillText(S.shorten(ctx, path, box.right - box.left), (box.left + box.right) / 2, height - 6);
      ribbon(ctx, points.filter((point) => point.ci && S.known(point.ci[0]) && S.known(point.ci[1])), px, py);
      if (limits.length) limitLine(ctx, box, py(goal.value), goal.op + " " + S.valueTick(goal.metric, goal.value));
      ctx.strokeStyle = S.css("--c7");
      ctx.lineWidth = 2;
      ctx.beginPath();
      points.forEach((point, i) => (i ? ctx.lineTo(px(point.x), py(point.y)) : ctx.moveTo(px(point.x), py(point.y))));
      ctx.stroke();
      ctx.lineWidth = 1;
      for (const point of points) mark(ctx, px(point.x), py(point.y), point.goalMet);
      for (const point of points) {
        if (isAnswer(point.point)) ring(ctx, px(point.x), py(point.y), "answer");
        else if (point === knee) ring(ctx, px(point.x), py(point.y), "knee");
      }
    });
    S.legend(parent, [{ name: "meets the goal (filled dot)", fill: pass() }, { name: "does not (open square)", fill: fail() }, { name: "95 % interval", fill: S.css("--band") }]);
  };
  function limitLine(ctx, box, y, text) {
    ctx.strokeStyle = ctx.fillStyle = S.css("--bad");
    ctx.setLineDash([8, 4]);
    ctx.lineWidth = 1.6;
    S.line(ctx, box.left, y, box.right, y);
    ctx.setLineDash([]);
    ctx.lineWidth = 1;
    ctx.textAlign = "right";
    ctx.fillText(text, box.right, y - 6);
  }
  function ribbon(ctx, points, px, py) {
    if (!points.length) return;
    ctx.fillStyle = S.css("--absent");
    ctx.globalAlpha = 0.35;
    ctx.beginPath();
    points.forEach((point, i) => (i ? ctx.lineTo(px(point.x), py(point.ci[1])) : ctx.moveTo(px(point.x), py(point.ci[1]))));
    for (const point of points.slice().reverse()) ctx.lineTo(px(point.x), py(point.ci[0]));
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = S.css("--absent");
    for (const point of points) { ctx.beginPath(); ctx.moveTo(px(point.x), py(point.ci[0])); ctx.lineTo(px(point.x), py(point.ci[1])); ctx.stroke(); }
  }
  function mark(ctx, x, y, met) {
    ctx.lineWidth = 2;
    ctx.beginPath();
    if (met) { ctx.fillStyle = pass(); ctx.arc(x, y, 5, 0, 7); ctx.fill(); } else { ctx.fillStyle = S.css("--card"); ctx.strokeStyle = fail(); ctx.rect(x - 4.5, y - 4.5, 9, 9); ctx.fill(); ctx.stroke(); }
    ctx.lineWidth = 1;
  }
  function ring(ctx, x, y, text) {
    ctx.strokeStyle = S.css("--ink");
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.arc(x, y, 10, 0, 7);
    ctx.stroke();
    ctx.lineWidth = 1;
    ctx.font = "600 " + S.font(12);
    ctx.fillStyle = S.css("--ink");
    ctx.textAlign = "center";
    ctx.fillText(text, x, y - 15 < 12 ? y + 25 : y - 15);
    ctx.font = S.font(12);
  }
  // The point farthest from the straight line between the ends.
  function kneeOf(points, y) {
    if (points.length < 4) return null;
    const a = points[0], b = points[points.length - 1], height = (point) => y.at(point.y);
    let best = null, most = 0.12;
    for (const point of points.slice(1, -1)) {
      const t = (point.x - a.x) / (b.x - a.x), distance = Math.abs(height(point) - (height(a) + (height(b) - height(a)) * t));
      if (distance > most) { most = distance; best = point; }
    }
    return best;
  }

  // Cost against one goal's metric; points that another beats in both are faint.
  P.frontier = function (parent, goal) {
    const all = D.evaluated.filter((point) => S.known(point.objective) && S.known(point.metrics[goal.metric]));
    if (all.length < 2) return S.empty(parent, "Too few points for a frontier.");
    const onIt = (point) => (D.frontier || []).some((one) => P.same(one.settings, point.settings));
    const ys = all.map((point) => point.metrics[goal.metric]).concat(S.known(goal.value) ? goal.value : []);
    const y = scaleOf(ys, isWide(ys)), x = scaleOf(all.map((point) => point.objective), false);
    S.canvas(parent, 280, "Cost against " + goal.metric + ": " + S.count(all.length) + " points, " + S.count(all.filter(onIt).length) + " on the frontier.", function (ctx, width, height) {
      const box = { left: 86, right: width - 16, bottom: height - 42, top: 12, width: width };
      const px = (value) => box.left + x.at(value) * (box.right - box.left), py = (value) => box.bottom - y.at(value) * (box.bottom - box.top);
      S.axes(ctx, box, { at: px, ticks: S.niceTicks(x.low, x.high, Math.min(8, width / 90)), format: S.num }, { at: py, ticks: ticksOf(y, 5, goal.metric), format: (tick) => S.valueTick(goal.metric, tick) });
      ctx.fillStyle = S.css("--soft");
      ctx.textAlign = "center";
      ctx.fillText((D.minimize ? D.minimize.name : "objective") + (D.minimize && D.minimize.unit ? " (" + D.minimize.unit + ")" : ""), (box.left + box.right) / 2, height - 6);
      const line = all.filter(onIt).sort((a, b) => a.objective - b.objective);
      ctx.strokeStyle = S.css("--c0");
      ctx.lineWidth = 2;
      ctx.beginPath();
      line.forEach((point, i) => (i ? ctx.lineTo(px(point.objective), py(point.metrics[goal.metric])) : ctx.moveTo(px(point.objective), py(point.metrics[goal.metric]))));
      ctx.stroke();
      ctx.lineWidth = 1;
      for (const point of all) {
        ctx.globalAlpha = onIt(point) || isAnswer(point) ? 1 : 0.35;
        mark(ctx, px(point.objective), py(point.metrics[goal.metric]), point.met);
        ctx.globalAlpha = 1;
        if (isAnswer(point)) ring(ctx, px(point.objective), py(point.metrics[goal.metric]), "answer");
      }
    });
  };

  // Two varied settings: which cells were evaluated, and where all goals are met.
  P.map = function (parent, across, down, goal) {
    const valuesOf = (path) => D.vary.find((axis) => axis.path === path).values.map(String), xs = valuesOf(across), ys = valuesOf(down);
    const rest = P.paths.filter((path) => path !== across && path !== down), anchor = D.answer || D.evaluated[0];
    const at = (x, y) => D.evaluated.find((point) => String(point.settings[across]) === x && String(point.settings[down]) === y && rest.every((path) => String(point.settings[path]) === String(anchor.settings[path])));
    const evaluated = xs.flatMap((x) => ys.map((y) => at(x, y))).filter(Boolean);
    const label = "Map of " + across + " and " + down + ": " + S.count(evaluated.length) + " of " + S.count(xs.length * ys.length) + " settings were simulated, " + S.count(evaluated.filter((point) => point.met).length) + " meet all goals.";
    S.canvas(parent, () => Math.min(460, ys.length * 30 + 48), label, function (ctx, width, height) {
      const left = Math.min(120, width * 0.3), w = (width - left) / xs.length, h = (height - 48) / ys.length;
      ys.forEach(function (y, j) {
        ctx.textAlign = "right";
        ctx.fillStyle = S.css("--soft");
        if (h >= 12 || j % Math.ceil(14 / h) === 0) ctx.fillText(S.shorten(ctx, y, left - 10), left - 6, j * h + h / 2 + 4);
        xs.forEach(function (x, i) {
          const point = at(x, y);
          ctx.fillStyle = point ? (point.met ? S.fill(pass(), "solid") : S.fill(fail(), "diagonal")) : S.css("--band");
          ctx.fillRect(left + i * w, j * h, w - 1, h - 1);
          if (point && w > 56 && h > 14 && goal && S.known(point.metrics[goal.metric])) label2(ctx, S.metric(goal.metric, point.metrics[goal.metric]), left + i * w + w / 2, j * h + h / 2, w);
          if (point && isAnswer(point)) { ctx.strokeStyle = S.css("--ink"); ctx.lineWidth = 3; ctx.strokeRect(left + i * w + 1, j * h + 1, w - 3, h - 3); ctx.lineWidth = 1; }
        });
      });
      border(ctx, xs, ys, at, left, w, h);
      ctx.fillStyle = S.css("--soft");
      S.labelsAcross(ctx, xs.map((x, i) => ({ x: left + i * w + w / 2, text: x })), height - 32, width);
      ctx.textAlign = "center";
      ctx.fillText(S.shorten(ctx, across + " (across), " + down + " (down)", width - 10), width / 2, height - 8);
    });
    S.legend(parent, [{ name: "meets all goals", fill: S.fill(pass(), "solid") }, { name: "misses a goal", fill: S.fill(fail(), "diagonal") }, { name: "not simulated", fill: S.css("--band") }, { name: "outlined: the answer", fill: S.css("--ink") }]);
  };
  function label2(ctx, text, x, y, width) {
    const shown = S.shorten(ctx, text, width - 12), w = ctx.measureText(shown).width;
    ctx.fillStyle = S.css("--card");
    ctx.fillRect(x - w / 2 - 3, y - 8, w + 6, 16);
    ctx.fillStyle = S.css("--ink");
    ctx.textAlign = "center";
    ctx.fillText(shown, x, y + 4);
  }
  // The border between simulated neighbours of which one meets the goals and the other does not.
  function border(ctx, xs, ys, at, left, w, h) {
    ctx.strokeStyle = S.css("--ink");
    ctx.lineWidth = 3;
    xs.forEach((x, i) => ys.forEach(function (y, j) {
      const here = at(x, y), right = i + 1 < xs.length && at(xs[i + 1], y), below = j + 1 < ys.length && at(x, ys[j + 1]);
      if (here && right && here.met !== right.met) S.line(ctx, left + (i + 1) * w, j * h, left + (i + 1) * w, (j + 1) * h);
      if (here && below && here.met !== below.met) S.line(ctx, left + i * w, (j + 1) * h, left + (i + 1) * w, (j + 1) * h);
    }));
    ctx.lineWidth = 1;
  }

  // Growth of load against a goal's metric; where that goal breaks. The axis is of dates where a day is given.
  P.runway = function (parent, goal) {
    const runway = D.runway, points = runway.points.filter((point) => S.known(point.metrics[goal.metric]));
    if (!points.length) return S.empty(parent, "The runway has no values of " + goal.metric + ".");
    const months = points.every((point) => S.known(point.months)), xOf = (point) => (months ? point.months : point.load);
    const values = points.flatMap((point) => [point.metrics[goal.metric], ...((point.metrics_ci95 || {})[goal.metric] || [])]).concat(goal.value).filter(S.known);
    const y = scaleOf(values, isWide(values)), x = scaleOf(points.map(xOf), false);
    const own = (runway.goals || []).find((one) => one.goal === goal.goal) || runway;
    const breaks = months ? own.months_at_break : own.load_at_break;
    const dates = months && runway.from, day = (value) => new Date(Date.parse(runway.from) + value * 30.4375 * 86400000).toISOString().slice(0, 10);
    const format = (value) => (dates ? (x.high - x.low > 6 ? day(value).slice(0, 7) : day(value)) : S.num(value));
    const goalMet = (point) => ((point.goals || []).find((one) => one.goal === goal.goal) || point).met;
    S.canvas(parent, 260, goal.metric + " as load grows: " + points.slice(0, 8).map((point) => "load " + S.num(point.load) + ": " + S.metric(goal.metric, point.metrics[goal.metric]) + (goalMet(point) ? "" : ", the goal is missed")).join("; ") + ".", function (ctx, width, height) {
      const box = { left: 86, right: width - 16, bottom: height - 42, top: 14, width: width };
      const px = (value) => box.left + x.at(value) * (box.right - box.left), py = (value) => box.bottom - Math.min(1.02, Math.max(0, y.at(value))) * (box.bottom - box.top);
      if (S.known(breaks)) {
        ctx.fillStyle = S.fill(S.css("--band"), "diagonal");
        ctx.fillRect(px(breaks), box.top, box.right - px(breaks), box.bottom - box.top);
      }
      S.axes(ctx, box, { at: px, ticks: S.niceTicks(Math.max(0, x.low), x.high, Math.min(8, width / (dates ? 110 : 80))), format: format }, { at: py, ticks: ticksOf(y, 5, goal.metric), format: (tick) => S.valueTick(goal.metric, tick) });
      ctx.fillStyle = S.css("--soft");
      ctx.textAlign = "center";
      ctx.fillText(dates ? "date at which the growth reaches the load" : months ? "months from now" : "load, 1 is today", (box.left + box.right) / 2, height - 6);
      if (S.known(goal.value)) limitLine(ctx, box, py(goal.value), goal.op + " " + S.valueTick(goal.metric, goal.value));
      ribbon(ctx, points.map((point) => ({ x: xOf(point), ci: (point.metrics_ci95 || {})[goal.metric] })).filter((point) => point.ci && S.known(point.ci[0]) && S.known(point.ci[1])), px, py);
      ctx.strokeStyle = S.css("--c7");
      ctx.lineWidth = 2;
      ctx.beginPath();
      points.forEach((point, i) => (i ? ctx.lineTo(px(xOf(point)), py(point.metrics[goal.metric])) : ctx.moveTo(px(xOf(point)), py(point.metrics[goal.metric]))));
      ctx.stroke();
      ctx.lineWidth = 1;
      for (const point of points) mark(ctx, px(xOf(point)), py(point.metrics[goal.metric]), goalMet(point));
      if (S.known(breaks)) {
        const text = "breaks " + (own.date_at_break || "at " + S.num(breaks) + (months ? " months" : " x load")), right = px(breaks) > width / 2;
        ctx.fillStyle = S.css("--ink");
        ctx.textAlign = right ? "right" : "left";
        ctx.fillText(text, px(breaks) + (right ? -12 : 12), box.bottom - 8);
      }
    });
  };
})(globalThis.seatrial);
