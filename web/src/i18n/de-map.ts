// SPDX-License-Identifier: Apache-2.0
// Die Wörter der Karte.

import { formatCount, formatPlural } from "../lib/format";
import type { MapWords } from "./map";

const thin = "\u202f";

export const mapWords: MapWords = {
  title: "Karte", well: (n) => `Allen ${formatCount(n)} Geräten auf der Karte geht es gut`,
  trouble: (n, places) => `${formatPlural(n, "Gerät", "Geräte")} in Schwierigkeiten${places > 1 ? `, ${formatCount(places)} Orte` : ""}`,
  fitted: "Auf sie eingestellt", fittedAll: "Auf alle Geräte eingestellt", asOf: (time) => `Stand ${time}`,
  inView: "Im Bild", here: "An dieser Stelle", showAll: "Alle zeigen", asList: "Als Liste", more: (n) => `${formatCount(n)} weitere`,
  of: (n, all) => `${formatCount(n)} von ${formatPlural(all, "Gerät", "Geräten")}`,
  openList: "Liste zeigen", closeList: "Liste einklappen",
  noPosition: (n) => `${formatPlural(n, "Gerät hat", "Geräte haben")} keine Lage`,
  none: "Noch kein Gerät hat eine Lage", noneHow: "Eine Lage kommt mit Nachrichten eines Geräts, oder es bekommt eine: unter Pläne ein Gerät wählen und auf seine Stelle klicken.",
  nothingHere: "Kein Gerät ist im Bild.", incomplete: "Weitere Marken folgen", refused: (why) => `Der Server sagt dieses Gebiet nicht an: ${why}`,
  ground: "Grund ohne Netz: Natural Earth", groundFine: `Grund ohne Netz: Natural Earth 1:50${thin}Millionen`, groundFailed: "Der Grund konnte nicht geladen werden.",
  zoomIn: "Näher", zoomOut: "Weiter weg", fit: "Alle Geräte zeigen", fitTrouble: "Geräte in Schwierigkeiten zeigen",
  summary: (n, marks, bad) => `${formatPlural(n, "Gerät", "Geräte")} in ${formatPlural(marks, "Marke", "Marken")}, ${bad === 0 ? "allen geht es gut" : `${formatCount(bad)} mit Schwierigkeiten`}. Die Liste enthält dasselbe.`,
  cluster: (n, worst, affected) => `${formatPlural(n, "Gerät", "Geräte")}; ${formatCount(affected)}: ${worst}. Näher`,
  unsaid: "nicht bekannt",
  plans: "Pläne von Gebäuden", closePlans: "Pläne schließen", noPlans: "Noch kein Plan.", plansRole: "Pläne und Lagen ändern Bediener und Verwalter.",
  plansFailed: (why) => `Die Pläne konnten nicht geladen werden: ${why}`, again: "Noch einmal", show: "Zeigen", edit: "Ändern",
  showPlan: (name) => `${name} zeigen`, editPlan: (name) => `${name} ändern`, newPlan: "Neuer Plan aus einem Bild (PNG, JPEG oder WebP)",
  planName: "Name", upperLeft: "Ecke links oben", lowerRight: "Ecke rechts unten", movePlan: "Plan verschieben", latitude: "Breite", longitude: "Länge",
  cornersHow: "Die Ecken auf der Karte ziehen oder mit Pfeiltasten bewegen; mit Umschalt zehnmal so weit. Beide Ecken zusammen drehen den Plan.",
  savePlan: "Plan sichern", cancel: "Abbrechen", removePlan: "Löschen", reallyRemove: "Wirklich löschen", planSaved: (name) => `${name} ist gesichert.`,
  planRemoved: (name) => `${name} ist gelöscht.`, planConflict: "Jemand anderes hat diesen Plan inzwischen geändert. Abbrechen und neu öffnen.",
  planLarge: "Das Bild wird nicht klein genug: höchstens 250 kB. Beschneiden oder weniger Farben verwenden.", planUnread: "Diese Datei ist kein Bild, das dieser Browser lesen kann.",
  notSaved: (why) => `Nicht gesichert: ${why}`, placeDevice: "Ein Gerät einordnen", findDevice: "Name oder Id", placeHow: "Auf der Karte auf seine Stelle drücken oder die Zahlen eingeben.",
  savePlace: "Lage sichern", placeOf: (name) => `Lage von ${name}`, placed: (name) => `${name} hat seine Lage.`,
  time: "Zeit der Karte", moment: "Zeitpunkt", play: "Abspielen", pausePlay: "Anhalten", trails: "Länge der Spuren", hours: (n) => `${formatCount(n)}${thin}h`,
  nowAt: (time) => `jetzt ${time}`, backToNow: "Zurück zu jetzt", showing: (time, zone) => `Marken und Spuren mit Stand ${time} ${zone}; die Liste ist von jetzt`,
  trailsFailed: "Die Spuren konnten nicht geladen werden. Sie werden in einigen Sekunden wieder versucht.",
  offlineFor: (span) => `offline seit ${span}`,
};
