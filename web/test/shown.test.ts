// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { decodeBoard, type Board } from "../src/lib/board";
import { overlap } from "../src/lib/grid";
import { takeDevice } from "../src/state/fleet";
import { chosenDevices, fittingDevices } from "../src/state/variables";
import { shownOf, type Shown } from "../src/views/dashboards/shown";

function device(id: string, model: string, place: string, tags: readonly string[]): void {
  takeDevice({ device: { id, name: id, model, place, tags, status: "online", cause: "", since: 0, lastSeen: 0, location: null, attributes: [], sensors: [] }, latest: { device: [], sensor: [], v: [], t: [] } });
}
for (let n = 0; n < 30; n++) device(`d${String(n).padStart(2, "0")}`, n % 2 === 0 ? "even" : "odd", n < 10 ? "north" : "south", [`tag${n}`, ...(n < 3 ? ["few"] : [])]);

function board(widgets: readonly object[], variables: readonly string[]): Board {
  const made = decodeBoard({ schema: 1, title: "", variables, widgets });
  assert.ok(made);
  return made;
}

function shown(of: Board, address: string, phone = false): { readonly shown: readonly Shown[]; readonly cutOf: number } {
  const query = new URLSearchParams(address);
  const fitting = fittingDevices(of, query);
  const all = shownOf(of, { devices: chosenDevices(of, query, fitting), fitting, query }, phone);
  all.shown.forEach((a, i) => all.shown.slice(i + 1).forEach((b) => assert.ok(!overlap(a.widget.box, b.widget.box), `${a.widget.id} over ${b.widget.id}`)));
  return all;
}

test("a widget repeats for each place, model, tag or device, by those that are chosen or all, up to 24", () => {
  const places = shown(board([{ type: "counts", at: [0, 0, 4, 4], repeat: "location" }], ["location"]), "");
  assert.deepEqual(places.shown.map((s) => [s.label, s.scope.length]), [["north", 10], ["south", 20]]);
  const models = shown(board([{ type: "chart", at: [0, 0, 6, 6], series: ["$device/t"], repeat: "model" }], ["model", "location"]), "location=north");
  assert.deepEqual(models.shown.map((s) => [s.label, s.devices.length]), [["even", 5], ["odd", 5]]);
  const few = shown(board([{ type: "table", at: [0, 0, 6, 6], series: ["$device/t"], repeat: "tag" }], ["tag"]), "tag=few&tag=tag1");
  assert.deepEqual(few.shown.map((s) => [s.label, s.devices]), [["few", ["d00", "d01", "d02"]], ["tag1", ["d01"]]]);
  const tags = shown(board([{ type: "alerts", at: [0, 0, 3, 3], repeat: "tag" }], ["tag"]), "");
  assert.deepEqual([tags.shown.length, tags.cutOf], [24, 31]);
  const devices = shown(board([{ type: "value", at: [0, 0, 3, 3], series: ["$device/t"], repeat: "device" }], ["device", "model"]), "model=odd");
  assert.deepEqual([devices.shown.length, devices.shown[0]?.label, devices.shown[0]?.values.get("device")], [15, "d01", "d01"]);
  assert.equal(shown(board([{ type: "value", at: [0, 0, 3, 3], series: ["$device/t"], repeat: "device" }], ["device"]), "").shown.length, 1, "while none is chosen there is one");
});

test("copies stand beside each other, below each other where something stands in their rows, and push what is below them", () => {
  const alone = shown(board([{ type: "counts", at: [0, 0, 4, 4], repeat: "device" }, { type: "clock", at: [0, 4, 12, 2] }], ["device"]), "device=d00&device=d01&device=d02&device=d03");
  assert.deepEqual(alone.shown.map((s) => [s.widget.box.x, s.widget.box.y]), [[0, 0], [4, 0], [8, 0], [0, 4], [0, 8]]);
  const both = shown(board([{ type: "value", at: [0, 0, 3, 3], repeat: "device" }, { type: "chart", at: [3, 0, 9, 3], repeat: "device" }, { type: "text", at: [0, 3, 12, 2] }], ["device"]), "device=d00&device=d01");
  assert.deepEqual(both.shown.map((s) => [s.widget.type, s.widget.box.y]), [["value", 0], ["value", 3], ["chart", 0], ["chart", 3], ["text", 6]]);
});

test("what counts and lists is about all devices that fit, unless the dashboard is about one", () => {
  const widgets = [{ type: "counts", at: [0, 0, 4, 4] }];
  assert.equal(shown(board(widgets, ["location"]), "location=south").shown[0]?.scope.length, 20);
  assert.equal(shown(board(widgets, []), "").shown[0]?.scope.length, 0, "none: the fleet");
  assert.deepEqual(shown(board(widgets, ["device"]), "device=d07").shown[0]?.scope, ["d07"]);
});
