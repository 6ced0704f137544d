// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState } from "react";
import classes from "./Task.module.css";

interface SignedViewProps {
  html: string;
  /** SHA-256 of the page's bytes, as the server stored them. */
  hash: string;
  title: string;
  /** Told where the page is not the one that was stored. */
  onAltered: () => void;
}

/**
 * SignedView shows the very bytes that a signature is of, in a frame in which nothing runs. The frame is of our own origin so that it can
 * be given its height and its styles: the content policy of the page holds in it too, and lets no style of its own in.
 */
export function SignedView({ html, hash, title, onAltered }: SignedViewProps) {
  const [height, setHeight] = useState(320);

  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each page
  useEffect(() => {
    if (!crypto.subtle) return; // not offered on http addresses other than localhost
    void crypto.subtle.digest("SHA-256", new TextEncoder().encode(html)).then((digest) => {
      const found = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
      if (found !== hash) onAltered();
    });
  }, [html, hash]);

  return (
    <iframe
      className={classes.view}
      sandbox="allow-same-origin"
      srcDoc={html}
      title={title}
      style={{ height }}
      onLoad={(event) => {
        const page = event.currentTarget.contentDocument;
        const Sheet = (event.currentTarget.contentWindow as (Window & typeof globalThis) | null)?.CSSStyleSheet;
        if (!page || !Sheet) return;
        // The page's own styles, word for word, by the way that the content policy leaves open.
        page.adoptedStyleSheets = Array.from(page.querySelectorAll("style"), (style) => {
          const sheet = new Sheet();
          sheet.replaceSync(style.textContent ?? "");
          return sheet;
        });
        setHeight(Math.max(page.documentElement.scrollHeight, 160));
      }}
    />
  );
}
