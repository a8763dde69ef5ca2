#!/bin/sh
# Proves that a bare Debian 12 is enough: debootstrap into FOLDER, a fresh clone of this
# repository in it, then `make demo` and `make test` there. Needs root and debootstrap;
# your own machine hides a missing package, this does not.
#
#   .ci/clean-debian.sh FOLDER [TARGET…]     (default targets: demo test)
set -eu
cd "$(dirname "$0")/.."
root=${1:?usage: clean-debian.sh FOLDER [TARGET…]}
shift
[ $# -gt 0 ] || set -- demo test
if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase bookworm "$root"
fi
rm -rf "$root/lakana"
git clone -q . "$root/lakana"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev" || mount --rbind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
# It is this machine's network: whom it trusts there, the folder has to trust too.
mkdir -p "$root/usr/local/share/ca-certificates"
cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
cleanup() {
    umount -l "$root/dev" || true
    umount "$root/proc" || true
}
trap cleanup EXIT
chroot "$root" apt-get -qq update
chroot "$root" apt-get -qq install -y --no-install-recommends make >/dev/null
[ ! -x "$root/usr/sbin/update-ca-certificates" ] || chroot "$root" update-ca-certificates >/dev/null 2>&1
for target; do
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
        make -C /lakana "$target"
done
