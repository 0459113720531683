// Drawing on canvas: sizes, patterns beside colours, axes in human units, curves of distributions, bars, intervals.
"use strict";
(function (S) {
  S.font = (size) => size + "px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

  // A canvas as wide as its place. draw(ctx, width, height) is called whenever the place changes. `label` is one
  // sentence for those who do not see it.
  S.canvas = function (parent, height, label, draw) {
    const canvas = S.el("canvas", { role: "img", "aria-label": label });
    const holder = S.el("div", { class: "chart" }, canvas);
    parent.append(holder);
    let last = 0;
    function paint() {
      const width = Math.floor(holder.clientWidth);
      if (!width || !canvas.isConnected) return;
      last = width;
      const ratio = Math.min(devicePixelRatio || 1, 3);
      const tall = typeof height === "function" ? height(width) : height;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(tall * ratio);
      canvas.style.width = width + "px";
      canvas.style.height = tall + "px";
      const ctx = canvas.getContext("2d");
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.font = S.font(12);
      draw(ctx, width, tall);
    }
    new ResizeObserver(() => { if (Math.floor(holder.clientWidth) !== last) paint(); }).observe(holder);
    paint();
    return { canvas: canvas, holder: holder, paint: paint };
  };

  // ---- fills: a colour and a pattern, so that colour is never alone ----
  const made = new Map();
  S.fill = function (color, pattern) {
    const key = color + "|" + pattern + "|" + S.dark();
    if (made.has(key)) return made.get(key);
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const ctx = tile.getContext("2d");
    ctx.fillStyle = color;
    ctx.fillRect(0, 0, 8, 8);
    ctx.strokeStyle = ctx.fillStyle = S.dark() ? "rgba(0,0,0,.5)" : "rgba(255,255,255,.75)";
    ctx.lineWidth = 1.4;
    ctx.beginPath();
    if (pattern === "diagonal" || pattern === "cross") { ctx.moveTo(-2, 6); ctx.lineTo(6, -2); ctx.moveTo(2, 10); ctx.lineTo(10, 2); }
    if (pattern === "cross") { ctx.moveTo(2, -2); ctx.lineTo(10, 6); ctx.moveTo(-2, 2); ctx.lineTo(6, 10); }
    if (pattern === "vertical") { ctx.moveTo(2, 0); ctx.lineTo(2, 8); ctx.moveTo(6, 0); ctx.lineTo(6, 8); }
    if (pattern === "horizontal") { ctx.moveTo(0, 2); ctx.lineTo(8, 2); ctx.moveTo(0, 6); ctx.lineTo(8, 6); }
    ctx.stroke();
    if (pattern === "dots") { ctx.fillRect(1, 1, 2, 2); ctx.fillRect(5, 5, 2, 2); }
    const fill = ctx.createPattern(tile, "repeat");
    made.set(key, fill);
    return fill;
  };
  const patterns = ["solid", "diagonal", "dots", "cross", "vertical", "horizontal"];
  S.series = (i) => S.fill(S.css("--c" + (i % 8)), patterns[i % patterns.length]);
  S.legend = function (parent, items) {
    const list = S.el("ul", { class: "legend" }, items.map(function (item) {
      const swatch = S.el("canvas", { width: 16, height: 16, "aria-hidden": "true" });
      const ctx = swatch.getContext("2d");
      ctx.fillStyle = item.fill;
      ctx.fillRect(0, 0, 16, 16);
      return S.el("li", {}, swatch, S.el("span", {}, S.el("bdi", { text: item.name }), item.value ? ": " + item.value : "", item.hint ? S.el("span", { class: "note", text: " " + item.hint }) : null));
    }));
    parent.append(list);
  };

  // ---- ticks ----
  S.niceTicks = function (low, high, count) {
    if (!(high > low)) return [low];
    const raw = (high - low) / Math.max(1, count);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) ticks.push(Number((i * step).toPrecision(12)));
    return ticks;
  };
  const timeSteps = [1e-3, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000, 604800, 1209600, 2592000, 7889400, 15778800, 31557600];
  S.timeTicks = function (low, high, count, relative) {
    if (S.doc.sequential) return S.niceTicks(low, high, count);
    if (S.calendar() && !relative) return S.dateTicks(low, high, count);
    const raw = (high - low) / Math.max(1, count);
    const round = [432000, 864000, 1728000, 4320000, 8640000, 17280000, ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((years) => years * 31557600)];  // of durations: days, then years
    const step = (relative ? timeSteps.filter((s) => s < 432000).concat(round) : timeSteps).find((s) => s >= raw * 0.999) || S.niceTicks(0, high - low, count)[1] || 1;
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9 && ticks.length < 100; ++i) ticks.push(i * step);
    return ticks;
  };
  // Instants at whole minutes, hours, days, or at the first of a month.
  S.dateTicks = function (low, high, count) {
    const raw = (high - low) / Math.max(1, count), day = 86400, start = S.doc.unix_start_s;
    const ticks = [];
    if (raw > 10 * day) {
      const months = [1, 2, 3, 6, 12, 24, 60, 120].find((m) => m * 30.4 * day >= raw * 0.999) || 120;
      const first = new Date((start + low) * 1000);
      for (let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / months) * months; ticks.length < 100; month += months) {
        const at = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000 - start;
        if (at > high) break;
        if (at >= low) ticks.push(at);
      }
      return ticks;
    }
    const step = timeSteps.filter((s) => s !== 432000 && s !== 604800 && s <= 10 * day).concat(5 * day, 10 * day).sort((a, b) => a - b).find((s) => s >= raw * 0.999) || 10 * day;
    for (let i = Math.ceil((start + low) / step - 1e-9); i * step - start <= high + step * 1e-9 && ticks.length < 100; ++i) ticks.push(i * step - start);
    return ticks;
  };
  S.dateTick = function (seconds, range) {
    if (range > 300 * 86400) return S.date(seconds, 7);
    const text = S.date(seconds, 19);
    if (range < 600) return text.slice(11);
    return text.slice(11, 16) === "00:00" ? text.slice(0, 10) : range >= 86400 ? text.slice(5, 16) : text.slice(11, 16);
  };
  S.timeTick = function (seconds, range) {
    if (S.doc.sequential) return S.num(seconds);
    if (S.calendar()) return S.dateTick(seconds, range);
    const size = Math.abs(seconds);
    if (range > 3 * 31557600) return Number((seconds / 31557600).toPrecision(3)) + " y";
    if (range >= 2 * 86400) {
      const day = Math.trunc(seconds / 86400), hours = Number(((size % 86400) / 3600).toFixed(1));
      return !hours ? day + " d" : day ? day + " d " + hours + " h" : (seconds < 0 ? "-" : "") + hours + " h";
    }
    const parts = (length, unit, small, smallUnit) => {
      const rest = Number(((size % length) / small).toFixed(1));
      return Math.trunc(seconds / length) + unit + (rest ? " " + rest + smallUnit : "");
    };
    if (range >= 2 * 3600) return size >= 86400 ? parts(86400, " d", 3600, " h") : Number((seconds / 3600).toPrecision(3)) + " h";
    if (range >= 120) return size >= 7200 ? parts(3600, " h", 60, " min") : Number((seconds / 60).toPrecision(4)) + " min";
    return Number(seconds.toPrecision(4)) + " s";
  };
  // Ticks and their words for a metric, by its unit.
  S.isTime = (metric) => /(^|[._])(wait_s|jct_s|makespan_s|simulated_s)(\.|$)/.test(metric) || Boolean(S.unitOf && S.unitOf(metric) === "s");
  S.valueTicks = (metric, low, high, count) => (S.isTime(metric) ? S.timeTicks(low, high, count, true) : S.niceTicks(low, high, count));
  S.valueTick = (metric, value) => (S.isTime(metric) ? S.short(value) : S.metric(metric, value));
  const durationTicks = [1e-3, 1e-2, 0.1, 1, 10, 60, 600, 3600, 36000, 86400, 864000, 8640000, 31557600, 315576000];
  S.logTicks = (low, high, isTime) => (isTime ? durationTicks : Array.from({ length: 40 }, (_, i) => 10 ** (i - 12))).filter((t) => t >= low * 0.999 && t <= high * 1.001);

  // Labels that do not touch: later ones give way.
  S.labelsAcross = function (ctx, items, y, width) {
    let free = -Infinity;
    ctx.textAlign = "center";
    for (const item of items) {
      const half = ctx.measureText(item.text).width / 2;
      const x = Math.min(Math.max(item.x, half), width - half);
      if (x - half < free) continue;
      ctx.fillText(item.text, x, y);
      free = x + half + 8;
    }
  };
  S.shorten = function (ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    let end = text.length;
    while (end > 1 && ctx.measureText(text.slice(0, end) + "\u2026").width > width) end = Math.floor(end * 0.85);
    return text.slice(0, end) + "\u2026";
  };

  // The text in at most so many lines of a width, broken between words; the last one shortened where it is too long.
  S.wrap = function (ctx, text, width, most) {
    const lines = [];
    for (const word of text.split(" ")) {
      const last = lines.length - 1, longer = last < 0 ? word : lines[last] + " " + word;
      if (last >= 0 && (lines.length === most || ctx.measureText(longer).width <= width)) lines[last] = longer;
      else lines.push(word);
    }
    return lines.map((line) => S.shorten(ctx, line, width));
  };

  // ---- one bar of 100 % ----
  S.shareBar = function (parent, label, parts) {
    const sum = parts.reduce((total, part) => total + part.value, 0);
    S.canvas(parent, 34, label, function (ctx, width, height) {
      let x = 0;
      for (const part of parts) {
        const w = sum > 0 ? part.value / sum * width : 0;
        ctx.fillStyle = part.fill;
        ctx.fillRect(x, 0, w, height);
        const text = S.pct(part.value / sum);
        ctx.font = "600 " + S.font(12);
        if (ctx.measureText(text).width + 14 < w) {
          const tw = ctx.measureText(text).width;
          ctx.fillStyle = S.css("--card");
          ctx.fillRect(x + w / 2 - tw / 2 - 4, 8, tw + 8, 18);
          ctx.fillStyle = S.css("--ink");
          ctx.textAlign = "center";
          ctx.fillText(text, x + w / 2, 21.5);
        }
        x += w;
      }
    });
  };

  // ---- horizontal bars, each split in parts: rows [{name, parts: [{value, fill}], text}] ----
  S.bars = function (parent, label, rows) {
    const most = Math.max(...rows.map((row) => row.parts.reduce((total, part) => total + part.value, 0)), 0);
    S.canvas(parent, rows.length * 28 + 4, label, function (ctx, width) {
      const left = Math.min(180, width * 0.34), right = Math.max(...rows.map((row) => ctx.measureText(row.text).width)) + 10;
      rows.forEach(function (row, i) {
        const y = i * 28 + 4;
        ctx.fillStyle = S.css("--ink");
        ctx.textAlign = "left";
        ctx.fillText(S.shorten(ctx, row.name, left - 10), 0, y + 15);
        let x = left;
        for (const part of row.parts) {
          const w = most > 0 ? part.value / most * (width - left - right) : 0;
          ctx.fillStyle = part.fill;
          ctx.fillRect(x, y, w, 20);
          x += w;
        }
        ctx.fillStyle = S.css("--soft");
        ctx.fillText(row.text, x + 6, y + 15);
      });
    });
  };

  // ---- distributions: curves [{name, color, dash, zero: share, points: [[x, share]...]}] on a log axis with a bin for
  // zero to its left ----
  S.cdf = function (parent, options) {
    const curves = options.curves;
    const xs = curves.flatMap((curve) => curve.points.map((point) => point[0]));
    let low = Math.min(...xs), high = Math.max(...xs);
    if (!(high > low)) { low = (low > 0 && isFinite(low) ? low : 1) / 3; high = (high > 0 && isFinite(high) ? high : 1) * 3; }
    const zeros = curves.some((curve) => curve.zero > 0);
    S.canvas(parent, 240, options.label, function (ctx, width, height) {
      const left = 40, bottom = height - 26, top = 10, zeroWidth = zeros ? 34 : 0, from = left + zeroWidth, right = width - 10;
      const x = (value) => from + Math.log(value / low) / Math.log(high / low) * (right - from);
      const y = (share) => bottom - share * (bottom - top);
      ctx.strokeStyle = S.css("--grid");
      ctx.fillStyle = S.css("--soft");
      ctx.textAlign = "right";
      for (const share of [0, 0.25, 0.5, 0.75, 1]) {
        line(ctx, left, y(share), right, y(share));
        ctx.fillText(share * 100 + " %", left - 5, y(share) + 4);
      }
      const ticks = S.logTicks(low, high, options.isTime).map((t) => ({ x: x(t), text: options.isTime ? S.short(t) : S.num(t) }));
      for (const tick of ticks) line(ctx, tick.x, top, tick.x, bottom);
      const labels = zeros ? [{ x: left + zeroWidth / 2, text: "0" }, ...ticks] : ticks;
      S.labelsAcross(ctx, labels, height - 8, width);
      ctx.textAlign = "left";
      if (zeros) {
        ctx.fillStyle = S.css("--band");
        ctx.fillRect(left, top, zeroWidth - 4, bottom - top);
      }
      for (const curve of curves) {
        ctx.strokeStyle = curve.color;
        ctx.lineWidth = 2.2;
        ctx.setLineDash(curve.dash || []);
        ctx.beginPath();
        if (zeros) { ctx.moveTo(left, y(curve.zero)); ctx.lineTo(from, y(curve.zero)); } else ctx.moveTo(from, y(curve.zero));
        let share = curve.zero;
        for (const [value, next] of curve.points) {
          ctx.lineTo(x(value), y(next));
          share = next;
        }
        ctx.lineTo(right, y(share));
        ctx.stroke();
        ctx.setLineDash([]);
        ctx.lineWidth = 1;
      }
    });
  };
  function line(ctx, x1, y1, x2, y2) {
    ctx.beginPath();
    ctx.moveTo(x1, Math.round(y1) + 0.5);
    ctx.lineTo(x2, Math.round(y2) + 0.5);
    ctx.stroke();
  }
  S.line = line;

  // ---- intervals beside names (forest plot): rows [{name, value, low, high, mark, text}]; `also`: values that the axis
  // holds besides, so that several plots have one axis ----
  S.forest = function (parent, options) {
    const rows = options.rows;
    const values = rows.flatMap((row) => [row.value, row.low, row.high]).concat(options.also || []).filter(S.known).concat(0);
    let low = Math.min(...values), high = Math.max(...values);
    const pad = (high - low || Math.abs(high) || 1) * 0.08;
    low -= pad; high += pad;
    // Names have as much room as they need, up to two fifths; longer ones are wrapped.
    const measure = S.el("canvas", {}).getContext("2d");
    measure.font = S.font(12);
    const longest = Math.max(0, ...rows.map((row) => measure.measureText(row.name).width));
    const layout = function (width) {
      const narrow = width < 560, left = narrow ? 8 : Math.max(120, Math.min(longest + 18, width * 0.4));
      const names = rows.map((row) => S.wrap(measure, narrow ? row.name + ": " + row.text : row.name, narrow ? width - 8 : left - 16, 3));
      const texts = rows.map((row) => (narrow ? [] : S.wrap(measure, row.text, 196, 2)));
      const most = Math.max(1, ...names.concat(texts).map((lines) => lines.length));
      return { narrow: narrow, left: left, right: width - (narrow ? 8 : 210), names: names, texts: texts, most: most, step: narrow ? 28 + most * 16 : Math.max(34, 8 + most * 16) };
    };
    S.canvas(parent, (width) => rows.length * layout(width).step + 42, options.label, function (ctx, width, height) {
      const { narrow, left, right, names, texts, most, step } = layout(width);
      const x = (value) => left + (value - low) / (high - low) * (right - left);
      ctx.strokeStyle = S.css("--grid");
      ctx.fillStyle = S.css("--soft");
      const ticks = (options.isTime ? S.timeTicks : S.niceTicks)(low, high, narrow ? 3 : 6);
      for (const tick of ticks) line(ctx, Math.round(x(tick)) + 0.5, 4, Math.round(x(tick)) + 0.5, height - 30);
      S.labelsAcross(ctx, ticks.map((tick) => ({ x: x(tick), text: options.format(tick) })), height - 12, width);
      ctx.strokeStyle = S.css("--ink");
      line(ctx, Math.round(x(0)) + 0.5, 0, Math.round(x(0)) + 0.5, height - 30);
      rows.forEach(function (row, i) {
        const y = narrow ? i * step + 10 + most * 16 : i * step + step / 2 + 1;
        const write = (lines, at, middle) => lines.forEach((text, k) => ctx.fillText(text, at, middle + (k - (lines.length - 1) / 2) * 16));
        ctx.textAlign = "left";
        ctx.fillStyle = S.css("--ink");
        write(names[i], 0, narrow ? y - 10 - names[i].length * 8 + 4 : y + 4);
        write(texts[i], right + 14, y + 4);
        if (!S.known(row.value)) return;
        ctx.strokeStyle = ctx.fillStyle = row.color;
        ctx.lineWidth = row.none ? 8 : 2.5;
        if (row.none) ctx.strokeStyle = S.css("--absent");
        if (S.known(row.low) && S.known(row.high)) line(ctx, x(row.low), y, x(row.high), y);
        ctx.lineWidth = 1;
        ctx.beginPath();
        if (row.none) ctx.rect(x(row.value) - 4, y - 4, 8, 8);
        else ctx.arc(x(row.value), y + 0.5, 5, 0, 7);
        ctx.fill();
      });
    });
  };

  // ---- a small line for a figure ----
  S.spark = function (parent, values, label) {
    const most = Math.max(...values, 0);
    S.canvas(parent, 34, label, function (ctx, width, height) {
      ctx.fillStyle = S.css("--c5");
      const per = values.length / width;
      for (let x = 0; x < width; ++x) {
        const from = Math.floor(x * per), to = Math.max(from + 1, Math.floor((x + 1) * per));
        let value = 0;
        for (let i = from; i < to && i < values.length; ++i) value = Math.max(value, values[i]);
        const h = most > 0 ? value / most * (height - 3) : 0;
        ctx.fillRect(x, height - 1 - h, 1, h + 1);
      }
    });
  };

  // ---- a table-like chart of points on two numeric axes; used by plans ----
  S.axes = function (ctx, box, x, y) {
    ctx.strokeStyle = S.css("--grid");
    ctx.fillStyle = S.css("--soft");
    ctx.textAlign = "right";
    for (const tick of y.ticks) {
      line(ctx, box.left, y.at(tick), box.right, y.at(tick));
      ctx.fillText(y.format(tick), box.left - 6, y.at(tick) + 4);
    }
    S.labelsAcross(ctx, x.ticks.map((tick) => ({ x: x.at(tick), text: x.format(tick) })), box.bottom + 17, box.width);
    ctx.textAlign = "left";
  };
})(globalThis.seatrial);
