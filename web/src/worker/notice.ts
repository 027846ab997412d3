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

export function noticeOf(text: string): PushNotice {
  const f = parsed(text);
  const alert = short(f["alert"]) || short(f["alertId"]) || short(f["id"]);
  const severity = short(f["severity"]);
  const resolved = f["resolved"] === true || f["state"] === "resolved";
  const title = short(f["title"]) || "Telltale";
  const glyph = resolved ? "\u2713" : glyphs[severity];
  const named = glyph === undefined || title.startsWith(glyph) ? title : `${glyph} ${title}`;
  const may = !resolved && alert !== "" && f["acknowledged"] !== true;
  return {
    title: named, body: short(f["body"]) || short(f["message"]), tag: short(f["tag"]) || alert || "telltale", alert,
    url: path(f["url"]) || "/alerts", at: typeof f["at"] === "number" ? f["at"] : Date.now(), critical: severity === "critical" || f["critical"] === true,
    resolved, actions: may ? [{ action: "acknowledge", title: "Acknowledge" }, { action: "snooze", title: "Snooze 1 h" }] : [],
  };
}

/** Where an act on the alert goes. */
export function urlOf(notice: PushNotice, action: string): string {
  return `/api/v1/alerts/${encodeURIComponent(notice.alert)}/${action}`;
}
