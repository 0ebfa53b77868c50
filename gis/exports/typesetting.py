"""Paper: a template and its data become a PDF, the same bytes on every machine with the font."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import typst

from gis.errors import OneMapError, OutputError

FONT = "Noto Sans CJK SC"
_FILE = "NotoSansCJK-Regular.ttc"
_FOLDERS = (
    "/usr/share/fonts/opentype/noto",  # Debian, Ubuntu
    "/usr/share/fonts/noto-cjk",  # Arch
    "/usr/share/fonts/google-noto-sans-cjk-fonts",  # Fedora
    "/usr/share/fonts/google-noto-cjk",
)


def find_fonts() -> Path:
    """Return the folder with the fonts of Chinese text.

    Raises
    ------
    OutputError
        When they are not installed; names the package.
    """
    folders = [Path(folder) for folder in _FOLDERS]
    for folder in folders:
        if (folder / _FILE).is_file():
            return folder
    if (found := _ask_fontconfig()) is not None:
        return found
    raise OutputError(
        f"The font {FONT} is not installed; a page in Chinese cannot be set.",
        mend="Install it: apt-get install fonts-noto-cjk.",
    )


def _ask_fontconfig() -> Path | None:
    program = shutil.which("fc-match")
    if program is None:
        return None
    asked = subprocess.run(
        [program, "--format=%{family[0]}\n%{file}", FONT],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    family, _, file = asked.stdout.partition("\n")
    found = asked.returncode == 0 and family.startswith("Noto Sans CJK") and Path(file).is_file()
    return Path(file).parent if found else None


@cache
def _load_fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def typeset(template: Path, data: dict[str, Any]) -> bytes:
    """Set a page: the PDF of a Typst template that reads its data from ``sys.inputs.data``.

    The data comes as text and never as markup, so nothing in it can change the page. No clock
    and no font but those of :func:`find_fonts` enter: equal data gives equal bytes.

    Parameters
    ----------
    template
        Typst file; finds the data by ``json(bytes(sys.inputs.data))``, and may import others of its
        folder.
    data
        Anything that JSON can say.

    Raises
    ------
    OutputError
        When the font is missing.
    """
    fonts = _load_fonts(find_fonts())
    inputs = {"data": json.dumps(data, ensure_ascii=False, sort_keys=True), "font": FONT}
    try:
        return typst.compile(
            template,
            root=template.parent,
            format="pdf",
            font_paths=fonts,
            sys_inputs=inputs,
            timestamp=0,
        )
    except typst.TypstError as error:
        raise OneMapError(f"Template {template.name} cannot be set: {error}.") from error
