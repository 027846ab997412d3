// SPDX-License-Identifier: Apache-2.0
// What a push carries, as a notification: every field bounded, an address only of ours.

export interface PushNotice {
  readonly title: string;
  readonly body: string;
  /** One notification an alert: a later one replaces it. */
  readonly tag: string;
  readonly alert: string;
  readonly url: string;
  readonly at: number;
  readonly critical: boolean;
  readonly resolved: boolean;
  /** Signed links that act without a login; empty: there are none. */
  readonly acknowledge: string;
  readonly snooze: string;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
}

const longestText = 300;
const glyphs: Readonly<Record<string, string>> = { critical: "\u25c6", warning: "\u25b2", info: "\u25a0" };

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? found as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function short(x: unknown): string {
  return typeof x === "string" ? x.slice(0, longestText) : "";
}

/** A path of this server, and nothing else. */
function path(x: unknown): string {
  const text = short(x);
  return /^\/(?![/\\])/.test(text) ? text : "";
}

/** A signed link of this server, by whatever name it is reached. */
function signed(x: unknown): string {
  try {
    const { pathname } = new URL(short(x), "http://here");
    return pathname.startsWith("/a/") ? pathname : "";
  } catch {
    return "";
  }
}

function time(...found: readonly unknown[]): number {
  return found.find((t): t is number => typeof t === "number" && Number.isFinite(t)) ?? Date.now();
}

/** What stands on the buttons: a worker has no catalogue, so that these are here. */
const spoken = {
  en: { acknowledge: "Acknowledge", snooze: "Snooze 1\u202fh" },
  de: { acknowledge: "Quittieren", snooze: "1\u202fh sp\u00e4ter" },
} as const;

export function noticeOf(text: string, language = "en"): PushNotice {
  const words = language.startsWith("de") ? spoken.de : spoken.en;
  const f = parsed(text);
  const alert = short(f["alert"]) || short(f["alertId"]) || short(f["id"]);
  const severity = short(f["severity"]);
  const resolved = f["resolved"] === true || f["state"] === "resolved";
  const title = short(f["title"]) || "Telltale";
  const glyph = resolved ? "\u2713" : glyphs[severity];
  const named = glyph === undefined || title.startsWith(glyph) ? title : `${glyph} ${title}`;
  const may = !resolved && alert !== "" && f["state"] !== "acknowledged" && f["acknowledged"] !== true;
  const [acknowledge, snooze] = [signed(f["acknowledge"]), signed(f["snooze"])];
  return {
    title: named, body: short(f["body"]) || short(f["message"]), tag: short(f["tag"]) || alert || "telltale", alert,
    url: path(f["url"]) || (alert === "" ? "/alerts" : `/alerts/${encodeURIComponent(alert)}`), at: time(f["at"], f["timestamp"]), critical: severity === "critical" || f["critical"] === true,
    resolved, acknowledge, snooze, actions: may ? [{ action: "acknowledge", title: words.acknowledge }, { action: "snooze", title: words.snooze }] : [],
  };
}

/** How long "Snooze 1 h" lasts, as the server's signed links have it. */
const snoozeMs = 3_600_000;

export interface ActRequest {
  readonly url: string;
  /** Null: the link says everything. */
  readonly body: object | null;
}

/** How an act on the alert is asked for: by the signed link, or with the page's own login. */
export function requestOf(notice: PushNotice, action: "acknowledge" | "snooze", now: number): ActRequest {
  if (notice[action] !== "") return { url: notice[action], body: null };
  if (action === "acknowledge") return { url: `/api/v1/alerts/${encodeURIComponent(notice.alert)}/acknowledge`, body: {} };
  return { url: "/api/v1/silences", body: { matchers: { alert: notice.alert }, start: now, end: now + snoozeMs } };
}
