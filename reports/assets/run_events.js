// Run page: what happened to jobs and pools (preemptions with victim and causer, changes of capacity), and the search for
// a job.
"use strict";
(function (S) {
  const D = S.doc, R = S.run, E = D.events;

  const inRange = (one) => { const [from, to] = S.range(); return one.at_s >= from && one.at_s <= to; };
  const causers = (one) => (one.causers.length ? one.causers.join(", ") + (one.more ? " and " + S.count(one.more) + " more" : "") : "nobody began there");
  function preemptionTable() {
    return {
      caption: "Preemptions", none: "None of the preemptions that are kept singly was in this time.",
      columns: [{ name: "at", csv: "at_s", format: (v) => S.instant(v, S.span()), text: true }, { name: "lost its GPUs", csv: "victim", text: true }, { name: "GPUs" }, { name: "had held them for", csv: "held_s", format: S.dur }, { name: "began in its place (inferred)", csv: "causers", text: true }],
      rows: E.shown.filter(inRange).map((one) => [one.at_s, one.job, { value: one.milli / 1000, text: R.gpus(one.milli) }, one.held_s, causers(one)]),
    };
  }
  function tenantTable() {
    const names = D.tenants.map((_, row) => R.tenantName(row)), width = names.length + 1, rows = names.map((name, victim) => [name, ...Array.from({ length: width }, (_, i) => E.by_tenant[victim * width + i])]);
    return { caption: "Who preempts whom", columns: [{ name: "jobs of", text: true }, ...names.map((name) => ({ name: "for " + name })), { name: "for nobody seen" }], rows: rows.filter((row) => row.slice(1).some((count) => count > 0)) };
  }
  const capacityTable = () => ({
    caption: "Changes of capacity", none: "None in this time.",
    columns: [{ name: "at", csv: "at_s", format: (v) => S.instant(v, S.span()), text: true }, { name: "pool", text: true }, { name: "nodes before", csv: "nodes_before" }, { name: "nodes", csv: "nodes" }],
    rows: E.capacity.filter(inRange).map((one) => [one.at_s, one.pool, one.before, one.nodes]),
  });
  const cut = (shown, all, words) => (shown < all ? " The " + S.count(shown) + " " + words + " of " + S.count(all) + " are listed." : "");

  R.events = function (main) {
    if (!E) return;
    if (E.preemptions) {
      S.panel(main, {
        id: "preemptions", title: "Who was preempted, and for whom?", follows: ["time"], whole: "preemptions are kept for the whole cluster",
        note: () => S.count(E.preemptions) + " times a job lost its GPUs. The run records who lost them; who began on its nodes at that instant is inferred." + cut(E.shown.length, E.preemptions, "largest jobs"),
        build: function (body) {
          const step = S.span() / E.per_bucket.length;
          S.timeChart(body, { label: "Preemptions over time, " + S.count(E.preemptions) + " in all.", x: S.bucketTimes(E.per_bucket.length, step), end: S.span(), series: [{ name: "preemptions in " + S.dur(step), values: E.per_bucket, fill: S.fill(S.css("--c3"), "diagonal") }], unit: "preemptions", height: 160 });
          if (D.tenants.length > 1) body.append(S.el("h3", { text: "By tenant" }), S.table(tenantTable()));
          body.append(S.el("h3", { text: "Single preemptions" }), S.table(Object.assign(preemptionTable(), { first: 10 })));
        },
        table: preemptionTable,
      });
    }
    if (E.capacity_changes) {
      S.panel(main, { id: "capacity", title: "Changes of capacity", follows: ["time"], whole: "capacity belongs to no tenant or size",
        note: () => "Nodes that came or went." + cut(E.capacity.length, E.capacity_changes, "first"), table: capacityTable });
    }
  };

  // ---- search: among the jobs that are drawn singly ----
  function find(text) {
    const wanted = text.toLowerCase();
    if (!wanted) return [];
    const jobs = D.jobs.rows.map(R.job).filter((job) => job.name.toLowerCase().includes(wanted));
    const rank = (job) => (job.name.toLowerCase() === wanted ? 0 : job.name.toLowerCase().startsWith(wanted) ? 1 : 2);
    return jobs.sort((a, b) => rank(a) - rank(b)).slice(0, 12);
  }
  // Shows the job's time on all charts, and the node on which it began.
  function show(job) {
    const last = job.stints[job.stints.length - 1], begin = D.sequential ? 0 : job.submit, end = last ? last[1] : job.submit + Math.max(job.wait, 1);
    const pad = Math.max(1e-3, (end - begin) * 0.1), place = job.stints.length && job.stints[0][2].length ? job.stints[0][2][0][0] : null;
    const node = place === null ? -1 : D.map.rows.findIndex((row) => place >= row.first && place < row.first + row.nodes);
    S.set({ tenant: null, size: null, pool: null, node: node >= 0 ? node : null, from: D.sequential ? null : Math.max(0, begin - pad), to: D.sequential ? null : Math.min(S.span(), end + pad) });
    const panel = document.getElementById("map");
    panel.scrollIntoView();
    panel.focus({ preventScroll: true });
  }
  R.search = function () {
    const list = S.el("ul", { class: "plain", "aria-live": "polite" });
    const field = S.el("input", { type: "search", "aria-label": "name of a job, or a part of it", autofocus: true, maxlength: "200" });
    const dialog = S.el("dialog", { "aria-label": "Find a job" }, S.el("h2", { text: "Find a job" }),
      S.el("p", { class: "note", text: S.count(D.jobs.rows.length) + " of " + S.count(D.jobs.total) + " jobs are kept singly. Choosing one shows its time on all charts, and its node." }), field, list,
      S.el("form", { method: "dialog" }, S.el("button", { type: "submit", text: "Close" })));
    const choose = (job) => { dialog.close(); show(job); };
    const fill = function () {
      const found = find(field.value.trim());
      list.replaceChildren(...found.map((job) => S.el("li", {}, S.el("button", { type: "button", class: "quiet", onclick: () => choose(job) }, S.name(job.name)), " " + R.gpus(job.milli) + " GPUs, waited " + S.dur(job.wait) + ", " + job.state)));
      if (field.value.trim() && !found.length) list.append(S.el("li", { text: "No job of that name is kept singly; jobs.csv has them all." }));
    };
    field.addEventListener("input", fill);
    field.addEventListener("keydown", function (event) { if (event.key !== "Enter") return; event.preventDefault(); const found = find(field.value.trim()); if (found.length) choose(found[0]); });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  };
})(globalThis.seatrial);
