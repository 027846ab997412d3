// SPDX-License-Identifier: Apache-2.0
// A good dashboard for every device of a model, made of the sensors that one of them has.

import { defaultSpan, encodeSeries, mostWidgets, plainWidget, type Board, type Widget } from "./board";
import { columns } from "./grid";

const tileHeight = 3;
const chartHeight = 7;

/** Tiles a row and in all, so that every row is full. */
function tilesOf(sensors: number): readonly [number, number] {
  return sensors >= 8 ? [4, 8] : sensors >= 4 ? [4, 4] : [Math.max(1, sensors), sensors];
}

interface Like {
  readonly sensors: readonly { readonly id: string; readonly name: string; readonly boolean: boolean }[];
}

export function generatedBoard(device: Like, title: string): Board {
  const series = (sensor: string): string => encodeSeries({ device: "$device", sensor });
  const base = { title: "", text: "", span: defaultSpan, ...plainWidget } as const;
  const [perRow, inAll] = tilesOf(device.sensors.length);
  const tileWidth = columns / perRow;
  const tiles = device.sensors.slice(0, inAll).map((s, i): Widget => ({
    ...base, id: `v${i}`, type: "value", series: [series(s.id)],
    box: { x: (i % perRow) * tileWidth, y: Math.floor(i / perRow) * tileHeight, w: tileWidth, h: tileHeight },
  }));
  const top = Math.ceil(tiles.length / perRow) * tileHeight;
  const charts = device.sensors.slice(0, mostWidgets - tiles.length).map((s, i): Widget => ({
    ...base, id: `c${i}`, type: "chart", title: s.name, series: [series(s.id)],
    box: { x: (i % 2) * 6, y: top + Math.floor(i / 2) * chartHeight, w: i % 2 === 0 && i === device.sensors.length - 1 ? columns : 6, h: chartHeight },
  }));
  return { title, variables: ["model", "device"], widgets: [...tiles, ...charts] };
}
