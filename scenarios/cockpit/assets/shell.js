/* The state of the page: changed by clicks, kept in the address, shared out to the server.
 *
 * Any element with data-patch changes the state when it is clicked; "place" in it moves the
 * camera instead. The Python half is scenarios/cockpit/callbacks.py.
 */
(function () {
  "use strict";

  const PARTS = {
    chrome: [
      "district", "plan", "scenario", "stage", "year", "language", "theme", "compare", "ahead",
      "area", "picking", "data", "revision",
    ],
    scene: [
      "district", "plan", "scenario", "stage", "year", "language", "theme", "selection", "layers",
      "compare", "side", "admission", "ahead", "variant", "exam", "subject", "area", "picking",
      "indicator", "addresses", "spot", "revision",
    ],
    panel: [
      "district", "plan", "scenario", "stage", "year", "language", "selection", "drawing",
      "compare", "side", "admission", "rules", "queue", "child", "ahead", "variant", "by",
      "report", "domain", "exam", "within", "subject", "area", "picking", "indicator", "clearing",
      "addresses", "spot", "data", "upload", "at", "row", "revision", "beside", "appraised",
    ],
    search: ["district", "language"],
    job: ["district", "language", "compare", "admission", "clearing", "data", "upload"],
  };
  const PLAIN = [
    "district", "plan", "scenario", "stage", "year", "language", "theme", "drawing", "compare",
    "side", "admission", "rules", "queue", "ahead", "variant", "by", "report", "indicator",
    "domain", "exam", "within", "subject", "day", "area", "beside", "appraised", "addresses",
    "data", "at",
  ];
  // Kept in the history alone: an address is copied, logged and sent around.
  const UNWRITTEN = ["child", "spot", "upload", "row"];
  const KINDS = ["school", "catchment", "project", "subdistrict"];
  const PIECES = { subdistrict: "s", community: "c", catchment: "z" }; // of an area, by click
  const EARTH_M = 40075016.686;
  const TILE_PX = 512;

  let start = null;
  let state = null;
  let places = 0;
  let orders = 0;
  let revisions = 0; // of what the server holds: a new one asks for everything again
  let watched = null; // number of the job that this page has seen running
  const defaultPlans = {}; // by district, as the server chose them

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const send = (store, data) => window.dash_clientside.set_props(store, { data });
  const dismiss = () => window.dash_clientside.set_props("notice", { children: null });

  // ---- the state

  function choose(patch) {
    const { place, ...changes } = patch;
    if (place) send("place", { ...place, count: (places += 1) });
    const next = { ...state, ...changes };
    if (same(next, state)) return;
    dismiss();
    keepAddress(next);
    send("state", (state = next));
  }

  /* Every part is sent on only when it changed: a click asks for no more than it alters. */
  const sent = {};
  function share(whole) {
    state = whole;
    return Object.entries(PARTS).map(([part, names]) => {
      const data = Object.fromEntries(names.map((name) => [name, whole[name] ?? null]));
      if (same(data, sent[part])) return window.dash_clientside.no_update;
      return (sent[part] = data);
    });
  }

  // ---- the address

  function readAddress() {
    const query = new URLSearchParams(window.location.search);
    const read = { ...start, ...pickUnwritten(window.history.state) };
    for (const name of PLAIN) if (query.get(name)) read[name] = query.get(name);
    if (query.has("layers")) read.layers = query.get("layers").split(",").filter(Boolean);
    for (const kind of KINDS) {
      if (query.has(kind)) read.selection = { kind, id: Number(query.get(kind)) };
    }
    return read;
  }

  function keepAddress(next, replace = false) {
    const query = new URLSearchParams();
    for (const name of PLAIN) {
      if (next[name] != null && next[name] !== start[name]) query.set(name, next[name]);
    }
    if (next.layers) query.set("layers", next.layers.join(","));
    if (next.selection) query.set(next.selection.kind, next.selection.id);
    const unwritten = pickUnwritten(next);
    const text = query.toString();
    if (text === window.location.search.slice(1) && same(unwritten, pickUnwritten(state))) return;
    const address = text ? `?${text}` : window.location.pathname;
    if (replace) window.history.replaceState(unwritten, "", address);
    else window.history.pushState(unwritten, "", address);
  }

  /* A day that slides by is no step of the history. */
  function keepDay(day) {
    if (!state || (state.day ?? null) === day) return;
    const next = { ...state, day };
    keepAddress(next, true);
    send("state", (state = next));
  }

  function pickUnwritten(whole) {
    return Object.fromEntries(UNWRITTEN.map((name) => [name, whole?.[name] ?? null]));
  }

  window.addEventListener("popstate", () => {
    if (start) send("state", (state = readAddress()));
  });

  // ---- clicks

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-patch], [data-dismiss], button[data-order]");
    if (!target || target.disabled) return;
    if (target.dataset.patch) choose(JSON.parse(target.dataset.patch));
    else if (target.dataset.order) order(JSON.parse(target.dataset.order));
    else dismiss();
  });

  function pick(click) {
    if (!click) return;
    const { kind, id } = click.properties;
    if (PIECES[state.picking]) return void (kind === state.picking && toggle(PIECES[kind] + id));
    if (state.picking) return; // a sketch is being drawn
    if (Number(state.addresses) && click.coordinate) return choose({ spot: name(click) });
    const selection = KINDS.includes(kind) ? { kind, id } : null;
    choose({ selection, side: selection && click.side === "after" ? "after" : null });
  }

  /* Where an address lies: a candidate by its code, or the place that was clicked. */
  function name({ properties, coordinate }) {
    if (properties.kind === "candidate" && properties.id) return properties.id;
    return `@${coordinate.slice(0, 2).map((degrees) => degrees.toFixed(7)).join(",")}`;
  }

  /* A click adds a piece to the selected area, or takes it out again. */
  function toggle(piece) {
    const parts = splitArea();
    const rest = parts.filter((part) => part !== piece);
    if (rest.length === parts.length) rest.push(piece);
    choose({ area: rest.join("!") || null, selection: null });
  }

  const splitArea = () => (state.area ? state.area.split("!") : []);

  /* What was drawn joins the area; without a part the drawing was given up. */
  function enclose(drawn) {
    if (!drawn) return;
    const area = drawn.part ? [...splitArea(), drawn.part].join("!") : state.area;
    choose({ area: area ?? null, picking: null, selection: null });
  }

  function find(value) {
    if (!value) return window.dash_clientside.no_update;
    const [kind, id, subdistrict] = value.split(":");
    const selection = kind === "school" ? { kind, id: +id } : { kind: "subdistrict", id: +subdistrict };
    choose({ selection, side: null, place: { kind, id: +id } });
    return null; // the box is free for the next search
  }

  // ---- orders: what the server does for a page

  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.order) return;
    event.preventDefault();
    const filled = new FormData(event.target, event.submitter); // which button it was, too
    order({ ...JSON.parse(event.target.dataset.order), ...Object.fromEntries(filled) });
  });

  function order(asked) {
    dismiss();
    send("order", { ...asked, count: (orders += 1) });
  }

  /* What was kept or dropped changes what the page shows. */
  function obey(answer) {
    const patch = answer?.patch ?? {};
    if (Object.keys(patch).length) choose({ ...patch, revision: (revisions += 1) });
  }

  /* Whoever still looks at the page where it was ordered sees the result at once. */
  function watch(job) {
    if (!job) return;
    if (job.state === "running") watched = job.number;
    if (job.state === "running" || job.number !== watched) return;
    watched = null;
    if (job.state !== "done") return void choose({ revision: (revisions += 1) });
    choose({ ...(state[job.page] ? job.shown : {}), revision: (revisions += 1) });
  }

  // ---- what follows the state in the browser alone

  function begin(first) {
    start = first;
    const read = readAddress();
    const place =
      read.selection ??
      (read.compare ? { kind: "moved", compare: read.compare } : null) ??
      (read.area ? { kind: "area", area: read.area } : null);
    if (place) send("place", { ...place, count: (places += 1) });
    return (state = read);
  }

  const paint = (whole) => (whole.theme === "dark" ? "dark" : "light");

  function entitle(words) {
    if (!words) return;
    document.documentElement.lang = words.tag;
    document.title = words.title;
    document.getElementById("map").setAttribute("aria-label", words.map);
  }

  /* A page of the panel begins at its top; a choice inside it leaves it where it was read. */
  let unrolled = null;
  function unroll() {
    const { by, report, domain, exam, spot, revision, beside, ...page } = sent.panel ?? {};
    if (same(page, unrolled)) return;
    unrolled = page;
    document.querySelector(".panel").scrollTop = 0;
  }

  /* The scale holds at the middle of the map; a tilted map has no single scale. */
  function measure(viewport) {
    const scale = document.getElementById("scale");
    if (!viewport || !scale) return;
    const round = Math.cos((viewport.latitude * Math.PI) / 180) * EARTH_M;
    const metresAPixel = round / (TILE_PX * 2 ** viewport.zoom);
    const widest = 110 * metresAPixel;
    const power = 10 ** Math.floor(Math.log10(widest));
    const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= widest);
    scale.hidden = false;
    scale.querySelector(".scale-line").style.width = `${metres / metresAPixel}px`;
    scale.querySelector(".scale-text").textContent =
      metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  }

  function chooseDistrict(district) {
    if (!state || !district || district === state.district) return;
    choose({
      ...{ district, plan: null, stage: null, year: null, selection: null, layers: null },
      ...{ drawing: null, compare: null, side: null },
      ...{ admission: null, rules: null, queue: null, child: null, ahead: null, variant: null },
      ...{ by: null, report: null, day: null, area: null, picking: null, clearing: null },
      ...{ beside: null, appraised: null, domain: null, exam: null, within: null },
      ...{ addresses: null, spot: null, data: null, upload: null, at: null, row: null },
    });
  }

  /* Without a choice the server fills in the plan that the district opens with. */
  function choosePlan(plan) {
    if (!state || !plan) return;
    if (state.plan === null || state.plan === undefined) defaultPlans[state.district] ??= plan;
    if (plan !== (state.plan ?? defaultPlans[state.district])) choose({ plan });
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.shell = {
    start: begin,
    share,
    paint,
    find,
    pick,
    enclose,
    measure,
    entitle,
    unroll,
    obey,
    order,
    watch,
    choose_district: chooseDistrict,
    choose_plan: choosePlan,
    keep_day: keepDay,
  };
})();
