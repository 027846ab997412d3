// SPDX-License-Identifier: Apache-2.0
// What the stream does, in words with a shape, at the top right. A click pauses and resumes, tries
// again, logs in, or loads the new version, whichever the state asks for.

import { useSignal } from "@preact/signals";
import { CirclePause, Plug, Radio, RefreshCw, Unplug, WifiOff } from "lucide-preact";
import { say } from "../i18n/say";
import { formatSpan } from "../lib/format";
import { browserClockOff, serverNow } from "../state/clock";
import { pause, paused } from "../state/commit";
import { checking, heardAt, level, levelInterval, retryIn, stream, tryNow } from "../state/connection";
import { takeUpdate, updateReady } from "../state/update";
import { asksLogin } from "./overlay";

type State = "connecting" | "live" | "paused" | "checking" | "catching" | "offline" | "ended" | "reconnecting" | "update";

interface Look {
  readonly state: State;
  readonly words: string;
  readonly title: string;
  readonly icon: typeof Radio;
}

function look(pausedAt: number): Look {
  const { phase, gap } = stream.value;
  const explain = say.stream.explain;
  if (checking.value && (phase === "live" || phase === "catching")) return { state: "checking", words: say.stream.checking, title: explain.catching, icon: RefreshCw };
  switch (phase) {
    case "connecting":
      return { state: phase, words: say.stream.connecting(heardAt.value), title: explain.connecting, icon: Plug };
    case "catching":
      return { state: phase, words: say.stream.catching(gap), title: explain.catching, icon: RefreshCw };
    case "offline":
      return { state: phase, words: say.stream.offline(heardAt.value), title: explain.offline, icon: WifiOff };
    case "ended":
      return { state: phase, words: say.stream.ended, title: explain.ended, icon: Unplug };
    case "reconnecting":
      return {
        state: phase, words: retryIn.value === null ? say.stream.trying : say.stream.reconnecting(retryIn.value),
        title: explain.reconnecting, icon: Unplug,
      };
    case "live":
      if (paused.value) return { state: "paused", words: say.stream.paused(pausedAt), title: explain.paused, icon: CirclePause };
      if (updateReady.value) return { state: "update", words: say.stream.update, title: explain.update, icon: RefreshCw };
      if (level.value !== "") return { state: phase, words: levelInterval.value >= 1000 ? say.slowedTo(formatSpan(levelInterval.value)) : say.stream.slowed, title: explain.slowed(level.value), icon: Radio };
      return { state: phase, words: say.stream.live, title: explain.live, icon: Radio };
  }
}

/** When the page was made to stand still. */
let standsSince = 0;

/** Stand still or go on, by the chip or by the space bar. */
export function togglePause(): void {
  standsSince = serverNow();
  pause(!paused.peek());
}

function act(state: State): void {
  if (state === "ended") asksLogin.value = true;
  else if (state === "update") takeUpdate();
  else if (state === "live" || state === "paused") togglePause();
  else tryNow();
}

export function StreamChip() {
  const { state, words, title, icon: Icon } = look(standsSince);
  const off = browserClockOff.value;
  const hint = Math.abs(off) > 2000 ? `${title}. ${say.stream.clockOff(off)}` : title;
  return (
    <button type="button" class={`chip stream stream-${state}`} title={hint} aria-pressed={state === "paused" ? true : undefined} onClick={() => act(state)}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span>{words}</span>
    </button>
  );
}

/** Speaks a change of the stream's state once; the countdown itself stays silent. */
export function StreamAnnouncer() {
  const { phase } = stream.value;
  const first = useSignal(true);
  const said = paused.value && phase === "live" ? say.stream.explain.paused : say.stream.explain[phase];
  if (first.peek() && phase !== "connecting") first.value = false;
  return <div class="visually-hidden" role="status">{first.value ? "" : said}</div>;
}
