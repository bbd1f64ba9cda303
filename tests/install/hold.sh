#!/bin/bash
# Holds a bare root (mounts, processes, network of its own) until standard input ends.
#
#   hold.sh DIRECTORY LAYERS CACHE
#
# Prints the process whose namespaces are to be entered, then "ready". LAYERS are folders as overlayfs
# wants them, the uppermost first; what is written goes into memory, at DIRECTORY/root. CACHE is
# npm's, so that each root unpacks every package anew and downloads none twice. Standard input is a
# pipe from the command: when that ends, however it ends, the kernel ends and unmounts everything here.
set -u
directory=$1
layers=$2
cache=$3

if [ "${4-}" = inside ]; then
  mount -t tmpfs none "$directory" || exit 1
  root=$directory/root
  mkdir "$directory/upper" "$directory/work" "$root"
  mount -t overlay overlay \
    -o "lowerdir=$layers,upperdir=$directory/upper,workdir=$directory/work" "$root" || exit 1
  mount -t proc proc "$root/proc" || exit 1
  mount --rbind /dev "$root/dev" || exit 1
  # How this machine finds names, or npm finds no registry.
  for file in /etc/resolv.conf /etc/hosts; do
    touch "$root$file" && mount --bind -o ro "$file" "$root$file" || exit 1
  done
  mkdir -p "$root/var/cache/npm" && mount --bind "$cache" "$root/var/cache/npm" || exit 1
  ip link set lo up || exit 1
  echo ready
  # bash and not sleep: process 1 has to reap orphans.
  read -r _
  exit 0
fi

unshare --mount --pid --net --fork --kill-child --mount-proc "$0" "$directory" "$layers" "$cache" inside <&0 &
echo "$!"
wait
rmdir -- "$directory"
