#!/bin/bash
# Makes a stand-in for the official images node:24-bookworm-slim and debian:bookworm-slim, one for
# both, and prints the path of its tar.
#
#   stand-in.sh CACHE_DIRECTORY
#
# The official images need a container registry, which a build machine may not reach. The stand-in
# is Debian's minimal system from this machine's own apt sources, with the Node that package.json
# pins and npm, both from npm's registry, at the official image's places. Needs root and mmdebstrap.
# As in the official images, dpkg leaves manuals and translations out and does not wait for the disk.
set -euo pipefail

npm_version=11.21.2 # of the 11 line, as in the official image

root=$(cd "$(dirname "$0")/../.." && pwd)
cache=$1
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
node_version=$(node -p 'require(process.argv[1]).optionalDependencies.node' "$root/package.json")
arch=$(node -p process.arch)
tar=$cache/$suite-$arch-node$node_version-npm$npm_version-slim.tar

if [ -s "$tar" ]; then
  echo "$tar"
  exit 0
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# The packed package and not node_modules/.bin/node: what stands in for the image must not depend
# on how this checkout was installed.
npm pack --silent "node-linux-$arch@$node_version" "npm@$npm_version" >/dev/null
mkdir node npm
tar -xzf node-linux-*.tgz -C node --strip-components=1
tar -xzf npm-*.tgz -C npm --strip-components=1
chmod 0755 node/bin/node

# apt's sources as this machine has them, in both notations; a file that is not there is no source.
sources=()
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  if [ -s "$file" ] && grep -q "$suite" "$file"; then sources+=("$file"); fi
done

mmdebstrap --quiet --variant=minbase \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='Acquire::Languages "none"' \
  --customize-hook='mkdir -p "$1/usr/local/lib/node_modules"' \
  --customize-hook="cp node/bin/node \"\$1/usr/local/bin/node\"" \
  --customize-hook="cp -r npm \"\$1/usr/local/lib/node_modules/npm\"" \
  --customize-hook='ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"' \
  --customize-hook='chmod 0755 "$1/usr/local/lib/node_modules/npm/bin/npm-cli.js"' \
  --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*' \
  "$suite" rootfs.tar "${sources[@]}" >&2

# Moved into place whole: an interrupted run leaves nothing that looks finished.
mv rootfs.tar "$tar"
echo "$tar"
