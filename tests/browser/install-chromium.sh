#!/bin/sh
# Gets Chromium and Chinese fonts from apt where they are missing and this user may install packages.
# Says plainly what it could not do: the browser tests then fail with the same advice.
set -u
have() { command -v "$1" >/dev/null 2>&1; }
fonts() { fc-list :lang=zh 2>/dev/null | grep -q .; }
if { have chromium || have chromium-browser || have google-chrome; } && fonts; then exit 0; fi
if have apt-get && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fonts-noto-cjk fontconfig >/dev/null && exit 0
fi
echo "Chromium or a Chinese font is missing: run 'sudo apt-get install chromium fonts-noto-cjk fontconfig'." >&2
