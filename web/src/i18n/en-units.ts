// SPDX-License-Identifier: Apache-2.0
// Words of the units that values are shown in.

export const units = {
  title: "Units", lead: "What this browser shows. What is stored or exported stays as it is.",
  stored: "As stored",
  families: {
    temperature: "Temperature", pressure: "Pressure", speed: "Speed", depth: "Depth, rain", length: "Length, height", distance: "Distance",
    volume: "Volume", flow: "Flow", energy: "Energy", power: "Power", mass: "Mass",
  },
} as const;
