# mailminute in a container. docs/container.md says how to run it.
#
# Kept to the syntax that both Docker and podman 4.3 build: no COPY --link, no RUN heredocs.

FROM node:24-bookworm-slim AS build
WORKDIR /app

# The dependencies first: they change less often than the source, so their layer is kept.
# Nothing is compiled and no install script runs: better-sqlite3 brings its binary along.
# `npm ci` also checks the lock file's entries for what it omits, and refuses when a development
# tool's binary for some other platform is missing there: so the development tools go first,
# and the package of Node, which is in the base.
COPY package.json package-lock.json ./
RUN npm pkg delete devDependencies optionalDependencies \
 && npm ci --ignore-scripts --no-audit --no-fund

# Of better-sqlite3 only the binary for this platform is needed, and neither its sources nor
# SQLite's. Loading it here makes a platform without a binary fail now and not on the first night.
RUN cd node_modules/better-sqlite3 \
 && binary="linux-$(node -p process.arch).node" \
 && find prebuilds -type f ! -name "$binary" -delete \
 && rm -rf deps src \
 && node -e "new (require('better-sqlite3'))(':memory:').close()"

COPY src ./src
COPY probes ./probes
COPY config ./config
COPY migrations ./migrations
COPY LICENSE ./
COPY docs ./docs

# A checkout made with a strict umask would be unreadable to the user that the program runs as.
RUN chmod -R u=rwX,go=rX /app \
 && chmod 0755 src/launch.cjs


FROM node:24-bookworm-slim

ENV NODE_ENV=production

# The numbers are fixed, so that the owner of a mounted directory can be set beforehand.
RUN groupadd --gid 10925 mailminute \
 && useradd --uid 10925 --gid 10925 --home-dir /data --no-create-home \
      --shell /usr/sbin/nologin mailminute \
 && mkdir /data /etc/mailminute \
 && chown 10925:10925 /data \
 && chmod 0750 /data \
 && ln -s /app/src/launch.cjs /usr/local/bin/mailminute

# Webmail flows with `driver: browser` need a browser, which is four times as large as all the rest:
# docker build --build-arg BROWSER=chromium installs Debian's. libnss3-tools has the certutil that makes
# it trust an authority of the configuration's `ca`.
ARG BROWSER=none
RUN case "$BROWSER" in \
      none) ;; \
      chromium) apt-get update \
        && apt-get install --yes --no-install-recommends chromium libnss3-tools fonts-dejavu-core fonts-wqy-microhei \
        && rm -rf /var/lib/apt/lists/* ;; \
      *) echo "BROWSER is none or chromium, not $BROWSER" >&2; exit 1 ;; \
    esac

# Owned by root: the program cannot change itself.
COPY --from=build /app /app

# Types are stripped and code is compiled here and not at each start, which takes a second and 12 MiB. Node
# reads what the same user has compiled; as above, that user cannot change it afterwards.
RUN install --directory --owner=10925 /app/node_modules/.cache \
 && cd /app \
 && setpriv --reuid=10925 --regid=10925 --clear-groups node src/launch.cjs run --help > /dev/null \
 && chown -R 0:0 node_modules/.cache \
 && chmod -R u=rwX,go=rX node_modules/.cache

USER 10925:10925

# Everything that is written is written here; the root file system may be read-only. Relative paths
# in the configuration start at its own folder, so its `database` has to say /data/mailminute.db.
WORKDIR /app
VOLUME /data

EXPOSE 9925

# Without curl, which the image does not have. Exit 1 on any status but 2xx and 401 (it asks for a login), on a refusal and on
# silence. For another port or address than the default, set MAILMINUTE_HEALTH_URL.
ENV MAILMINUTE_CONFIG=/etc/mailminute/mailminute.yaml
ENV MAILMINUTE_HEALTH_URL=http://127.0.0.1:9925/-/healthy
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.MAILMINUTE_HEALTH_URL, { signal: AbortSignal.timeout(4000) }).then((answer) => process.exit(answer.ok || answer.status === 401 ? 0 : 1), () => process.exit(1))"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["mailminute"]
CMD ["run", "--config", "/etc/mailminute/mailminute.yaml"]
