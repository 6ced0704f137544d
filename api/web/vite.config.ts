// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vitest/config";

// The API that `npm run dev` talks to.
const api = process.env.COUNTERSIGN_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), keepPlaceholder(), stampWorker(), pack()],
  resolve: { alias: { "~": join(import.meta.dirname, "src") } },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() as it is
    manifest: true,
    emptyOutDir: false, // keepPlaceholder does it
    assetsInlineLimit: 0, // data: is not allowed by the content policy
    modulePreload: { polyfill: false }, // an inline script
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/v1", "/login", "/logout", "/t/", "/docs", "/print", "/healthz"].map((path) => [
        path,
        { target: api, changeOrigin: true, headers: { origin: api } },
      ]),
    ),
  },
  test: { environment: "jsdom", setupFiles: "src/testing/setup.ts", css: false, testTimeout: 30_000 },
});

// keepPlaceholder empties dist of all but the page that Go embeds where the app is not built, which is committed.
function keepPlaceholder(): Plugin {
  return {
    name: "keep-placeholder",
    apply: "build",
    buildStart() {
      for (const name of readdirSync("dist")) if (name !== "placeholder.html") rmSync(join("dist", name), { recursive: true });
    },
  };
}

// stampWorker gives each build a service worker of its own, so that browsers notice that there is a new one.
function stampWorker(): Plugin {
  return {
    name: "stamp-worker",
    apply: "build",
    enforce: "post",
    writeBundle(_, bundle) {
      const entry = Object.values(bundle).find((chunk) => chunk.type === "chunk" && chunk.isEntry);
      const worker = join("dist", "sw.js");
      writeFileSync(worker, readFileSync(worker, "utf8").replace('"shell-1"', JSON.stringify(`shell-${entry?.fileName}`)));
    },
  };
}

// pack lays a compressed copy beside each file that shrinks, once here instead of at every answer.
function pack(): Plugin {
  return {
    name: "pack",
    apply: "build",
    enforce: "post",
    closeBundle() {
      for (const name of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg|webmanifest)$/.test(name) || name.startsWith(".")) continue;
        const content = readFileSync(join("dist", name));
        const packed = gzipSync(content, { level: 9 });
        if (packed.length < content.length) writeFileSync(join("dist", `${name}.gz`), packed);
      }
    },
  };
}
