/* The 3D map of the cockpit: follows its Dash stores, draws with the bundle of pydeck.
 *
 * To the map:   map-deck (draw), map-shown (show), map-camera (fly).
 * From the map: map-click, map-viewport.
 * The slider of days (timeline.js) calls showDay: what stands on a day is worked out here.
 * A Deck of several views shows the same place in each; a layer whose id ends with "@view" is
 * drawn in that view alone.
 * The Python half is scenarios/cockpit/map_bundle.py; the Deck comes from layers/deck.py.
 */
(function () {
  "use strict";

  const MOST_FRAMES = 100; // before a picture is taken as it is
  const FRAME_MS = 50;
  const FLIGHT_MS = 1200;
  const VIEWPORT_PAUSE_MS = 250;
  // A hand that trembles by 3 px still clicks, and so does a slow one: the first click may
  // wait for picking to warm up. A click is held back 200 ms for a second one (zoom).
  const GESTURES = {
    pan: { threshold: 4 },
    click: { time: Infinity },
    dblclick: { interval: 200 },
  };
  const CARD_OFFSET_PX = 14;
  const SPLIT_ZOOM = 1; // level for half of the width
  const NO_WEBGL =
    "此浏览器未启用 WebGL 2，无法显示三维地图。\nThis browser has no WebGL 2; the 3D map cannot be shown.";
  const NO_BUNDLE =
    "地图程序未能载入，请刷新页面。\nThe map program did not load; please reload the page.";

  const map = {
    surface: null, // the Dash element
    holder: null, // the part of it that deck.gl owns
    deck: null,
    card: null,
    spec: null,
    ahead: null, // where to fly, asked for before there was a map
    viewId: null,
    views: [], // ids, from left to right
    shown: {},
    rows: new Map(), // layer id → {text, data}
    carded: null, // the picked object whose card is open
    flights: 0,
    clicks: 0,
    frames: 0,
    viewportTimer: null,
    lookers: [], // called when the camera moves
    error: null,
    day: null, // instant that the building sites show, in days since 1970; null: as measured
    dayTold: null, // what the card says of it: {label, stages, words}
  };
  let bundle = null;
  const growth = window.onemapGrowth;

  // ---- the three clientside callbacks

  async function draw(spec) {
    if (!spec) return;
    map.spec = spec;
    const surface = document.getElementById("map");
    if (surface !== map.surface) attach(surface);
    if (!hasWebgl()) return tell(NO_WEBGL);
    try {
      await loadBundle(surface.dataset.bundle);
    } catch {
      return tell(NO_BUNDLE);
    }
    // A newer Deck may have come while the bundle was loading; it draws itself.
    if (map.spec === spec && map.surface === surface) refresh();
  }

  function show(shown) {
    map.shown = shown || {};
    if (map.deck) refresh();
  }

  function fly(camera) {
    if (!camera) return;
    if (!map.deck) return void (map.ahead = camera); // the first picture opens there
    map.deck.setProps({ initialViewState: plan(camera) });
    noteViewport(); // a flight without motion is no event
  }

  // ---- drawing

  function attach(surface) {
    if (map.deck) map.deck.finalize();
    Object.assign(map, { surface, deck: null, viewId: null, carded: null, frames: 0, goal: null });
    map.rows.clear();
    // An element of our own: React must not find foreign children beside its own.
    map.holder = addElement(surface, "div", "onemap-map-canvas");
    map.card = addElement(surface, "dl", "onemap-map-card");
    map.card.setAttribute("role", "tooltip");
    map.card.hidden = true;
  }

  function loadBundle(address) {
    bundle ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => {
        bundle = null; // the next Deck tries again
        reject(new Error(address));
      };
      document.head.append(script);
    });
    return bundle;
  }

  function refresh() {
    const { initialViewState, viewId, ...rest } = map.spec;
    const ids = new Set(rest.layers.map((layer) => layer.id));
    for (const id of map.rows.keys()) if (!ids.has(id)) map.rows.delete(id);
    const json = { ...rest, layers: rest.layers.map(prepare) };
    if (!map.deck) {
      map.views = rest.views.map(({ id }) => id);
      const camera = stepBack({ ...initialViewState, ...map.ahead });
      create({ ...json, initialViewState: split(camera) });
      map.ahead = null;
    } else {
      arrange(rest.views.map(({ id }) => id));
      window.updateDeck(json, map.deck);
      if (viewId !== map.viewId) map.deck.setProps({ initialViewState: plan(initialViewState) });
    }
    map.viewId = viewId;
    hideCard();
  }

  function create(jsonInput) {
    clearNotice();
    map.deck = window.createDeck({
      container: map.holder,
      jsonInput: { ...jsonInput, eventRecognizerOptions: GESTURES },
      tooltip: false,
      handleEvent,
      configuration: { preProcessClassProps: complete },
    });
    if (!map.deck) return; // the bundle has written the reason to the console
    // The canvas, not its frame, takes the keyboard: it is what a screen reader stops at.
    const canvas = map.holder.querySelector("canvas");
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", map.surface.getAttribute("aria-label"));
    map.deck.setProps({
      onAfterRender: () => (map.frames += 1),
      onViewStateChange: follow,
      layerFilter: ({ layer, viewport }) => {
        const side = getSide(layer.id);
        return !side || side === viewport.id;
      },
      getCursor: ({ isDragging, isHovering }) =>
        isDragging ? "grabbing" : isHovering ? "pointer" : "grab",
      onError: (error) => {
        map.error = String(error);
        console.error(error);
      },
    });
  }

  // ---- several views of one place

  function arrange(views) {
    if (views.join() === map.views.join()) return;
    const zoom = getCamera().zoom + measureFurther();
    map.views = views;
    if (map.goal) {
      // Views that change in mid-flight change how high it ends. A new view begins at its goal.
      map.deck.setProps({ initialViewState: plan(map.goal.camera) });
      return void (map.goal = null);
    }
    const camera = { ...getCamera(), zoom: zoom - measureFurther() };
    map.deck.setProps({ initialViewState: split({ ...map.spec.initialViewState, ...camera }) });
    noteViewport();
  }

  /* Half of the width shows the same place from higher up. */
  function measureFurther() {
    return Math.log2(map.views.length) * SPLIT_ZOOM;
  }

  function stepBack(camera) {
    return camera.zoom === undefined ? camera : { ...camera, zoom: camera.zoom - measureFurther() };
  }

  /* One camera for each view; only the first flies, the others follow it. */
  function split(camera) {
    if (map.views.length < 2) return camera;
    const still = stand(camera);
    const others = Object.fromEntries(map.views.map((id) => [id, still]));
    return { ...still, ...others, [map.views[0]]: camera }; // flat too, for the view that leaves
  }

  function stand(camera) {
    return Object.fromEntries(Object.entries(camera).filter(([name]) => !/ransition/.test(name)));
  }

  /* deck.gl keeps a moved camera for the one view that moved: the others are told here. */
  function follow({ viewId, viewState }) {
    if (map.views.length > 1 && map.views.includes(viewId)) {
      const others = Object.fromEntries(map.views.map((id) => [id, stand(viewState)]));
      map.deck.setProps({ initialViewState: { ...others, [viewId]: viewState } });
    }
    handleEvent("deck-view-state-change-event");
  }

  function prepare(layer) {
    const group = getGroup(layer.id);
    const visible = layer.visible !== false && map.shown[group] !== false;
    return { ...layer, visible, data: hold(layer) };
  }

  /* Inline rows stay out of the JSON converter: it would read a name that begins with "@@=" as
   * a program. Rows that did not change keep their identity, so nothing is uploaded again. */
  function hold({ id, data }) {
    if (data === null || typeof data !== "object") return data;
    const text = JSON.stringify(data);
    if (map.rows.get(id)?.text !== text) map.rows.set(id, { text, data });
    return { heldFor: id };
  }

  function complete(kind, props) {
    const held = props.data?.heldFor && map.rows.get(props.data.heldFor);
    const drawn = held ? { ...props, data: held.data } : props;
    const whole = map.day === null ? drawn : { ...drawn, ...growth.read(drawn, map.day) };
    return kind === window.deck.MVTLayer ? completeTiles(whole) : whole;
  }

  // ---- building sites on a day (growth.js)

  /* Show the sites at an instant; null: as they were measured. */
  function showDay(day, told) {
    const was = map.day;
    Object.assign(map, { day, dayTold: told ?? null });
    if (!map.deck || day === was) return;
    if (day === null || was === null) return refresh();
    hideCard();
    const layers = map.deck.props.layers.map((layer) => {
      const grown = growth.read(layer.props, day);
      return grown && layer.props.visible !== false ? layer.clone(grown) : layer;
    });
    map.deck.setProps({ layers });
  }

  function completeTiles(props) {
    // Without an address of ours the bundle fetches the tile reader from a public server.
    const workerUrl = map.surface.dataset.tileWorker;
    // The y axis of a tile points down: its walls would be lit from inside.
    const walls = { _windingOrder: "CCW", ...props._subLayerProps?.["polygons-fill"] };
    return {
      ...props,
      loadOptions: { ...props.loadOptions, mvt: { ...props.loadOptions?.mvt, workerUrl } },
      _subLayerProps: { ...props._subLayerProps, "polygons-fill": walls },
    };
  }

  function plan(camera) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    map.flights += 1;
    const flight = map.flights;
    const land = () => map.goal?.flight === flight && (map.goal = null);
    map.goal = still ? null : { camera, flight };
    return split({
      ...map.spec.initialViewState, // its limits
      ...getCamera(),
      ...stepBack(camera),
      flight, // the same place twice is still two flights
      transitionDuration: still ? 0 : FLIGHT_MS,
      transitionInterpolator: new window.deck.FlyToInterpolator(),
      onTransitionEnd: land,
      onTransitionInterrupt: land,
    });
  }

  // ---- events

  function handleEvent(name, event) {
    if (name === "deck-click-event") sendClick(event);
    else if (name === "deck-hover-event") moveCard(event);
    else if (name === "deck-drag-start-event") hideCard();
    else if (name === "deck-view-state-change-event" || name === "deck-resize-event") {
      noteViewport();
    }
  }

  function noteViewport() {
    for (const look of map.lookers) look();
    map.viewportTimer ??= setTimeout(sendViewport, VIEWPORT_PAUSE_MS);
  }

  function send(store, data) {
    window.dash_clientside.set_props(store, { data });
  }

  /* A click beside everything is sent too, with layer null: it clears a selection. */
  function sendClick({ layer, object, coordinate }) {
    const properties = keepSmall(object?.properties ?? object ?? {});
    map.clicks += 1;
    send("map-click", {
      layer: object ? layer.id : null,
      group: object ? getGroup(layer.id) : null,
      side: object ? (getSide(layer.id) ?? null) : null,
      id: properties.id ?? object?.id ?? null,
      properties,
      coordinate: coordinate ?? null,
      count: map.clicks, // the same feature twice is still two clicks
    });
  }

  function keepSmall(properties) {
    const isSmall = ([, value]) =>
      value === null || ["string", "number", "boolean"].includes(typeof value);
    return Object.fromEntries(Object.entries(properties).filter(isSmall));
  }

  function sendViewport() {
    map.viewportTimer = null;
    const [viewport] = map.deck.getViewports();
    if (!viewport) return;
    const [west, south, east, north] = viewport.getBounds();
    send("map-viewport", { ...getCamera(), west, south, east, north });
  }

  // ---- the card under the pointer

  function moveCard({ picked, object, layer, x, y }) {
    if (!picked || !object) return hideCard();
    if (object !== map.carded) {
      const rows = readCard(layer.props.card, object);
      if (!rows.length) return hideCard();
      fillCard(rows);
      map.carded = object;
    }
    placeCard(x, y);
  }

  function readCard(template, object) {
    if (map.day !== null && object.properties?.course) {
      return growth.tell(object.properties, map.day, map.dayTold);
    }
    const rows = template ?? object.properties?.card ?? object.card ?? [];
    return rows
      .map(([label, value]) => [label, typeof value === "function" ? value(object) : value])
      .filter(([, value]) => value !== null && value !== undefined && value !== "");
  }

  /* Names come from registers of many offices: they are text, never markup. */
  function fillCard(rows) {
    map.card.replaceChildren();
    for (const [label, value] of rows) {
      const words = typeof value === "number" ? formatNumber(value) : String(value);
      if (label) {
        addElement(map.card, "dt").textContent = label;
        addElement(map.card, "dd").textContent = words;
      } else {
        addElement(map.card, "dt", "onemap-map-card-heading").textContent = words;
      }
    }
    map.card.hidden = false;
  }

  function placeCard(x, y) {
    const { clientWidth: width, clientHeight: height } = map.surface;
    const { offsetWidth, offsetHeight } = map.card;
    const right = x + CARD_OFFSET_PX;
    const below = y + CARD_OFFSET_PX;
    const left = right + offsetWidth > width ? x - CARD_OFFSET_PX - offsetWidth : right;
    const top = below + offsetHeight > height ? y - CARD_OFFSET_PX - offsetHeight : below;
    map.card.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
  }

  function hideCard() {
    map.carded = null;
    map.card.hidden = true;
  }

  // ---- a picture for paper

  /* Draw the map at `ratio` pixels of the picture for each of the page; returns a canvas. */
  async function take(ratio) {
    const { deck } = map;
    const before = deck.props.useDevicePixels;
    const canvas = map.holder.querySelector("canvas");
    const wide = Math.floor(canvas.clientWidth * ratio);
    deck.setProps({ useDevicePixels: ratio });
    try {
      // The canvas grows with one of the next frames; tiles of the new size may still come.
      for (let frame = 0; frame < MOST_FRAMES; frame += 1) {
        await new Promise((drawn) => setTimeout(drawn, FRAME_MS));
        if (canvas.width >= wide - 2 && window.onemapDeck.ready) break;
      }
      deck.redraw("picture");
      // In the same turn: afterwards the browser may have emptied the drawing.
      const picture = document.createElement("canvas");
      Object.assign(picture, { width: canvas.width, height: canvas.height });
      picture.getContext("2d").drawImage(canvas, 0, 0);
      return picture;
    } finally {
      deck.setProps({ useDevicePixels: before });
    }
  }

  // ---- small things

  function getGroup(id) {
    return id.split("/", 1)[0];
  }

  function getSide(id) {
    return id.split("@")[1];
  }

  function getCamera() {
    const [viewport] = map.deck.getViewports();
    if (!viewport) return {};
    const { longitude, latitude, zoom, pitch, bearing } = viewport;
    return { longitude, latitude, zoom, pitch, bearing };
  }

  function formatNumber(value) {
    return value.toLocaleString(document.documentElement.lang || "zh-CN", {
      maximumFractionDigits: 2,
    });
  }

  function addElement(parent, tag, className) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    parent.append(element);
    return element;
  }

  function hasWebgl() {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow only a few
    return context !== null;
  }

  function tell(words) {
    map.error = words;
    clearNotice();
    const notice = addElement(map.surface, "p", "onemap-map-notice");
    notice.setAttribute("role", "alert");
    notice.textContent = words;
  }

  function clearNotice() {
    map.surface.querySelector(".onemap-map-notice")?.remove();
  }

  /* What a browser test may ask; the cockpit itself does not use it. */
  window.onemapDeck = {
    get ready() {
      return map.frames > 0 && this.layers.every(({ isLoaded }) => isLoaded);
    },
    get layers() {
      const layers = map.deck?.props.layers ?? [];
      return layers.map(({ id, isLoaded, props }) => ({ id, isLoaded, visible: props.visible }));
    },
    get camera() {
      return map.deck ? getCamera() : null;
    },
    get cameras() {
      return (map.deck?.getViewports() ?? []).map(({ id, longitude, zoom }) => ({ id, longitude, zoom }));
    },
    get frames() {
      return map.frames;
    },
    get error() {
      return map.error;
    },
    get day() {
      return map.day;
    },
    /* Heights of the project buildings as they are drawn, by name. */
    get heights() {
      const layer = (map.deck?.props.layers ?? []).find(({ id }) => id === "projects/built");
      const features = layer?.props.data?.features ?? [];
      return features.map((feature) => [
        feature.properties.card[0][1],
        layer.props.getElevation(feature),
      ]);
    },
    project: (position) => map.deck.getViewports()[0].project(position),
  };

  /* What draws on top of the map, assets/sketch.js, stands on the same ground. */
  window.onemapGround = {
    get surface() {
      return map.deck ? map.surface : null;
    },
    get canvas() {
      return map.holder?.querySelector("canvas") ?? null;
    },
    project: (place) => map.deck.getViewports()[0].project(place),
    unproject: (pixel) => map.deck.getViewports()[0].unproject(pixel),
    watch: (look) => map.lookers.push(look),
    getBounds: () => map.deck.getViewports()[0].getBounds(),
    take,
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.onemap = { draw, show, fly, show_day: showDay };
})();
