/* The slider of days on the map: plays the building sites from ground-breaking to opening.
 *
 * The server sends the span and the words once (store "sites"); the map works out what stands on
 * a day (map.js), so no frame asks the server. The day is kept in the address.
 * The Python half is scenarios/project_monitoring/timeline.py.
 */
(function () {
  "use strict";

  const DAY_MS = 24 * 3600 * 1000;
  const WHOLE_PLAY_MS = 30000; // from the first day to the last
  const FRAME_MS = 40;

  let span = null; // {first, last, today} in days since 1970, and what the server sent
  let day = null; // shown; null: as measured
  let playing = null; // handle of the next frame
  let parts = null; // elements of the slider

  const toNumber = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;
  const toIso = (number) => new Date(Math.floor(number) * DAY_MS).toISOString().slice(0, 10);
  const keep = (iso) => window.dash_clientside.shell.keep_day(iso);

  // ---- what the server sends, and what the address says

  function lay(sent) {
    const holder = document.getElementById("timeline");
    holder.hidden = !sent;
    if (!sent) {
      stop();
      span = null;
      return show(null);
    }
    const ends = ["first", "last", "today"].map((name) => [name, toNumber(sent[name])]);
    span = { ...sent, ...Object.fromEntries(ends) };
    span.last = Math.max(span.last, span.today);
    build(holder);
    show(day ?? readDay(new URLSearchParams(window.location.search).get("day")));
  }

  /* Back and forward, or a page that closes the slider, bring another day. */
  function follow(state) {
    if (!state || playing !== null) return;
    const asked = readDay(state.day);
    if (span && (asked === null ? day !== null : Math.floor(day ?? -1) !== asked)) show(asked);
  }

  function readDay(iso) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(iso ?? "")) return null;
    const number = toNumber(iso);
    return Number.isFinite(number) && span ? Math.min(span.last, Math.max(span.first, number)) : null;
  }

  // ---- the elements

  function build(holder) {
    parts ??= {
      play: make("button"),
      track: make("span"),
      range: make("input"),
      told: make("output"),
      back: make("button"),
    };
    const { play, track, range, told, back } = parts;
    const { words, first, last, today } = span;
    if (!play.isConnected) {
      track.replaceChildren(range);
      holder.replaceChildren(play, track, told, back);
      track.className = "timeline-track";
      Object.assign(play, { type: "button", className: "timeline-play", onclick: toggle });
      Object.assign(back, { type: "button", className: "timeline-back", onclick: leave });
      Object.assign(range, { type: "range", step: 1, oninput: slide, onchange: rest });
      told.className = "timeline-day";
    }
    holder.setAttribute("aria-label", words.name);
    Object.assign(range, { min: first, max: last });
    range.setAttribute("aria-label", words.name);
    back.textContent = words.back;
    track.style.setProperty("--today", (today - first) / Math.max(1, last - first));
    nameButton();
  }

  function make(tag) {
    return document.createElement(tag);
  }

  function nameButton() {
    const name = playing === null ? span.words.play : span.words.pause;
    parts.play.dataset.playing = playing === null ? "no" : "yes";
    parts.play.title = name;
    parts.play.setAttribute("aria-label", name);
  }

  // ---- the day

  function show(number) {
    day = number;
    const map = window.dash_clientside.onemap;
    if (!span) return void map.show_day(null);
    const told = number ?? span.today;
    const label = toIso(told);
    const manner = told <= span.today ? span.words.past : span.words.ahead;
    parts.range.value = told;
    parts.range.setAttribute("aria-valuetext", `${label} ${manner}`);
    parts.told.replaceChildren(label, Object.assign(make("span"), { textContent: manner }));
    parts.back.disabled = number === null;
    // What stands at the end of a day stands at the instant after it.
    map.show_day(number === null ? null : number + 1, { ...span, label });
  }

  function slide() {
    stop();
    show(Number(parts.range.value));
  }

  function rest() {
    keep(toIso(day));
  }

  function leave() {
    stop();
    show(null);
    keep(null);
  }

  // ---- playing

  function toggle() {
    if (playing !== null) {
      stop();
      return rest();
    }
    const begin = day === null || day >= span.last ? span.first : day;
    let [from, last] = [performance.now(), begin];
    const speed = (span.last - span.first) / WHOLE_PLAY_MS;
    const step = (now) => {
      playing = requestAnimationFrame(step);
      if (now - from < FRAME_MS) return;
      last = Math.min(span.last, last + (now - from) * speed);
      from = now;
      show(last);
      if (last < span.last) return;
      stop();
      rest();
    };
    playing = requestAnimationFrame(step);
    nameButton();
  }

  function stop() {
    if (playing === null) return;
    cancelAnimationFrame(playing);
    playing = null;
    if (span) nameButton();
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.timeline = { lay, follow };
})();
