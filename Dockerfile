# Polydesk in a container: docs/operating.md, "In a container".
# The console is built with the packages of development, which the image itself has not.
FROM node:24-bookworm-slim AS console
WORKDIR /opt/polydesk
COPY . .
RUN npm ci

FROM node:24-bookworm-slim
RUN useradd --system --create-home --home-dir /var/lib/polydesk polydesk
WORKDIR /opt/polydesk
# Before the sources, so that a change of these installs nothing anew.
COPY package.json package-lock.json ./
COPY bin bin
RUN npm ci --omit=dev && npm cache clean --force
COPY . .
COPY --from=console /opt/polydesk/console/dist console/dist
# The embedded database does not run as root, and nothing else needs to.
USER polydesk
ENV HOST=0.0.0.0 PORT=3000 POLYDESK_DATA_DIR=/var/lib/polydesk/data POLYDESK_DEMO=off
VOLUME /var/lib/polydesk
EXPOSE 3000
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/polydesk.mjs", "serve"]
