/* Drawing an area on the map: polygon, lasso, circle. What is drawn goes to the store
 * map-enclosed as a part of an area, the way gis/selected_areas.py reads it.
 *
 * The sheet lies over the map while a tool is in hand; the wheel still moves the camera. Corners
 * are kept as places on the ground, so that a sketch stays where it was drawn. Keys: arrows move
 * the cross, Space sets a corner, Enter closes, Backspace takes one back, Esc gives up.
 */
(function () {
  "use strict";

  const TOOLS = ["polygon", "lasso", "circle"];
  const SVG = "http://www.w3.org/2000/svg";
  const CLOSE_PX = 3; // corners of a lasso stand at least so far apart
  const HOLD_PX = 6; // a drag is longer than a click
  const STEP_PX = 10;
  const MOST_CORNERS = 300;
  const EARTH_M = 6371008.8;

  const sketch = {
    tool: null,
    sheet: null,
    corners: [], // places on the ground, [longitude, latitude]
    from: null, // pixel where the pointer went down
    tip: null, // place under the pointer
    cross: null, // pixel of the keyboard's cross
    count: 0,
    isWatching: false,
  };

  function follow(state, words) {
    const tool = TOOLS.includes(state?.picking) ? state.picking : null;
    if (tool !== sketch.tool) begin(tool, words);
    return window.dash_clientside.no_update;
  }

  function begin(tool, words) {
    sketch.sheet?.remove();
    Object.assign(sketch, { tool, sheet: null, corners: [], from: null, tip: null, cross: null });
    const surface = window.onemapGround?.surface;
    if (!tool || !surface) return;
    if (!sketch.isWatching) window.onemapGround.watch(paint);
    sketch.isWatching = true;
    const sheet = document.createElementNS(SVG, "svg");
    sheet.setAttribute("class", "onemap-sketch");
    sheet.setAttribute("tabindex", "0");
    sheet.setAttribute("role", "application");
    sheet.setAttribute("aria-label", words?.map ?? "");
    for (const name of ["pointerdown", "pointermove", "pointerup", "dblclick", "wheel"]) {
      sheet.addEventListener(name, HANDLERS[name], { passive: false });
    }
    sheet.addEventListener("keydown", press);
    surface.append(sheet);
    sketch.sheet = sheet;
    sheet.focus({ preventScroll: true });
  }

  // ---- the pointer

  const HANDLERS = {
    pointerdown(event) {
      if (event.button) return;
      const pixel = findPixel(event);
      sketch.sheet.setPointerCapture(event.pointerId);
      sketch.from = pixel;
      if (sketch.tool === "lasso") sketch.corners = [unproject(pixel)];
      if (sketch.tool === "circle" && !sketch.corners.length) sketch.corners = [unproject(pixel)];
      paint();
    },
    pointermove(event) {
      const pixel = findPixel(event);
      sketch.tip = unproject(pixel);
      if (sketch.tool === "lasso" && sketch.from) {
        const last = project(sketch.corners[sketch.corners.length - 1]);
        if (measure(last, pixel) >= CLOSE_PX) sketch.corners.push(sketch.tip);
      }
      paint();
    },
    pointerup(event) {
      if (!sketch.from) return;
      const pixel = findPixel(event);
      const isDrag = measure(sketch.from, pixel) > HOLD_PX;
      sketch.from = null;
      if (sketch.tool === "lasso") return isDrag || sketch.corners.length > 8 ? close() : restart();
      set(pixel, isDrag);
    },
    dblclick(event) {
      event.preventDefault();
      if (sketch.tool === "polygon") close();
    },
    wheel(event) {
      event.preventDefault();
      window.onemapGround.canvas?.dispatchEvent(new WheelEvent("wheel", event));
    },
  };

  /* A corner of a polygon, or the middle and then the rim of a circle. */
  function set(pixel, isDrag) {
    const place = unproject(pixel);
    if (sketch.tool === "circle") {
      const isRim = isDrag || measure(project(sketch.corners[0]), pixel) > HOLD_PX;
      if (isRim) enclose(writeCircle(sketch.corners[0], place));
      else paint();
      return;
    }
    const last = sketch.corners[sketch.corners.length - 1];
    // The second click of a double click is no second corner.
    if (!last || measure(project(last), pixel) > CLOSE_PX) sketch.corners.push(place);
    paint();
  }

  // ---- the keyboard

  function press(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (move) moveCross(move, event.shiftKey ? 5 * STEP_PX : STEP_PX);
    else if (event.key === " ") setCross();
    else if (event.key === "Enter") close();
    else if (event.key === "Backspace") sketch.corners.pop();
    else if (event.key === "Escape") return giveUp();
    else return;
    event.preventDefault();
    paint();
  }

  function moveCross([dx, dy], step) {
    const { clientWidth: width, clientHeight: height } = sketch.sheet;
    const [x, y] = sketch.cross ?? [width / 2, height / 2];
    const keep = (value, most) => Math.min(Math.max(value, 0), most);
    sketch.cross = [keep(x + dx * step, width), keep(y + dy * step, height)];
    sketch.tip = unproject(sketch.cross);
  }

  function setCross() {
    if (!sketch.cross) return moveCross([0, 0], 0);
    if (sketch.tool === "circle" && !sketch.corners.length) {
      sketch.corners = [unproject(sketch.cross)];
    } else if (sketch.tool === "circle") set(sketch.cross, false);
    else sketch.corners.push(unproject(sketch.cross));
  }

  // ---- what comes out

  function close() {
    if (sketch.tool === "circle") return;
    const corners = thin(sketch.corners);
    if (corners.length < 3) return void (sketch.tool === "lasso" && restart());
    enclose(`p${encode(corners)}`);
  }

  const giveUp = () => enclose(null);

  function enclose(part) {
    begin(null);
    window.dash_clientside.set_props("map-enclosed", { data: { part, count: ++sketch.count } });
  }

  function restart() {
    sketch.corners = [];
    paint();
  }

  /* A long lasso keeps every so many corners: an address has an end. */
  function thin(corners) {
    const step = Math.ceil(corners.length / MOST_CORNERS);
    return corners.filter((_corner, at) => at % step === 0);
  }

  /* SOURCE: Encoded Polyline Algorithm Format, steps of 1e-5 degrees. */
  function encode(corners) {
    let text = "";
    let before = [0, 0];
    for (const [longitude, latitude] of corners) {
      const place = [Math.round(latitude * 1e5), Math.round(longitude * 1e5)];
      for (const at of [0, 1]) {
        const step = place[at] - before[at];
        let number = step < 0 ? ~(step << 1) : step << 1;
        while (number >= 32) {
          text += String.fromCharCode((32 | (number & 31)) + 63);
          number >>= 5;
        }
        text += String.fromCharCode(number + 63);
      }
      before = place;
    }
    return text;
  }

  function writeCircle(middle, rim) {
    const radius = Math.max(1, Math.round(measureGround(middle, rim)));
    return `o${middle[0].toFixed(5)},${middle[1].toFixed(5)},${radius}`;
  }

  function measureGround([lon1, lat1], [lon2, lat2]) {
    const rad = Math.PI / 180;
    const y = Math.sin(((lat2 - lat1) * rad) / 2) ** 2;
    const x = Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
    const h = y + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * x;
    return 2 * EARTH_M * Math.asin(Math.sqrt(h));
  }

  // ---- painting

  function paint() {
    const { sheet, tool, corners, tip } = sketch;
    if (!sheet || !window.onemapGround.surface) return;
    sheet.replaceChildren();
    if (tool === "circle" && corners.length) {
      addShape("polygon", { points: write(ring(corners[0], tip ?? corners[0])) });
    } else if (corners.length) {
      const shown = tool === "polygon" && tip ? [...corners, tip] : corners;
      addShape(shown.length > 2 ? "polygon" : "polyline", { points: write(shown) });
    }
    if (tool !== "lasso") {
      for (const corner of corners) {
        const [x, y] = project(corner);
        addShape("circle", { cx: x, cy: y, r: 4 });
      }
    }
    if (sketch.cross) {
      const [x, y] = sketch.cross;
      addShape("path", { d: `M${x - 9} ${y}h18M${x} ${y - 9}v18`, class: "cross" });
    }
  }

  function ring(middle, rim) {
    const radius = measureGround(middle, rim);
    const north = radius / EARTH_M / (Math.PI / 180);
    const east = north / Math.cos((middle[1] * Math.PI) / 180);
    return Array.from({ length: 64 }, (_none, at) => {
      const turn = (at * Math.PI) / 32;
      return [middle[0] + east * Math.cos(turn), middle[1] + north * Math.sin(turn)];
    });
  }

  function addShape(name, attributes) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    sketch.sheet.append(shape);
  }

  const write = (places) => places.map((place) => project(place).slice(0, 2).join()).join(" ");
  const project = (place) => window.onemapGround.project(place);
  const unproject = (pixel) => window.onemapGround.unproject(pixel).slice(0, 2);
  const measure = ([x1, y1], [x2, y2]) => Math.hypot(x2 - x1, y2 - y1);

  function findPixel(event) {
    const box = sketch.sheet.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.sketch = { follow };
})();
