// SPDX-License-Identifier: Apache-2.0
// What the stream is doing, as a pure step function: the same events at the same times give the same
// states, in a test as in a browser. connection.ts feeds it and carries out what it decides.

export type Phase = "connecting" | "live" | "reconnecting" | "catching" | "offline" | "ended";

export interface Stream {
  readonly phase: Phase;
  /** Whether what is on screen can pass for current. */
  readonly fresh: boolean;
  /** When the last message of any kind came, 0 for never. */
  readonly heardAt: number;
  /** When the next try begins, or null while one is under way or none is planned. */
  readonly retryAt: number | null;
  readonly tries: number;
  /** How long nothing came before this connection, in ms; what "catching up" fills. */
  readonly gap: number;
}

export type StreamEvent =
  | { readonly kind: "open" | "close" | "heard" | "current" | "filled" | "tick" | "refused" | "try" }
  | { readonly kind: "network"; readonly up: boolean }
  /** Seen again: since then the stream brought less than what is shown. */
  | { readonly kind: "seen"; readonly since: number };

/** The server sends each second, so silence this long means that it, or the way to it, is gone. */
export const silenceLimit = 3000;

const backoff = [500, 1000, 2000, 4000, 5000];

export const initialStream: Stream = {
  phase: "connecting", fresh: false, heardAt: 0, retryAt: null, tries: 0, gap: 0,
};

export function retryDelay(tries: number): number {
  return backoff[Math.min(tries, backoff.length - 1)] ?? 5000;
}

function lost(s: Stream, at: number): Stream {
  if (s.phase === "ended" || s.phase === "offline") return { ...s, fresh: false };
  if (s.phase === "reconnecting" && s.retryAt !== null) return s;
  return {
    ...s, phase: "reconnecting", fresh: false, retryAt: at + retryDelay(s.tries), tries: s.tries + 1,
  };
}

function tick(s: Stream, at: number): Stream {
  const listening = s.phase === "live" || s.phase === "catching";
  return listening && at - s.heardAt > silenceLimit ? lost(s, at) : s;
}

function network(s: Stream, at: number, up: boolean): Stream {
  if (s.phase === "ended") return s;
  if (!up) return { ...s, phase: "offline", fresh: false, retryAt: null };
  return s.phase === "offline" ? { ...s, phase: "reconnecting", retryAt: at, tries: 0 } : s;
}

export function step(s: Stream, event: StreamEvent, at: number): Stream {
  switch (event.kind) {
    case "open":
      return { ...s, phase: "catching", retryAt: null, gap: s.heardAt === 0 ? 0 : at - s.heardAt, heardAt: at };
    case "heard":
      return { ...s, heardAt: at };
    case "current":
      return s.phase === "catching" ? { ...s, fresh: true, tries: 0, heardAt: at } : s;
    case "filled":
      return s.phase === "catching" && s.fresh ? { ...s, phase: "live" } : s;
    case "close":
      return lost(s, at);
    case "seen":
      return s.phase === "live" || s.phase === "catching" ? { ...s, phase: "catching", fresh: false, gap: at - event.since, heardAt: at } : s;
    case "refused":
      return { ...s, phase: "ended", fresh: false, retryAt: null };
    case "network":
      return network(s, at, event.up);
    case "try":
      return s.phase === "reconnecting" ? { ...s, retryAt: null } : s;
    case "tick":
      return tick(s, at);
  }
}
