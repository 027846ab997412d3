// SPDX-License-Identifier: Apache-2.0
// Starts the page: the stream and the question who I am go out first, and their answers come while the page is drawn.

import { render } from "preact";
import { startClock } from "./state/clock";
import { resumeCommits, startCommits } from "./state/commit";
import { onCurrent, openStream, startConnection, wakeStream } from "./state/connection";
import { linked, startLink } from "./state/link";
import { askSession } from "./state/session";
import { App, fetchPage } from "./views/app";
import { startFavicon } from "./views/lamp";
import { startDisplay } from "./views/language";
import { startRouter } from "./views/router";
import { startTheme } from "./views/theme";

function awake(): void {
  if (document.hidden) return;
  wakeStream();
  resumeCommits();
}

/** A server that sent the page at once sends its values sooner than a first drawing without them is done. */
const nearMs = 30;
const mostWaitMs = 60;

function valuesOfNearServer(): Promise<void> {
  const [visit] = performance.getEntriesByType("navigation");
  if (!(visit instanceof PerformanceNavigationTiming) || visit.responseStart - visit.requestStart > nearMs) return Promise.resolve();
  return new Promise((done) => {
    setTimeout(done, mostWaitMs);
    // The frame that commits them is asked for when they come, so before this one.
    const stop = onCurrent(() => {
      stop();
      requestAnimationFrame(() => done());
    });
  });
}

async function start(root: Element): Promise<void> {
  startTheme();
  startLink(location.pathname);
  startCommits({
    frame: (callback) => requestAnimationFrame(callback),
    later: (callback, ms) => setTimeout(callback, ms),
    hidden: () => document.hidden,
    now: () => performance.now(),
  });
  startClock();
  startConnection();
  openStream();
  if (!linked()) askSession();
  const values = valuesOfNearServer();
  // Whoever sees the first drawing may press a key at once.
  const later = import("./later");
  await startDisplay();
  startRouter();
  fetchPage();
  await values;
  document.addEventListener("visibilitychange", awake);
  addEventListener("pageshow", awake);
  render(<App />, root);
  startFavicon();
  void later.then((m) => m.startLater());
}

const root = document.getElementById("app");
if (root) void start(root);
