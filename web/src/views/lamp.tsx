// SPDX-License-Identifier: Apache-2.0
// The lamp: the worst severity that nobody has acknowledged, in the logo, the favicon and the title.

import { effect } from "@preact/signals";
import { say } from "../i18n/say";
import { shapes } from "../lib/shapes";
import { lamp } from "../state/alerts";
import { theme, token } from "./theme";

export function Lamp() {
  const { severity } = lamp.value;
  return (
    <svg class={`lamp lamp-${severity ?? "off"}`} width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
      <circle class="lamp-ring" cx="12" cy="12" r="10.75" fill="none" stroke-width="1.5" />
      {severity && (
        <g transform="translate(6 6)">
          {shapes[severity].map((part) => <path key={part.d} d={part.d} fill="currentColor" fill-rule="evenodd" />)}
        </g>
      )}
    </svg>
  );
}

function icon(): string {
  const { severity } = lamp.value;
  const colour = severity === null ? "" : token(severity === "critical" ? "--crit" : severity === "warning" ? "--warn" : "--accent");
  const inner = severity === null ? "" :
    `<g transform="translate(6 6)" fill="${colour}" fill-rule="evenodd"><path d="${shapes[severity][0]?.d ?? ""}"/></g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10.5" fill="none" stroke="${token("--text3")}" stroke-width="2"/>${inner}</svg>`;
}

/** Keeps the tab's icon and title true. */
export function startFavicon(): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  effect(() => {
    theme.value;
    const { count } = lamp.value;
    document.title = count > 0 ? `(${count}) ${say.product}` : say.product;
    if (link) link.href = `data:image/svg+xml,${encodeURIComponent(icon())}`;
  });
}
