// Charts over time: stacked areas and lines by uPlot, with one time range for all of them (drag to zoom, double click
// for all), a read-out in words, and W/S/A/D.
"use strict";
(function (S) {
  S.span = function () { return Math.max(S.doc.span_s || 0, 1e-9); };
  S.range = () => (S.state.from === null ? [0, S.span()] : [S.state.from, S.state.to]);

  // Equal buckets from 0 on; the last may be shorter. values[i] holds from x[i] to x[i + 1].
  S.bucketTimes = function (count, step) {
    const out = new Array(count);
    for (let i = 0; i < count; ++i) out[i] = i * step;
    return out;
  };
  // [first, values...] (or null) to `count` values.
  S.dense = function (sparse, count) {
    const out = new Array(count).fill(0);
    if (sparse) for (let i = 1; i < sparse.length; ++i) out[sparse[0] + i - 1] = sparse[i];
    return out;
  };
  S.addTo = function (sum, values) { for (let i = 0; i < sum.length; ++i) sum[i] += values[i]; };

  S.zoom = function (factor, shift) {
    const [from, to] = S.range(), length = (to - from) * factor, middle = (from + to) / 2 + (to - from) * shift;
    let low = Math.max(0, middle - length / 2), high = low + length;
    if (high > S.span()) { high = S.span(); low = Math.max(0, high - length); }
    if (length >= S.span() * 0.999) S.set({ from: null, to: null });
    else if (length > S.span() * 1e-6) S.set({ from: low, to: high });
  };
  S.timeKeys = function () {
    S.key(["W", "ArrowUp"], "zoom into time (arrow: when a chart has the focus)", (event) => inChart(event) && S.zoom(0.5, 0));
    S.key(["S", "ArrowDown"], "zoom out", (event) => inChart(event) && S.zoom(2, 0));
    S.key(["A", "ArrowLeft"], "earlier", (event) => inChart(event) && S.zoom(1, -0.25));
    S.key(["D", "ArrowRight"], "later", (event) => inChart(event) && S.zoom(1, 0.25));
    S.key(["Escape"], "all time, all jobs", () => S.set({ from: null, to: null, tenant: null, size: null, pool: null, node: null }));
  };
  // Arrows scroll the page unless a chart has the focus.
  const inChart = (event) => event.key.length === 1 || Boolean(event.target.closest(".chart"));

  function axis(extra) {
    return Object.assign({ stroke: S.css("--soft"), font: S.font(12), grid: { stroke: S.css("--grid"), width: 1 }, ticks: { stroke: S.css("--grid"), width: 1, size: 4 } }, extra);
  }

  // Smallest, mean and largest of `values` at the resolution that `pixels` can show within the time range: four intervals
  // become one as long as more than one would fall on a pixel. Returns {x, step, low, mean, high}.
  S.pyramid = function (values, step, pixels) {
    const [from, to] = S.range();
    let level = { step: step, low: values.low, mean: values.mean, high: values.high };
    while ((to - from) / level.step > pixels) {
      // A level is worked out once for as long as its curve lives.
      if (!coarserOf.has(level.mean)) coarserOf.set(level.mean, coarser(level));
      level = coarserOf.get(level.mean);
    }
    return Object.assign({ x: S.bucketTimes(level.mean.length, level.step) }, level);
  };
  const coarserOf = new WeakMap();  // by the means of the finer level
  function coarser(level) {
    const count = Math.ceil(level.mean.length / 4), out = { step: level.step * 4, low: [], mean: [], high: [] };
    for (let i = 0; i < count; ++i) {
      const end = Math.min(level.mean.length, i * 4 + 4);
      let low = Infinity, sum = 0, high = -Infinity;
      for (let k = i * 4; k < end; ++k) { low = Math.min(low, level.low[k]); sum += level.mean[k]; high = Math.max(high, level.high[k]); }
      out.low.push(low);
      out.mean.push(sum / (end - i * 4));
      out.high.push(high);
    }
    return out;
  }
  // Means alone, of several curves over the same intervals: [values, ...] to {x, step, values}.
  S.coarse = function (curves, step, pixels) {
    const found = curves.map((values) => S.pyramid({ low: values, mean: values, high: values }, step, pixels));
    return { x: found.length ? found[0].x : [], step: found.length ? found[0].step : step, values: found.map((one) => one.mean) };
  };
  S.stepNote = (shown, finest) => (S.doc.sequential || !(finest > 0) ? "" : "Means over " + S.dur(shown) + (finest < shown * 0.999 ? "; zoom in for shorter intervals, down to " + S.dur(finest) : "") + ".");
  S.chartPixels = () => Math.min(1600, Math.max(240, innerWidth - 80));

  // options: label (a sentence), x (times), end (of the last bucket), series [{name, values, fill | color, line}],
  // stacked, unit, height. A line that has `low` and `high` lies on the band between them.
  S.timeChart = function (parent, options) {
    let series = options.series.filter((one) => one.line || one.values.some((value) => value > 0));
    if (options.step && series.length) {
      const coarse = S.coarse(series.map((one) => one.values), options.step, S.chartPixels());
      series = series.map((one, i) => Object.assign({}, one, { values: coarse.values[i] }));
      options = Object.assign({}, options, { x: coarse.x, note: coarse.step });
    }
    if (!series.length || !options.x.length) return S.empty(parent, options.none || "There is nothing to draw.");
    const x = options.x.concat(options.end);
    const extended = series.map((one) => one.values.concat(one.values[one.values.length - 1]));
    const sums = [];
    const stacked = extended.map(function (values, i) {
      if (series[i].line) return values;
      for (let k = 0; k < values.length; ++k) sums[k] = (sums[k] || 0) + values[k];
      return sums.slice();
    });
    const order = series.map((_, i) => i).sort((a, b) => Boolean(series[a].line) - Boolean(series[b].line) || b - a);
    const readout = S.el("p", { class: "readout", "aria-live": "off" });
    const holder = S.el("div", { class: "chart drag", tabindex: "0", role: "group", "aria-label": options.label + " Keys W, S, A, D zoom and move." });
    parent.append(holder, readout);
    if (options.step) parent.append(S.el("p", { class: "note", text: S.stepNote(options.note, options.step) }));
    const hint = "Drag over the chart to zoom; all charts over time follow.";
    readout.textContent = hint;
    const config = {
      width: Math.max(200, holder.clientWidth), height: options.height || 260, legend: { show: false }, padding: [8, 14, 0, 0],
      cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { show: false } },
      scales: { x: { time: false, range: () => S.range() }, y: { range: (_, low, high) => [0, high > 0 ? high * 1.04 : 1] } },
      axes: [
        axis({ size: 30, splits: (u) => S.timeTicks(u.scales.x.min, u.scales.x.max, Math.max(2, Math.floor(u.width / 110))), values: (u, ticks) => ticks.map((tick) => S.timeTick(tick, u.scales.x.max - u.scales.x.min)) }),
        axis({ size: 56, label: options.unit, labelSize: 20, labelFont: S.font(12), splits: (u) => S.niceTicks(0, u.scales.y.max, Math.max(2, Math.floor(u.height / 50))), values: (_, ticks) => ticks.map(S.num) }),
      ],
      series: [{}].concat(order.map((i) => ({
        paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, width: series[i].line ? 1.6 : 0.6,
        stroke: series[i].line ? series[i].color : series[i].edge || S.css("--card"), fill: series[i].line ? undefined : series[i].fill, dash: series[i].dash,
      }))),
      hooks: {
        setSelect: [(u) => {
          if (u.select.width < 4) return;
          const from = Math.max(0, u.posToVal(u.select.left, "x")), to = Math.min(S.span(), u.posToVal(u.select.left + u.select.width, "x"));
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          if (to > from) S.set({ from: from, to: to });
        }],
        setCursor: [(u) => {
          const at = u.cursor.left >= 0 ? Math.min(x.length - 2, Math.max(0, indexAt(x, u.posToVal(u.cursor.left, "x")))) : -1;
          const [from, to] = S.range();
          readout.textContent = at < 0 ? hint : S.instant(x[at], to - from) + ": " + series.map((one, i) => one.name + " " + S.num(extended[i][at]) + (one.high && at < one.high.length ? " (" + S.num(one.low[at]) + " to " + S.num(one.high[at]) + ")" : "")).join(", ") + (options.unit ? " " + options.unit : "");
        }],
      },
    };
    const data = [x].concat(order.map((i) => stacked[i]));
    config.bands = [];
    for (const i of order.filter((k) => series[k].high)) {
      const first = data.length;
      for (const values of [series[i].high, series[i].low]) {
        data.push(values.concat(values[values.length - 1]));
        config.series.push({ paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, width: 0 });
      }
      config.bands.push({ series: [first, first + 1], fill: series[i].band });
    }
    const plot = new uPlot(config, data, holder);
    plot.root.querySelector("canvas").setAttribute("role", "img");
    plot.root.querySelector("canvas").setAttribute("aria-label", options.label);
    plot.over.addEventListener("dblclick", () => S.set({ from: null, to: null }));
    let drawn = config.width;  // an observer calls at once, too: drawing twice would be dear
    new ResizeObserver(() => {
      const width = holder.clientWidth;
      if (!holder.isConnected || !width || width === drawn) return;
      drawn = width;
      plot.setSize({ width: width, height: options.height || 260 });
    }).observe(holder);
  };
  function indexAt(x, value) {
    let low = 0, high = x.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (x[middle] <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // The twin of a chart over time, within the time range.
  S.timeTable = function (x, step, series, unit) {
    const [from, to] = S.range();
    const rows = x.map((begin, i) => [{ value: begin, text: S.instant(begin, to - from) }, ...series.flatMap((one) => (one.high ? [one.low[i], one.values[i], one.high[i]] : [one.values[i]]))]).filter((row) => row[0].value + step > from && row[0].value < to);
    return { columns: [{ name: S.doc.sequential ? "decision" : "from", csv: "t_s", text: true }, ...series.flatMap((one) => (one.high ? ["smallest ", "mean ", "largest "] : [""]).map((which) => ({ name: which + one.name + (unit ? " (" + unit + ")" : "") })))], rows: rows, caption: "over intervals of " + (S.doc.sequential ? S.num(step) + " decisions" : S.dur(step)) };
  };
})(globalThis.seatrial);
