/* Files of offices are dragged into a field, or chosen; each goes to the server as it is.
 *
 * The field (scenarios/stewardship/overview_panel.py) says for which district, how large a file
 * may be, and what is told meanwhile.
 */
(function () {
  "use strict";

  const field = (event) => event.target.closest?.("#drop-zone");

  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // a file beside the field must not take the place of the page
    document.getElementById("drop-zone")?.classList.toggle("is-over", Boolean(field(event)));
  });

  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.getElementById("drop-zone")?.classList.remove("is-over");
  });

  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    const zone = field(event);
    zone?.classList.remove("is-over");
    if (zone) bring(zone, [...event.dataTransfer.files]);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-choose-files]");
    if (!button) return;
    const chooser = Object.assign(document.createElement("input"), { type: "file", multiple: true });
    chooser.onchange = () => bring(button.closest("#drop-zone"), [...chooser.files]);
    chooser.click();
  });

  async function bring(zone, files) {
    if (zone.getAttribute("aria-busy")) return;
    const told = zone.querySelector(".drop-state");
    const { upload: district, mostBytes, failed, large, busy } = zone.dataset;
    zone.setAttribute("aria-busy", "true");
    told.className = "drop-state";
    try {
      let token = null;
      for (const [at, file] of files.entries()) {
        if (file.size > Number(mostBytes)) throw new Error(`${file.name}: ${large}`);
        told.textContent = `${busy} (${at + 1}/${files.length}) ${file.name}`;
        token = await send(district, token, file);
      }
      told.textContent = "";
      window.dash_clientside.shell.order({ do: "data-open", upload: token });
    } catch (error) {
      told.className = "drop-state drop-failed";
      told.textContent = `${failed} ${error.message}`;
    } finally {
      zone.removeAttribute("aria-busy");
    }
  }

  async function send(district, token, file) {
    const { requests_pathname_prefix: prefix } = JSON.parse(
      document.getElementById("_dash-config").textContent,
    );
    const address = `${prefix}data/${encodeURIComponent(district)}/uploads`;
    const answer = await fetch(token ? `${address}/${token}` : address, {
      method: "POST",
      body: file,
      headers: {
        "Content-Type": "application/octet-stream",
        "X-File-Name": encodeURIComponent(file.name),
      },
    });
    const told = await answer.json().catch(() => ({ found: answer.statusText, mend: "" }));
    if (!answer.ok) throw new Error(`${told.found} ${told.mend}`);
    return told.upload;
  }
})();
