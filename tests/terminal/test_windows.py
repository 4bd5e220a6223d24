"""Where Genie can't work, it says so in a sentence instead of failing at an import."""

import subprocess
import sys

AS_ON_WINDOWS = "import os, sys\nfrom genie_engineer.__main__ import main\nos.name = 'nt'\nsys.exit(main())"


def test_windows_is_told_of_wsl() -> None:
    done = subprocess.run([sys.executable, "-c", AS_ON_WINDOWS], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "Genie works on Linux and macOS. On Windows, install and run it in WSL.\n"
