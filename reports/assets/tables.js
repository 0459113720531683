// Tables that sort by click and by keyboard and become cards on narrow screens, and CSV files for spreadsheets.
"use strict";
(function (S) {
  // What begins like a formula is made text for spreadsheets by a leading apostrophe.
  S.csvCell = function (value) {
    let text = value === null || value === undefined ? "" : String(value);
    if (typeof value !== "number" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  S.csvText = function (table) {
    const head = table.columns.map((column) => S.csvCell(column.csv || column.name)).join(",");
    const rows = table.rows.map((row) => table.columns.map((_, i) => S.csvCell(S.valueOf(row[i]))).join(","));
    return [head, ...rows].join("\n") + "\n";
  };
  S.saveCsv = (name, table) => S.saveBlob(new Blob([S.csvText(table)], { type: "text/csv" }), name + ".csv");
  S.saveBlob = function (blob, name) {
    const url = URL.createObjectURL(blob);
    const link = S.el("a", { href: url, download: (S.doc.scenario || "seatrial") + "-" + name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };

  // A cell is a plain value, or {value, text, node, class}.
  const isCell = (cell) => cell !== null && typeof cell === "object" && !(cell instanceof Node);
  S.valueOf = (cell) => (isCell(cell) ? cell.value : cell);
  function cellNode(cell, column) {
    const value = S.valueOf(cell);
    const attributes = { "data-label": column.name, class: [column.text ? "text" : "", isCell(cell) && cell.class ? cell.class : ""].join(" ").trim() || null };
    const node = S.el("td", attributes);
    if (isCell(cell) && cell.node) node.append(cell.node);
    else if (isCell(cell) && cell.text !== undefined) node.append(S.el("bdi", { text: cell.text }));
    else if (column.format) node.append(column.format(value));
    else if (typeof value === "number") node.append(S.num(value));
    else node.append(S.el("bdi", { text: value === null || value === undefined ? "not known" : value }));
    return node;
  }

  function compare(a, b) {
    const none = (value) => value === null || value === undefined || value === "";
    if (none(a) || none(b)) return none(a) - none(b);
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  }

  // table: {columns: [{name, text?, format?, hint?}], rows, caption, first: rows shown at first}
  S.table = function (table) {
    const shownAtFirst = table.first || 100;
    let order = table.rows.map((_, i) => i);
    let by = -1, up = true, all = false;
    const tbody = S.el("tbody", {});
    const more = S.el("button", { type: "button", class: "quiet", onclick: () => { all = true; fill(); } });
    const heads = table.columns.map((column, i) => S.el("th", { scope: "col", "aria-sort": "none", class: column.text ? "text" : null, title: column.hint },
      S.el("button", { type: "button", text: column.name, onclick: () => sort(i) })));
    function sort(column) {
      up = by === column ? !up : Boolean(table.columns[column].text);
      by = column;
      heads.forEach((head, i) => head.setAttribute("aria-sort", i === by ? (up ? "ascending" : "descending") : "none"));
      order = table.rows.map((_, i) => i).sort(function (a, b) {
        const x = S.valueOf(table.rows[a][by]), y = S.valueOf(table.rows[b][by]);
        const unknown = (value) => value === null || value === undefined;
        if (unknown(x) !== unknown(y)) return unknown(x) ? 1 : -1;
        return (up ? 1 : -1) * compare(x, y) || a - b;
      });
      fill();
    }
    function fill() {
      const shown = all ? order : order.slice(0, shownAtFirst);
      tbody.replaceChildren(...shown.map(function (row) {
        const cells = table.columns.map((column, i) => cellNode(table.rows[row][i], column));
        const attributes = table.onrow ? { class: "click", onclick: (event) => { if (!event.target.closest("button, a")) table.onrow(row); } } : {};
        return S.el("tr", attributes, cells);
      }));
      more.hidden = all || order.length <= shownAtFirst;
      more.textContent = "Show all " + S.count(order.length) + " rows";
    }
    fill();
    const narrow = table.rows.length <= 5 ? " few" : "";
    if (!table.rows.length) return S.el("p", { class: "empty", text: table.none || "Nothing to list." });
    return S.el("div", {}, S.el("div", { class: "scroll" + narrow, tabindex: "0", role: "region", "aria-label": table.caption || "table" },
      S.el("table", {}, S.el("caption", { class: "off-screen", text: table.caption || "" }), S.el("thead", {}, S.el("tr", {}, heads)), tbody)), more);
  };
})(globalThis.seatrial);
