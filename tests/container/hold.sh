#!/bin/bash
# Holds namespaces (mounts, processes, network) for a podman of its own, until standard input ends.
#
#   hold.sh DIRECTORY CGROUP
#
# Prints the process whose namespaces are to be entered, then "ready". Standard input is a pipe from
# the test. When the test ends, however it ends, the pipe closes, process 1 of the namespace ends,
# and with it the kernel ends every container, unmounts every overlay and drops bridges and packet
# filters. What is left are plain files in DIRECTORY and empty cgroups below CGROUP: they go last.
set -u
directory=$1
cgroup=$2

if [ "${3-}" = inside ]; then
  # These are used whatever podman is told: private ones hide them and go by themselves.
  for path in /run/runc /run/containers /run/netns /var/lib/containers; do
    mkdir -p "$path" && mount -t tmpfs none "$path" || exit 1
  done
  ip link set lo up || exit 1
  echo ready
  # bash and not sleep: process 1 has to reap orphans, or podman takes the dead for living.
  read -r _
  exit 0
fi

unshare --mount --pid --net --fork --kill-child --mount-proc "$0" "$directory" "$cgroup" inside <&0 &
echo "$!"
wait

rm -rf -- "$directory"
for path in /sys/fs/cgroup"$cgroup" /sys/fs/cgroup/*"$cgroup"; do
  if [ -d "$path" ]; then find "$path" -depth -type d -exec rmdir {} \;; fi
done
