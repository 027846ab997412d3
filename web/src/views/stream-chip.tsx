// SPDX-License-Identifier: Apache-2.0
// What the stream does, in words with a shape, at the top right; a click tries again or logs in.

import { Plug, Radio, RefreshCw, Unplug, WifiOff } from "lucide-preact";
import { say } from "../i18n/say";
import { browserClockOff } from "../state/clock";
import { level, retryIn, stream, tryNow } from "../state/connection";
import { go } from "./router";

interface Look {
  readonly words: string;
  readonly title: string;
  readonly icon: typeof Radio;
}

function look(): Look {
  const { phase, heardAt, gap } = stream.value;
  const explain = say.stream.explain;
  switch (phase) {
    case "connecting":
      return { words: say.stream.connecting, title: explain.connecting, icon: Plug };
    case "live":
      return { words: say.stream.live, title: level.value === "" ? explain.live : explain.slowed(level.value), icon: Radio };
    case "catching":
      return { words: say.stream.catching(gap), title: explain.catching, icon: RefreshCw };
    case "offline":
      return { words: say.stream.offline(heardAt), title: explain.offline, icon: WifiOff };
    case "ended":
      return { words: say.stream.ended, title: explain.ended, icon: Unplug };
    case "reconnecting":
      return {
        words: retryIn.value === null ? say.stream.trying : say.stream.reconnecting(retryIn.value),
        title: explain.reconnecting, icon: Unplug,
      };
  }
}

function act(): void {
  if (stream.peek().phase === "ended") go("/login");
  else tryNow();
}

export function StreamChip() {
  const { words, title, icon: Icon } = look();
  const off = browserClockOff.value;
  const hint = Math.abs(off) > 2000 ? `${title}. ${say.stream.clockOff(off)}` : title;
  return (
    <button type="button" class={`chip stream stream-${stream.value.phase}`} title={hint} onClick={act}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span>{words}</span>
    </button>
  );
}

/** Speaks a change of the stream's state once; the countdown itself stays silent. */
export function StreamAnnouncer() {
  const { phase } = stream.value;
  return <div class="visually-hidden" role="status">{say.stream.explain[phase]}</div>;
}
