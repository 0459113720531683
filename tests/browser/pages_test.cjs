// Opens the pages in Chromium: no error, no request, every canvas drawn on, no horizontal scrolling at 390 px, sorting,
// zoom, theme, filter, tables, CSV, keys and the address, and nothing serious that axe-core finds.
//   node pages_test.cjs PACKAGES CHROMIUM SEATRIAL        exit status 0 = all well; each problem is one line
"use strict";
const { createRequire } = require("module");
const fs = require("fs");
const os = require("os");
const path = require("path");
const worlds = require("./worlds.cjs");

const [packages, chromiumPath, seatrial] = process.argv.slice(2);
const load = createRequire(path.resolve(packages, "package.json"));
const { chromium } = load("playwright-core");
const axe = fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

const problems = [];
let checks = 0;
function check(good, text) {
  ++checks;
  if (!good) problems.push(text);
}

// A page with its errors and requests counted.
async function open(browser, page, options, hash) {
  const context = await browser.newContext({ acceptDownloads: true, bypassCSP: false, ...options });
  const tab = await context.newPage();
  tab.setDefaultTimeout(60000);  // a busy machine is no failure
  const name = page.name + " at " + options.viewport.width + " " + (options.colorScheme || "light");
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) check(false, name + ": console: " + message.text()); });
  tab.on("pageerror", (error) => check(false, name + ": error: " + error.message));
  tab.on("request", (request) => check(request.url().startsWith("file:") && request.url().includes("report.html") || request.url().startsWith("blob:"), name + ": request: " + request.url()));
  tab.on("dialog", (dialog) => { check(false, name + ": a script of the data ran: " + dialog.message()); dialog.dismiss(); });
  await tab.goto("file://" + page.file + (hash || ""));
  await tab.waitForSelector("main section");
  await settle(tab);
  return { tab, name, close: () => context.close() };
}
// Panels far from the window are drawn late; here as before printing.
const settle = (tab) => tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => { globalThis.seatrial.drawAll(); done(); }))));

// Canvases on which nothing is drawn.
const blanks = (tab) => tab.evaluate(() => [...document.querySelectorAll("canvas")].filter((canvas) => canvas.clientWidth > 0).filter(function (canvas) {
  if (!canvas.width || !canvas.height) return true;
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 4; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 3] !== data[3]) return false;
  return data[3] === 0;
}).map((canvas) => canvas.getAttribute("aria-label") || canvas.className || "canvas"));

async function look(browser, page, options, accessible) {
  const { tab, name, close } = await open(browser, page, options);
  for (const blank of await blanks(tab)) check(false, name + ": blank canvas: " + blank);
  check(true, name);
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 0, name + ": scrolls sideways by " + wide + " px");
  const text = await tab.evaluate(() => document.querySelector("main").innerText);
  for (const word of ["undefined", "NaN", "[object", "Infinity", "null"]) check(!new RegExp("(^|[^\\w=>'\"])" + word.replace("[", "\\[") + "\\b").test(text), name + ": shows " + word);
  check(await tab.evaluate(() => document.querySelectorAll("img, iframe, script[src]").length) === 0, name + ": markup of the data");
  if (accessible) {
    const found = await tab.evaluate(async (source) => { (0, eval)(source); return (await axe.run(document, { resultTypes: ["violations"] })).violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => one.id + ": " + one.nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(" | ")); }, axe).catch((error) => ["axe did not run: " + error.message]);
    for (const one of found) check(false, name + ": axe: " + one);
  }
  await close();
}

async function useRunPage(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  // Zoom by keyboard and by dragging; the address keeps it; Escape ends it.
  await tab.keyboard.press("w");
  check(/from=/.test(await tab.evaluate(() => location.hash)), name + ": W does not zoom");
  await tab.keyboard.press("Escape");
  check(!/from=/.test(await tab.evaluate(() => location.hash)), name + ": Escape does not show all");
  const over = tab.locator("#hours .u-over");
  await over.scrollIntoViewIfNeeded();
  const box = await over.boundingBox();
  await tab.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await tab.mouse.down();
  await tab.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
  await tab.mouse.up();
  const drawn = await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelector("#hours .readout").isConnected && document.querySelectorAll("#hours .u-over").length)))));
  check(drawn === 1, name + ": the chart in sight is not drawn after zooming");
  await settle(tab);
  const hash = await tab.evaluate(() => location.hash);
  check(/from=.*to=/.test(hash), name + ": dragging does not zoom: " + hash);
  for (const blank of await blanks(tab)) check(false, name + ": blank after zoom: " + blank);
  await tab.keyboard.press("Escape");
  // A cell of the matrix is a filter, and a link to it opens the same.
  await tab.locator("#who button.cell").nth(3).click();
  check(/(tenant|size)=/.test(await tab.evaluate(() => location.hash)), name + ": a cell does not filter");
  const filtered = await tab.evaluate(() => document.querySelector("#waits .note").textContent);
  const again = await open(browser, page, { viewport: { width: 1440, height: 900 } }, await tab.evaluate(() => location.hash));
  check(await again.tab.evaluate(() => document.querySelector("#waits .note").textContent) === filtered, name + ": the address does not bring the filter back");
  await again.close();
  check(/Not narrowed to/.test(await tab.evaluate(() => document.querySelector("#hours").innerText)), name + ": does not say that a chart is not filtered");
  await tab.keyboard.press("Escape");
  // Theme.
  const theme = () => tab.evaluate(() => document.documentElement.dataset.theme);
  const before = await theme();
  await tab.keyboard.press("l");
  check(await theme() !== before, name + ": L does not change the theme");
  // Sorting by mouse and by keyboard.
  const column = (n) => tab.evaluate((i) => [...document.querySelectorAll("#worst tbody tr")].map((row) => row.children[i].textContent), n);
  const head = tab.locator("#worst thead button").first();
  await head.focus();
  await tab.keyboard.press("Enter");
  const up = await column(0);
  await tab.keyboard.press("Enter");
  const down = await column(0);
  check(up.length > 1 && up[0] === down[down.length - 1], name + ": sorting by keyboard");
  // The table twin and the file.
  await tab.locator("#hours button", { hasText: "Table" }).click();
  check(await tab.locator("#hours table").count() === 1, name + ": no table twin");
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator("#hours button", { hasText: "CSV" }).click()]);
  const text = fs.readFileSync(await download.path(), "utf8");
  check(/^t_s,useful/.test(text), name + ": CSV begins with " + text.slice(0, 40));
  // A node shows its jobs.
  await tab.locator("#map select").selectOption({ index: 1 });
  check(await tab.locator("#map h3").count() === 1, name + ": no jobs of a node");
  for (const blank of await blanks(tab)) check(false, name + ": blank after choosing a node: " + blank);
  await tab.keyboard.press("?");
  check(await tab.locator("dialog[open]").count() === 1, name + ": ? shows no keys");
  await close();
}

// Filters reach every panel of groups, dates stand on the axes, zooming shows shorter intervals, a panel becomes a picture.
async function useFilters(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  const text = (selector) => tab.evaluate((one) => document.querySelector(one).innerText, selector);
  const panels = ["#quantiles", "#waits", "#who", "#distributions", "#gpus", "#worst", "#tenants"];
  const before = {};
  for (const panel of panels) before[panel] = await text(panel);
  await tab.locator(".controls select").last().selectOption({ index: 2 });
  for (const panel of panels) {
    const now = await text(panel);
    check(now !== before[panel] && !/Not narrowed/.test(now), name + ": the pool does not reach " + panel + ": " + now.slice(0, 80));
  }
  check(/Not narrowed to the pool/.test(await text("#queue")), name + ": the queue does not say that it is of the whole cluster");
  for (const blank of await blanks(tab)) check(false, name + ": blank with a pool chosen: " + blank);
  const counts = await tab.evaluate(() => [...document.querySelectorAll("#tenants tbody tr")].map((row) => Number(row.children[1].textContent.replaceAll(",", ""))));
  check(counts.filter((count) => count === 1000).length === 2 && counts.filter((count) => count === 0).length === 2, name + ": tenants of the pool: " + counts);
  await tab.keyboard.press("Escape");
  check(/2022-0[3-5]/.test(await tab.evaluate(() => { const S = globalThis.seatrial; return S.timeTicks(0, S.span(), 6).map((t) => S.timeTick(t, S.span())).join(" "); })), name + ": no dates on the axis");
  const areas = await tab.evaluate(() => [...document.querySelectorAll("#hours .note")].map((one) => one.textContent).find((text) => /^Means over/.test(text)) || "");
  check(/zoom in for shorter intervals, down to /.test(areas), name + ": the areas say nothing of finer intervals: " + areas);
  const step = async () => (await text("#queue .note")).replace(/.*intervals of ([^.]*)\..*/s, "$1");
  const coarse = await step();
  for (let i = 0; i < 5; ++i) await tab.keyboard.press("w");
  await tab.locator("#queue").scrollIntoViewIfNeeded();
  await settle(tab);
  check(await step() !== coarse && /2022-/.test(await text(".controls")), name + ": zooming does not show shorter intervals than " + coarse);
  for (const blank of await blanks(tab)) check(false, name + ": blank when zoomed in: " + blank);
  // Copying is refused here, so that the picture is saved.
  await tab.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator("#waits button", { hasText: "PNG" }).click()]);
  const bytes = fs.readFileSync(await download.path());
  check(bytes.subarray(1, 4).toString() === "PNG" && bytes.length > 20000 && bytes.readUInt32BE(16) > 1000, name + ": the picture of a panel has " + bytes.length + " bytes");
  await close();
}

// Who was preempted and for whom; a job that is found by its name.
async function useEvents(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  const note = await tab.evaluate(() => document.querySelector("#preemptions .note").textContent);
  check(/^[\d,]+ times a job lost its GPUs/.test(note), name + ": preemptions: " + note);
  check(await tab.locator("#preemptions tbody tr").count() > 1, name + ": no preemption is listed");
  await tab.keyboard.press("/");
  check(await tab.locator("dialog[open] input").count() === 1, name + ": / does not ask for a job");
  await tab.keyboard.type("1");
  check(await tab.locator("dialog[open] li button").count() > 0, name + ": no job is found");
  await tab.keyboard.press("Enter");
  await settle(tab);
  check(await tab.locator("dialog[open]").count() === 0 && await tab.locator("#map h3").count() === 1, name + ": the job found is not shown");
  check(/from=.*to=.*node=/.test(await tab.evaluate(() => location.hash)), name + ": the address does not keep the job's time and node");
  for (const blank of await blanks(tab)) check(false, name + ": blank with a job found: " + blank);
  await tab.keyboard.press("/");
  await tab.keyboard.type("no such job");
  check(/No job of that name/.test(await tab.locator("dialog[open]").innerText()), name + ": says nothing of a job that is not there");
  await close();
}

// Cut and shared GPUs: slices of a chosen GPU, instances, re-cuts, pairs and memory; and what is not there is told.
async function useDevices(browser, cut, shared, plain) {
  const { tab, name, close } = await open(browser, cut, { viewport: { width: 1440, height: 900 } });
  const text = (selector) => tab.evaluate((one) => document.querySelector(one).innerText, selector);
  check(/^\d+ re-cuts took .* of the time of these GPUs/m.test(await text("#recuts")), name + ": re-cuts: " + await text("#recuts"));
  check(/Speed is not modelled/.test(await text("#sharing")), name + ": does not say that sharing has no cost");
  check(/No job states its GPU memory/.test(await text("#gpu-memory")), name + ": does not say that memory is not known");
  await tab.locator("#slices select").selectOption({ index: 2 });
  check(/gpu=2/.test(await tab.evaluate(() => location.hash)), name + ": the address does not keep the GPU");
  check(/Slices of a100 \/ a100-0, GPU 2 over time: [\d.]+ % of its 7 compute slices/.test(await tab.evaluate(() => document.querySelector("#slices canvas").getAttribute("aria-label"))), name + ": the slices have no sentence");
  const box = await tab.locator("#slices canvas").first().boundingBox();
  await tab.locator("#slices canvas").first().hover({ position: { x: box.width / 2, y: box.height - 40 } });
  check(/(\dg\.\d+gb on slice|slice \d: no instance)/.test(await text("#slices .readout")), name + ": the slice under the pointer: " + await text("#slices .readout"));
  await tab.locator("#slices button", { hasText: "Table" }).click();
  check(await tab.locator("#slices tbody tr").count() > 5, name + ": no table of slices");
  await tab.locator("#layouts button", { hasText: "Table" }).click();
  check(/busy \(dashed\)/.test(await text("#layouts thead")), name + ": no table of layouts");
  await tab.keyboard.press("w");
  await settle(tab);
  for (const blank of await blanks(tab)) check(false, name + ": blank when zoomed in: " + blank);
  await close();
  const other = await open(browser, shared, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const words = (selector) => other.tab.evaluate((one) => document.querySelector(one).innerText, selector);
  check(/333 of 1,300 jobs ran out of GPU memory/.test(await words("h1")), other.name + ": headline: " + await words("h1"));
  check(/Jobs not completed\s+333/.test(await words(".kpis")), other.name + ": no figure of failed jobs");
  check(/\u00d7 2\.\d\d/.test(await words("#sharing table")), other.name + ": no slowdown of time-slicing: " + await words("#sharing"));
  await other.tab.locator("#sharing select").selectOption("mig");
  check(/training/.test(await words("#sharing table")), other.name + ": pairs on cut GPUs: " + await words("#sharing table"));
  check(/No GPU was re-cut/.test(await words("#recuts")), other.name + ": no word on re-cuts");
  check(/stranded: [\d,.]+ GiB/.test(await words("#gpu-memory")), other.name + ": memory: " + await words("#gpu-memory"));
  await other.close();
  const third = await open(browser, plain, { viewport: { width: 1440, height: 900 } });
  const there = await third.tab.evaluate(() => ["slices", "layouts", "recuts", "sharing", "gpu-memory"].filter((id) => document.getElementById(id)).join(" "));
  check(there === "sharing gpu-memory", third.name + ": panels of shares: " + there);
  check(/up to 0.5 GPU/.test(await third.tab.evaluate(() => document.querySelector("#sharing table").innerText)), third.name + ": no shares");
  await third.close();
}

// Losing jobs is no gain.
async function useLostJobs(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  const head = await tab.evaluate(() => document.querySelector("h1").textContent);
  check(/overcommit true cuts mean wait by .* but \d+ of 1,300 jobs fail, against 0\./.test(head) && head.split(" ").length <= 25, name + ": " + head);
  check(/jobs fail or are rejected/.test(await tab.evaluate(() => document.querySelector("#ranking table").innerText)), name + ": the ranking does not say so");
  const first = await tab.evaluate(() => document.querySelector("#ranking tbody tr").children[0].textContent);
  check(/^overcommit false/.test(first), name + ": ranks first: " + first);
  await close();
}

async function useHostilePage(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator("#tenants button", { hasText: "CSV" }).click()]);
  const text = fs.readFileSync(await download.path(), "utf8");
  check(text.includes("'=cmd()") && !/^=|\n=/.test(text), name + ": a formula in the CSV file");
  check((await tab.evaluate(() => document.body.innerText)).includes("</script><img"), name + ": the name is not shown as it is");
  await close();
}

async function useComparison(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  await tab.locator("#ranking select").selectOption("gpu.allocated_ratio.mean");
  check(/Ranking by gpu/.test(await tab.evaluate(() => document.querySelector("#ranking caption").textContent)), name + ": the metric does not change");
  check(/no evidence/.test(await tab.evaluate(() => document.querySelector("#ranking").innerText)), name + ": no verdict without evidence");
  for (const blank of await blanks(tab)) check(false, name + ": blank: " + blank);
  await close();
}

// Two alternatives of a real comparison: what differs first, and the curve between any two of them.
async function useDivergence(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  const note = () => tab.evaluate(() => document.querySelector("#divergence .note").textContent);
  check(/The schedules part at [\d.]+ (s|min|h).* after the first submit: sjf starts job \d+ \(\d GPUs?\) on p-\d.*; fifo \(baseline\) (starts job \d+ \(\d GPUs?\) on p-\d|decides nothing)/.test(await note()), name + ": " + await note());
  await tab.locator("#divergence select").first().selectOption({ index: 1 });
  await tab.locator("#divergence select").last().selectOption({ index: 2 });
  check(/schedules part at .*(sjf|srtf) .*|Both part from the baseline at the same instant/.test(await note()), name + ": two alternatives beside the baseline: " + await note());
  for (const blank of await blanks(tab)) check(false, name + ": blank: " + blank);
  await tab.locator("#divergence button", { hasText: "Table" }).click();
  check(await tab.locator("#divergence tbody tr").count() >= 20, name + ": no table of the divergence");
  await close();
}

async function usePlan(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  await tab.locator("#tornado button", { hasText: "Table" }).click();
  const rows = await tab.evaluate(() => [...document.querySelectorAll("#tornado tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)));
  check(rows.some((row) => row[0] === "cluster.pools[p].count" && row[1] === "23" && row[2] === "22" && row[6].includes("missed")), name + ": tornado: " + JSON.stringify(rows));
  check(rows.some((row) => row[0] === "scheduler.order" && row[2] === "fifo"), name + ": tornado without the order");
  const card = await tab.evaluate(() => document.querySelector(".answer").innerText);
  check(/Lower bound\s+623 USD\/h by proof/.test(card), name + ": no lower bound: " + card);
  check(/Lasts\s+until 2027-\d\d-\d\d \(in .* months, at 1\.\d+ x the load\)/.test(card), name + ": no date of the end: " + card);
  check(/first missed on 2027-\d\d-\d\d/.test(await tab.evaluate(() => document.querySelector("#runway .note").textContent)), name + ": no date of the first breach");
  check(/holds as far as was looked/.test(await tab.evaluate(() => document.querySelector("#runway ul").innerText)), name + ": not every goal has its date");
  await close();
}

async function useUndatedPlan(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } });
  const card = await tab.evaluate(() => document.querySelector(".answer").innerText);
  check(/Lasts\s+[\d.]+ months, until the load is 1\.\d+ times as high/.test(card), name + ": how long it lasts: " + card);
  check(/first missed in [\d.]+ months, at 1\.\d+ x the load/.test(await tab.evaluate(() => document.querySelector("#runway .note").textContent)), name + ": no time of the first breach");
  await close();
}

// One case at a time, chosen in the bar and kept in the address; the overview shows all of them.
async function useCases(browser, page) {
  const { tab, name, close } = await open(browser, page, { viewport: { width: 1440, height: 900 } }, "#case=1");
  const text = (selector) => tab.evaluate((where) => document.querySelector(where).innerText, selector);
  check(/in all 3 cases|of 3 cases|by .* \(/.test(await text("h1")), name + ": the verdict names no case: " + await text("h1"));
  check((await text("h1")).split(/\s+/).length <= 25, name + ": more than 25 words: " + await text("h1"));
  check((await text(".top ul")).split("\n").length === 3, name + ": not a verdict for each case");
  check(await tab.locator("#cases canvas").count() === 3, name + ": the overview has not every case");
  const whole = await text("#ranking");
  check(/Case whole nodes\./.test(whole), name + ": the address does not choose the case: " + whole.slice(0, 200));
  await tab.locator(".bar select").selectOption({ label: "heavy tail" });
  check(/case=2/.test(await tab.evaluate(() => location.hash)), name + ": the address does not keep the case");
  for (const id of ["ranking", "matrix", "multiples", "winners-0", "divergence", "replications"]) {
    check((await text("#" + id)).includes("Case heavy tail."), name + ": " + id + " does not follow the case");
  }
  check(await text("#ranking") !== whole, name + ": the ranking stays the same");
  await tab.locator("#cases select").selectOption("jct_s.mean");
  check(await tab.locator("#ranking select").inputValue() === "jct_s.mean", name + ": two panels show two metrics");
  const rows = await tab.locator("#settings tbody tr").count();
  check(rows === 15, name + ": " + rows + " rows of settings for 15 alternatives");
  await close();
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "seatrial-browser-"));
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const pages = worlds.build(seatrial, folder);
    const named = (name) => pages.find((page) => page.name === name);
    for (const page of pages) {
      const phone = { viewport: { width: 390, height: 844 }, colorScheme: "dark", isMobile: true, hasTouch: true };
      const chosen = ["dedicated-pools", "fragmentation-gradient", "calendar", "hostile", "comparison", "orders", "overcommit", "mig-recut-cost", "gpu-sharing", "plan", "cases"].includes(page.name);
      await look(browser, page, { viewport: { width: 1440, height: 900 } }, chosen);
      if (chosen || ["one-job", "many-tenants", "plan_none"].includes(page.name)) await look(browser, page, phone, ["dedicated-pools", "comparison", "gpu-sharing"].includes(page.name));
    }
    await useRunPage(browser, named("dedicated-pools"));
    await useFilters(browser, named("calendar"));
    await useEvents(browser, named("preemptive-srtf"));
    await useDevices(browser, named("mig-recut-cost"), named("gpu-sharing"), named("shares"));
    await useLostJobs(browser, named("overcommit"));
    await useHostilePage(browser, named("hostile"));
    await usePlan(browser, named("plan"));
    await useUndatedPlan(browser, named("plan_undated"));
    await useCases(browser, named("cases"));
    await useDivergence(browser, named("orders"));
    await useComparison(browser, named("comparison"));
  } finally {
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  for (const problem of [...new Set(problems)]) console.log(problem);
  console.log(checks + " checks, " + problems.length + " problems");
  process.exitCode = problems.length ? 1 : 0;
}
main().catch((error) => { console.log(error.stack); process.exitCode = 1; });
