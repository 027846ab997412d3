// SPDX-License-Identifier: Apache-2.0

import type { Wide } from "./say";
import type { units as english } from "./en-units";

export const units: Wide<typeof english> = {
  title: "Einheiten", lead: "Was dieser Browser zeigt. Gespeichertes und Exporte bleiben, wie sie sind.",
  stored: "Wie gespeichert",
  families: {
    temperature: "Temperatur", pressure: "Druck", speed: "Geschwindigkeit", depth: "Regen", length: "Länge", distance: "Entfernung",
    volume: "Volumen", flow: "Durchfluss", energy: "Energie", power: "Leistung", mass: "Masse",
  },
};
