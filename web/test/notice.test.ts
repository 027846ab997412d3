// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { noticeOf, requestOf } from "../src/worker/notice";

const pushed = {
  title: "CRITICAL boiler-1", body: "temperature 92.1 above 90", tag: "19ab-7", alert: "19ab-7", device: "boiler-1", severity: "critical", state: "firing", count: 1,
  timestamp: 1763953200000, url: "https://telltale.example.org", acknowledge: "https://telltale.example.org/a/abc", snooze: "https://telltale.example.org/a/def",
};

test("a push becomes a notification of its alert with two acts", () => {
  const notice = noticeOf(JSON.stringify(pushed));
  assert.deepEqual([notice.tag, notice.at, notice.critical, notice.resolved, notice.url], ["19ab-7", 1763953200000, true, false, "/alerts/19ab-7"]);
  assert.match(notice.title, /CRITICAL boiler-1$/);
  assert.deepEqual(notice.actions.map((a) => a.action), ["acknowledge", "snooze"]);
  assert.deepEqual([requestOf(notice, "acknowledge", 5), requestOf(notice, "snooze", 5)], [{ url: "/a/abc", body: null }, { url: "/a/def", body: null }]);
  assert.deepEqual(noticeOf(JSON.stringify(notice)), notice, "it comes back from where a notification keeps it");
});

test("without signed links the page's login acknowledges and snoozes for an hour", () => {
  const notice = noticeOf(JSON.stringify({ ...pushed, acknowledge: undefined, snooze: "https://elsewhere.example/steal" }));
  assert.deepEqual(requestOf(notice, "acknowledge", 5), { url: "/api/v1/alerts/19ab-7/acknowledge", body: {} });
  assert.deepEqual(requestOf(notice, "snooze", 5), { url: "/api/v1/silences", body: { matchers: { alert: "19ab-7" }, start: 5, end: 3_600_005 } });
  assert.deepEqual(noticeOf(JSON.stringify(pushed), "de-AT").actions.map((a) => a.title), ["Quittieren", "1\u202fh sp\u00e4ter"]);
});

test("what is over or in hand has nothing to act on", () => {
  for (const state of ["resolved", "acknowledged"]) assert.deepEqual(noticeOf(JSON.stringify({ ...pushed, state })).actions, []);
});

test("odd pushes become something harmless", () => {
  for (const text of ["", "null", "[]", "{", JSON.stringify({ url: "https://evil.example/", title: 7 })]) {
    const notice = noticeOf(text);
    assert.deepEqual([notice.title, notice.url, notice.actions], ["Telltale", "/alerts", []]);
  }
});
