// Read-out under the pointer for charts over time. The page is complete without it.
"use strict";
(function () {
  const plot = { left: 46, width: 424, view: 480 };

  function words(seconds) {
    const size = Math.abs(seconds);
    if (size < 120) return Number(seconds.toPrecision(3)) + " s";
    if (size < 7200) return Number((seconds / 60).toPrecision(3)) + " min";
    if (size < 172800) return Number((seconds / 3600).toPrecision(3)) + " h";
    return Number((seconds / 86400).toPrecision(4)) + " d";
  }

  function linesOf(figure) {
    const lines = [];
    for (let i = 0; figure.dataset["values" + i] !== undefined; ++i) {
      const values = figure.dataset["values" + i].trim().split(" ").map(Number);
      lines.push({ name: figure.dataset["name" + i], values: values });
    }
    return lines;
  }

  for (const figure of document.querySelectorAll("figure[data-values0]")) {
    const svg = figure.querySelector("svg");
    const cursor = figure.querySelector(".cursor");
    const readout = figure.querySelector(".readout");
    const lines = linesOf(figure);
    const begin = Number(figure.dataset.begin);
    const end = Number(figure.dataset.end);

    svg.addEventListener("pointermove", function (event) {
      const box = svg.getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width * plot.view - plot.left) / plot.width;
      const count = lines[0].values.length;
      const index = Math.min(count - 1, Math.max(0, Math.floor(share * count)));
      const x = plot.left + plot.width * (index + 0.5) / count;
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      figure.classList.add("live");
      const parts = lines.map(function (line) { return line.name + " " + line.values[index]; });
      readout.textContent = words(begin + (end - begin) * index / count) + ": " + parts.join(", ");
    });
    svg.addEventListener("pointerleave", function () {
      figure.classList.remove("live");
      readout.textContent = "";
    });
  }
})();
