// SPDX-License-Identifier: Apache-2.0
// Starts the page: who am I, then the stream, then everything that is drawn.

import { render } from "preact";
import { startClock } from "./state/clock";
import { resumeCommits, startCommits } from "./state/commit";
import { openStream, startConnection, wakeStream } from "./state/connection";
import { linked, startLink } from "./state/link";
import { loadSession } from "./state/session";
import { App } from "./views/app";
import { startFavicon } from "./views/lamp";
import { startDisplay } from "./views/language";
import { startRouter } from "./views/router";
import { startTheme } from "./views/theme";

function awake(): void {
  if (document.hidden) return;
  wakeStream();
  resumeCommits();
}

async function start(root: Element): Promise<void> {
  startTheme();
  await startDisplay();
  startLink(location.pathname);
  startRouter();
  startCommits({
    frame: (callback) => requestAnimationFrame(callback),
    later: (callback, ms) => setTimeout(callback, ms),
    hidden: () => document.hidden,
    now: () => performance.now(),
  });
  startClock();
  document.addEventListener("visibilitychange", awake);
  addEventListener("pageshow", awake);
  startConnection();
  render(<App />, root);
  startFavicon();
  void import("./later").then((m) => m.startLater());
  if (linked()) openStream();
  else loadSession().catch(() => undefined).finally(openStream);
}

const root = document.getElementById("app");
if (root) void start(root);
