/* Print what is on the screen: a sheet that the server sets, or a picture of the map.
 *
 * A button with data-print says in which form (scenarios/cockpit/layout.py). The sheet follows
 * from the words of the page's address; the picture is drawn by the browser, with title, legend
 * and source as the page tells them.
 */
(function () {
  "use strict";

  const LEAST_WIDTH_PX = 3600; // A3 at 300 dots an inch is 3508 high
  const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-print]");
    if (!button || button.disabled) return;
    const { form, paper } = JSON.parse(button.dataset.print);
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      if (form === "pdf") await printSheet(paper);
      else await savePicture();
      button.closest("details").open = false;
    } catch (error) {
      tell(button.dataset.failed, error.message);
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  });

  // ---- the sheet

  async function printSheet(paper) {
    const query = new URLSearchParams(window.location.search);
    query.set("paper", paper);
    query.set("language", document.documentElement.lang.slice(0, 2) || "zh");
    if (window.onemapGround?.surface) query.set("extent", window.onemapGround.getBounds().join());
    const { requests_pathname_prefix: prefix } = JSON.parse(
      document.getElementById("_dash-config").textContent,
    );
    const answer = await fetch(`${prefix}briefings/screen.pdf?${query}`);
    if (!answer.ok) {
      const { found, mend } = await answer.json();
      throw new Error(`${found} ${mend}`);
    }
    const name = /filename=([^;]+)/.exec(answer.headers.get("Content-Disposition"))[1];
    download(await answer.blob(), name);
  }

  // ---- the picture

  async function savePicture() {
    const ground = window.onemapGround;
    const ratio = Math.max(
      window.devicePixelRatio,
      (LEAST_WIDTH_PX + 1) / ground.canvas.clientWidth, // a canvas cuts off parts of a pixel
    );
    const map = await ground.take(ratio);
    const picture = compose(map, ratio);
    const blob = await new Promise((made) => picture.toBlob(made, "image/png"));
    if (!blob) throw new Error("");
    download(blob, `${document.title.replace(/[^\p{L}\p{N}]+/gu, "_")}.png`);
  }

  /* Title above the map, legend and source below it, in the words of the page. */
  function compose(map, ratio) {
    const unit = Math.max(ratio, map.width / 1100);
    const entries = readLegend();
    const family = `${getComputedStyle(document.body).fontFamily || "sans-serif"}, ${FONT}`;
    const picture = document.createElement("canvas");
    const pen = picture.getContext("2d");
    pen.font = `${12 * unit}px ${family}`;
    const widest = Math.max(1, ...entries.map((one) => pen.measureText(`${one.sign} ${one.label}`).width));
    const columns = Math.max(1, Math.floor((map.width - 40 * unit) / (widest + 45 * unit)));
    const rows = Math.ceil(entries.length / columns);
    const head = 66 * unit;
    const foot = (rows * 22 + 44) * unit;
    Object.assign(picture, { width: map.width, height: Math.round(head + map.height + foot) });
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, picture.width, picture.height);
    const ground = document.querySelector("[data-mantine-color-scheme]") ?? document.body;
    pen.fillStyle = getComputedStyle(ground).getPropertyValue("--ground") || "#ffffff";
    pen.fillRect(0, Math.round(head), map.width, map.height);
    pen.drawImage(map, 0, Math.round(head));
    const write = (text, x, y, size, { bold = false, color = "#262a2e", align = "left" } = {}) => {
      pen.font = `${bold ? 700 : 400} ${size * unit}px ${family}`;
      pen.fillStyle = color;
      pen.textAlign = align;
      pen.textBaseline = "middle";
      pen.fillText(text, x, y, picture.width - 40 * unit);
    };
    const left = 20 * unit;
    const right = picture.width - left;
    write(readText(".panel-title") || document.title, left, 24 * unit, 22, { bold: true });
    write(readText(".panel-subtitle"), left, 50 * unit, 12, { color: "#626668" });
    const mark = readText(".synthetic");
    if (mark) write(mark, right, 24 * unit, 14, { bold: true, align: "right" });
    const top = head + map.height + 22 * unit;
    entries.forEach(({ color, sign, label }, at) => {
      const x = left + ((at % columns) * (picture.width - 2 * left)) / columns;
      const y = top + Math.floor(at / columns) * 22 * unit;
      pen.fillStyle = color;
      pen.fillRect(x, y - 6 * unit, 18 * unit, 12 * unit);
      pen.strokeStyle = "#808488";
      pen.lineWidth = 0.7 * unit;
      pen.strokeRect(x, y - 6 * unit, 18 * unit, 12 * unit);
      write(`${sign} ${label}`.trim(), x + 25 * unit, y, 12);
    });
    const source = [readText(".panel-source"), document.title].filter(Boolean).join(" · ");
    write(source, left, picture.height - 18 * unit, 11, { color: "#626668" });
    return picture;
  }

  function readText(selector) {
    return document.querySelector(selector)?.textContent.trim() ?? "";
  }

  function readLegend() {
    return [...document.querySelectorAll("#layers .legend li")].map((item) => {
      const [swatch, ...words] = item.children;
      return {
        color: swatch.style.getPropertyValue("--swatch") || "#ffffff",
        sign: [swatch, ...words.slice(0, -1)].map((one) => one.textContent).join(""),
        label: words.at(-1)?.textContent ?? "",
      };
    });
  }

  // ---- small things

  function download(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  function tell(title, text) {
    const children = [
      { type: "Strong", namespace: "dash_html_components", props: { children: title } },
      { type: "P", namespace: "dash_html_components", props: { children: text } },
    ];
    const card = { className: "notice-card", children };
    window.dash_clientside.set_props("notice", {
      children: { type: "Div", namespace: "dash_html_components", props: card },
    });
  }
})();
