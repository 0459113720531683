// The base of every page: the document, numbers in words, elements without markup from data, shared state (filters,
// time range, theme) kept in the address, keys, and panels with a table twin. Everything hangs on `seatrial`.
"use strict";
(function (S) {
  S.doc = JSON.parse(document.getElementById("document").textContent);

  // ---- elements: text is always text, never markup; no style attributes (the content policy forbids them) ----
  S.el = function (tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "text") node.textContent = value;
      else node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) node.append(child);
    }
    return node;
  };

  // Names from traces: isolated, so that right-to-left text cannot turn a line around.
  S.name = function (text, empty) { return S.el("bdi", { text: text === "" ? empty || "(no name)" : text }); };

  // A dotted path, which may be broken after its dots and underscores.
  S.path = (text) => S.el("bdi", {}, text.split(/(?<=[._])/).flatMap((part, i) => (i ? [S.el("wbr", {}), part] : [part])));

  // ---- numbers in words ----
  S.known = (value) => typeof value === "number" && isFinite(value);
  const grouped = new Intl.NumberFormat("en-US");  // made once: toLocaleString() makes one a call
  S.num = function (value) {
    if (!S.known(value)) return "not known";
    const size = Math.abs(value);
    if (size >= 1e12) return value.toExponential(2);
    if (size >= 999.5e6) return Number((value / 1e9).toPrecision(3)) + " billion";
    if (size >= 999.5e3 && !Number.isInteger(value)) return Number((value / 1e6).toPrecision(3)) + " million";
    if (size >= 999.5) return grouped.format(Math.round(value));
    return String(Number(value.toPrecision(3)));
  };
  S.count = (value) => (S.known(value) ? grouped.format(Math.round(value)) : "not known");
  S.pct = (value) => (S.known(value) ? (value * 100).toFixed(value !== 0 && Math.abs(value) < 0.001 ? 2 : 1) + " %" : "not known");
  S.usd = (value) => (S.known(value) ? "USD " + (Math.abs(value) >= 100 ? S.num(value) : value.toFixed(2)) : "not known");
  const units = [[31557600, "y"], [86400, "d"], [3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"]];
  // As the summary on the terminal says it: "6 h 51 min".
  S.dur = function (seconds) {
    if (!S.known(seconds)) return "not known";
    const size = Math.abs(seconds), whole = (length, part, unit, small) => Math.trunc(seconds / length) + unit + " " + Math.floor((size % length) / part) + small;
    if (size < 1e-9) return "0 s";
    if (size < 120) return Number(seconds.toPrecision(3)) + " s";
    if (size < 7200) return whole(60, 1, " min", " s");
    return size < 172800 ? whole(3600, 60, " h", " min") : whole(86400, 3600, " d", " h");
  };
  // In one unit, for axes.
  S.short = function (seconds) {
    if (!S.known(seconds)) return "not known";
    if (seconds === 0) return "0 s";
    const size = Math.abs(seconds);
    for (const [length, unit] of units) {
      if (size >= length * (unit === "y" ? 2 : unit === "ms" || unit === "s" ? 1 : 2) || unit === "ms") {
        return Number((seconds / length).toPrecision(size / length >= 1000 ? 4 : 3)) + " " + unit;
      }
    }
    return "";
  };
  // Of an instant, to the resolution of the range it is shown in.
  S.instant = function (seconds, range) {
    if (S.doc.sequential) return "decision " + S.count(seconds);
    if (S.calendar()) return S.date(seconds, range < 600 ? 19 : 16);
    const sign = seconds < 0 ? "-" : "";
    let rest = Math.abs(seconds);
    const day = Math.floor(rest / 86400);
    rest -= day * 86400;
    const hour = Math.floor(rest / 3600), minute = Math.floor((rest % 3600) / 60), second = rest % 60;
    if (day > 0 && range > 20 * 86400) return sign + "day " + day + (hour ? " " + hour + " h" : "");
    const parts = [];
    if (day) parts.push(day + " d");
    if (hour) parts.push(hour + " h");
    if (minute) parts.push(minute + " min");
    if (second >= 0.5 && (range < 7200 || !parts.length)) parts.push(Number(second.toPrecision(3)) + " s");
    if (!parts.length) parts.push(second ? Number(second.toPrecision(3)) + " s" : "0 s");
    return sign + parts.join(" ");
  };
  // Where the trace tells the calendar, instants are dates of its own clock, written as ISO 8601 does.
  S.calendar = () => S.known(S.doc.unix_start_s);
  S.date = (seconds, length) => new Date((S.doc.unix_start_s + seconds) * 1000).toISOString().slice(0, length).replace("T", " ");
  S.axisName = () => (S.doc.sequential ? "decisions" : "time from the first submit");
  S.gpuHours = (milliNs) => Number(milliNs) / 3.6e15;  // of a decimal text

  // A metric in its own unit, by its name.
  S.metric = function (name, value) {
    if (!S.known(value)) return "not known";
    const unit = S.unitOf ? S.unitOf(name) : "";
    if (unit === "s" || /(^|[._])(wait_s|jct_s|makespan_s|simulated_s|warmup_s|first_submit_s)(\.|$)/.test(name)) return S.dur(value);
    if (/ratio/.test(name)) return S.pct(value);
    if (/usd/.test(name)) return S.usd(value);
    return S.num(value) + (unit && unit !== "1" ? " " + unit : "");
  };

  // ---- state, shared by all charts and kept in the address ----
  const keys = ["tenant", "size", "pool", "from", "to", "node", "gpu", "case", "theme"];
  const listeners = [];
  S.state = { tenant: null, size: null, pool: null, from: null, to: null, node: null, gpu: null, case: null, theme: null };
  S.listen = (listener) => listeners.push(listener);
  S.set = function (patch) {
    const changed = keys.filter((key) => key in patch && patch[key] !== S.state[key]);
    if (!changed.length) return;
    Object.assign(S.state, patch);
    writeAddress();
    notify(changed);
  };
  function notify(changed) {
    if (changed.includes("theme")) applyTheme();
    for (const listener of listeners) listener(changed);
  }
  function writeAddress() {
    const parts = keys.filter((key) => S.state[key] !== null).map((key) => key + "=" + encodeURIComponent(S.state[key]));
    history.replaceState(null, "", parts.length ? "#" + parts.join("&") : "#");
  }
  S.readAddress = function () {
    const next = Object.fromEntries(keys.map((key) => [key, null]));
    for (const part of location.hash.slice(1).split("&")) {
      const [key, value] = part.split("=");
      if (!keys.includes(key) || value === undefined) continue;
      let text = "";
      try { text = decodeURIComponent(value); } catch { continue; }
      if (key === "theme") next.theme = text === "dark" || text === "light" ? text : null;
      else if (text !== "" && isFinite(Number(text))) next[key] = Number(text);
    }
    if (next.from === null || next.to === null || !(next.to > next.from)) next.from = next.to = null;
    const rows = S.doc.tenants ? S.doc.tenants.length : 0;
    if (!(next.tenant >= 0 && next.tenant < rows)) next.tenant = null;
    if (!(S.doc.sizes && next.size >= 0 && next.size < S.doc.sizes.length)) next.size = null;
    if (!(S.doc.cases && next.case >= 0 && next.case < S.doc.cases.length)) next.case = null;
    if (!(S.doc.hours && next.pool >= 1 && next.pool < S.doc.hours.length)) next.pool = null;
    const changed = keys.filter((key) => next[key] !== S.state[key]);
    Object.assign(S.state, next);
    if (changed.length) notify(changed);
  };

  // ---- theme ----
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  S.dark = () => (S.state.theme ? S.state.theme === "dark" : prefersDark.matches);
  function applyTheme() { document.documentElement.dataset.theme = S.dark() ? "dark" : "light"; }
  prefersDark.addEventListener("change", () => notify(["theme"]));
  S.css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  applyTheme();

  // ---- panels: a heading, a chart or a table, its twin, and its data as CSV ----
  const panels = [];
  // options: id, title, note (text or function), build(body), table() -> {columns, rows, caption}, follows: names of
  // the state that it shows; others that are set are named in a sentence.
  S.panel = function (parent, options) {
    const body = S.el("div", { class: "panel-body" });
    const note = S.el("p", { class: "note" });
    const scope = S.el("p", { class: "note scope" });
    let asTable = false;
    const twin = options.table && options.build && S.el("button", { type: "button", class: "quiet", "aria-pressed": "false", text: "Table",
      onclick: () => { asTable = !asTable; twin.setAttribute("aria-pressed", String(asTable)); panel.draw(); } });
    const csv = options.table && S.el("button", { type: "button", class: "quiet", text: "CSV", title: "Save this panel's numbers",
      onclick: () => S.saveCsv(options.id, options.table()) });
    const png = options.build && options.table && S.el("button", { type: "button", class: "quiet", text: "PNG", title: "Copy this panel as a picture; saved as a file where copying is not allowed",
      onclick: () => S.copyPng(section, options.id, status) });
    const status = S.el("span", { class: "said", role: "status" });
    const heading = S.el("h2", { id: options.id + "-title", text: options.title });
    const section = S.el("section", { class: "panel " + (options.wide === false ? "" : "wide"), id: options.id, "aria-labelledby": options.id + "-title", tabindex: "-1" },
      S.el("div", { class: "panel-head" }, heading, S.el("div", { class: "tools" }, status, twin, csv, png)), note, body, scope);
    const panel = {
      section: section,
      toggle: () => twin && twin.click(),
      draw: function () {
        body.replaceChildren();
        note.textContent = typeof options.note === "function" ? options.note() : options.note || "";
        note.hidden = note.textContent === "";
        const all = { time: "the time range", tenant: "the tenant", size: "the size", pool: "the pool" };
        const active = { time: S.state.from !== null, tenant: S.state.tenant !== null, size: S.state.size !== null, pool: S.state.pool !== null };
        const missing = Object.keys(all).filter((key) => active[key] && !(options.follows || []).includes(key)).map((key) => all[key]);
        scope.textContent = missing.length ? "Not narrowed to " + missing.join(" and ") + ": " + (options.whole || "the run keeps no such split here") + "." : "";
        scope.hidden = !missing.length || options.follows === undefined;
        const shown = asTable || !options.build ? "table" : "chart";
        if (shown === "table") body.append(S.table(options.table()));
        else options.build(body);
      },
    };
    parent.append(section);
    panels.push(panel);
    panel.draw();
    const relevant = { time: ["from", "to"] };
    S.listen(function (changed) {
      const follows = ["time", "tenant", "size", "pool"].flatMap((key) => relevant[key] || [key]).concat(options.also || [], "theme");
      if (options.follows === undefined && !options.also ? changed.includes("theme") : changed.some((key) => follows.includes(key))) drawSoon(panel, changed);
    });
    if (nearby) nearby.observe(section);
    return panel;
  };
  // Zooming redraws what is near the window, once a frame; the rest when it comes near, or before it is printed. Other
  // changes are seldom and draw all at once.
  const late = new Set();
  const nearby = globalThis.IntersectionObserver && new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) panels.filter((panel) => panel.section === entry.target).forEach(drawLate);
  }, { rootMargin: "100px 0px" });
  let frame = 0;
  function drawLate(panel) { if (late.delete(panel)) panel.draw(); }
  function drawSoon(panel, changed) {
    if (!nearby || changed.some((key) => key !== "from" && key !== "to")) {
      late.delete(panel);
      return panel.draw();
    }
    late.add(panel);
    frame = frame || requestAnimationFrame(() => {
      frame = 0;
      // Places first, then drawing: reading them in between would lay the page out once a panel.
      const near = [...late].filter((one) => { const box = one.section.getBoundingClientRect(); return box.bottom > -100 && box.top < innerHeight + 100; });
      near.forEach(drawLate);
    });
  }
  S.drawAll = () => [...late].forEach(drawLate);
  addEventListener("beforeprint", S.drawAll);
  S.empty = (body, text) => body.append(S.el("p", { class: "empty", text: text }));

  S.copyable = function (label, text) {
    const status = S.el("span", { class: "note", role: "status" });
    const button = S.el("button", { type: "button", text: "Copy", "aria-label": "Copy " + label, onclick: function () {
      const area = S.el("textarea", { class: "off-screen", "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      status.textContent = document.execCommand("copy") ? "copied" : "select the text to copy it";
      area.remove();
      button.focus();
    } });
    return S.el("div", { class: "command" }, S.el("code", { text: text, tabindex: "0", role: "textbox", "aria-readonly": "true", "aria-label": label }), button, status);
  };

  // The command that simulates one of `choices` [{name, settings}] alone, where the document knows how.
  S.repeat = function (parent, choices, detail) {
    if (!S.doc.run_command || !choices.length) return;
    const word = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
    const flow = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));
    const holder = S.el("div", {});
    const show = (i) => holder.replaceChildren(S.copyable("command of one run", S.doc.run_command + Object.entries(choices[i].settings || {}).map(([path, value]) => " --set " + word(path + "=" + flow(value))).join("")));
    show(0);
    parent.append(S.el("h3", { text: "One of these as a run of its own" }), S.el("p", { class: "note", text: "With its own report, waits by reason and jobs." + (detail ? " " + detail : "") }),
      S.el("label", { class: "note" }, "settings ", S.el("select", { onchange: (event) => show(Number(event.target.value)) }, choices.map((choice, i) => S.el("option", { value: i, text: choice.name })))), holder);
  };

  // ---- keys ----
  const keyHelp = [];
  S.key = function (names, words, action) { keyHelp.push({ names: names, words: words, action: action }); };
  S.showKeys = function () {
    const list = S.el("dl", { class: "pairs" }, keyHelp.map((key) => [S.el("dt", {}, S.el("kbd", { text: key.names.join(" ") })), S.el("dd", { text: key.words })]));
    const dialog = S.el("dialog", { "aria-label": "Keys" }, S.el("h2", { text: "Keys" }), list,
      S.el("form", { method: "dialog" }, S.el("button", { type: "submit", text: "Close", autofocus: true })));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || document.querySelector("dialog[open]")) return;
    const found = keyHelp.find((key) => key.names.includes(event.key) || (event.key.length === 1 && key.names.includes(event.key.toUpperCase())) || (/^[1-9]$/.test(event.key) && key.names.includes("1..9")));
    if (!found || (event.key.startsWith("Arrow") && event.target.closest(".scroll, code, pre, [role=grid]"))) return;
    if (found.action(event) !== false) event.preventDefault();
  });
  S.commonKeys = function () {
    S.key(["?"], "these keys", S.showKeys);
    S.key(["L"], "light or dark", () => S.set({ theme: S.dark() ? "light" : "dark" }));
    S.key(["T"], "the panel in sight as a table or as a chart", function () {
      const seen = panels.find((panel) => panel.section.getBoundingClientRect().bottom > innerHeight / 3);
      if (seen) seen.toggle();
    });
    S.key(["1..9"], "go to a panel", function (event) {
      const panel = panels[Number(event.key) - 1];
      if (!panel) return false;
      panel.section.scrollIntoView();
      panel.section.focus({ preventScroll: true });
    });
  };

  // ---- the frame of a page ----
  S.frame = function (kind, controls) {
    const theme = S.el("button", { type: "button", class: "quiet", text: "Light / dark", onclick: () => S.set({ theme: S.dark() ? "light" : "dark" }) });
    const help = S.el("button", { type: "button", class: "quiet", text: "Keys ?", onclick: S.showKeys });
    const bar = S.el("header", { class: "bar" }, S.el("span", { class: "brand" }, S.el("b", { text: "seatrial" }), " " + kind + " ", S.name(S.doc.scenario || "")),
      S.el("div", { class: "controls" }, controls, theme, help));
    const main = S.el("main", {});
    document.body.append(bar, main);
    return main;
  };
  S.reproduction = function (parent, rows, choices) {
    S.panel(parent, { id: "reproduce", title: "Reproduce", build: function (body) {
      if (S.doc.command) body.append(S.copyable("command", S.doc.command));
      if (choices) S.repeat(body, choices, S.doc.replications > 1 ? "It is replication 1 where seeds are replicated; of a trace, the jobs as they are." : "");
      const entries = rows.filter(([, value]) => value !== undefined && value !== null && value !== "");
      body.append(S.el("dl", { class: "pairs" }, entries.map(([term, value]) => [S.el("dt", { text: term }), S.el("dd", {}, S.el("bdi", { text: String(value) }))])));
      if (S.doc.scenario_text) {
        body.append(S.el("details", {}, S.el("summary", { text: "The whole scenario" }), S.el("pre", { tabindex: "0", text: S.doc.scenario_text })));
      }
    } });
  };
})(globalThis.seatrial = globalThis.seatrial || {});
