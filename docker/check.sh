#!/bin/sh
# Builds the image and asks it for a score where no container engine runs and no registry of images is reached: buildah
# without a daemon, on a bare Debian root made by debootstrap. As root:
#
#   apt-get install buildah debootstrap
#   docker/check.sh /var/tmp/check [options of `buildah build`, such as --build-arg MODEL=gte-large-zh]
set -eu
work=$1
shift
cd "$(dirname "$0")/.."
mkdir -p "$work"
echo '{"default": [{"type": "insecureAcceptAnything"}]}' > "$work/policy.json"
image() { command=$1; shift; buildah --root "$work/store" --runroot "$work/run" --storage-driver vfs "$command" "$@"; }

if ! image inspect --type image localhost/bare-debian > /dev/null 2>&1; then
    test -e "$work/root/etc/debian_version" || debootstrap --variant=minbase bookworm "$work/root"
    bare=$(image from --signature-policy "$work/policy.json" scratch)
    image add --quiet "$bare" "$work/root" / > /dev/null
    image commit --quiet --rm --signature-policy "$work/policy.json" "$bare" localhost/bare-debian
fi
image build --isolation chroot --format docker --signature-policy "$work/policy.json" \
    --build-arg BASE=localhost/bare-debian "$@" --tag simtier .

# As it is started, but for a port of its own; then its health check, and a score.
made=$(image from --signature-policy "$work/policy.json" localhost/simtier)
trap 'kill $server 2> /dev/null; image rm "$made" > /dev/null' EXIT
inside() { image run --isolation chroot --user simtier --env SIMTIER_HOST=127.0.0.1 --env SIMTIER_PORT=7961 "$made" -- "$@"; }
inside python -m dashboard &
server=$!
ask='import json, sys, time, urllib.request as r
base, until = "http://127.0.0.1:7961", time.time() + 180
while True:
    try:
        print(r.urlopen(base + "/health", timeout=8).read().decode())
        break
    except OSError as error:
        if time.time() > until:
            sys.exit(f"never ready: {error}")
        time.sleep(1)
body = json.dumps({"data": ["\u82b1\u5457\u600e\u4e48\u8fd8\u6b3e", "\u82b1\u5457\u5982\u4f55\u8fd8\u6b3e"]}).encode()
asked = r.Request(base + "/api/predict", body, {"Content-Type": "application/json"})
print(r.urlopen(asked, timeout=60).read().decode())'
inside python -c "$ask"
inside sh -c 'id && touch /opt/simtier/x' 2> /dev/null && { echo "it can write to its own code"; exit 1; }
echo "the image serves, as a user that cannot change it"
