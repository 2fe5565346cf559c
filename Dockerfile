# Node strips no types under node_modules, so what is shipped is built JavaScript.
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY crds crds
COPY docs/install docs/install
RUN npx tsc -p tsconfig.build.json && npm prune --omit=dev

FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /app
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/crds crds
COPY --from=build /src/docs/install docs/install
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "dist/main.js"]
CMD ["hub"]
