"""Pictures that browser tests take on their way, for the documentation: only where ``OMS_PICTURES`` names a folder."""

import os
from pathlib import Path


def take_picture(page, name):
    """Keep a picture of the page as ``name``.png; does nothing unless pictures are asked for."""
    folder = os.environ.get("OMS_PICTURES")
    if folder:
        page.wait_for_timeout(900)  # fonts, fades and the first tick of the countdowns
        page.screenshot(path=Path(folder) / f"{name}.png")
