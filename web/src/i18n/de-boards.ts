// SPDX-License-Identifier: Apache-2.0
// Wörter der Tafeln.

import { formatCount } from "../lib/format";

export const boards = {
  title: "Tafeln", untitled: "Tafel ohne Namen", none: "Noch keine Tafel.", failed: "Die Tafeln konnten nicht geladen werden.",
  new: "Neue Tafel", fromModel: "Aus einem Modell", fromFile: "Aus einer Datei", modelTitle: (model: string) => `Jedes ${model}`,
  noBoard: "Diese Datei ist keine Tafel dieser Version.", mapDevices: "Geräte der Datei, die hier niemand kennt", leaveAsIs: "So lassen",
  import: "Übernehmen", cancel: "Abbrechen", export: "Ausgeben", edit: "Bearbeiten", save: "Speichern", done: "Fertig", discard: "Verwerfen", undo: "Rückgängig", redo: "Wiederholen",
  gone: "Diese Tafel wurde gelöscht, oder es gab sie nie.", toList: "Alle Tafeln", empty: "Auf dieser Tafel steht nichts.",
  emptyEdit: "Auf dieser Tafel steht noch nichts. Füge das erste Feld hinzu.", add: "Feld hinzufügen", name: "Name", variablesWord: "Variablen",
  variables: { device: "Gerät", tag: "Schlagwort", model: "Modell", location: "Ort" },
  any: "alle", more: "und", choose: (what: string) => `Wählen: ${what}`, without: (what: string) => `Ohne ${what}`,
  types: { value: "Wert", chart: "Verlauf", gauge: "Anzeige", table: "Tabelle", alerts: "Alarme", map: "Karte", squares: "Flottenquadrate", counts: "Flotte in Zahlen", lanes: "Zustandsbahnen", image: "Bild oder Plan", text: "Text", clock: "Uhr" },
  device: "Gerät", sensor: "Sensor", value: "Wert", age: "Alter", theChosen: "das gewählte Gerät",
  noSeries: "Noch keine Reihe gewählt.", unknownDevices: (names: string) => `Hier nicht bekannt: ${names}`, noAlerts: "Nichts ist gestört.",
  widgetFailed: "Dieses Feld konnte nicht gezeichnet werden.", widgets: (n: number) => n === 1 ? "1 Feld" : `${formatCount(n)} Felder`,
  whatSeries: "Was zu zeigen ist", asWhat: "Zeigen als", somethingElse: "Etwas anderes", series: "Reihen", type: "Art", heading: "Überschrift", text: "Text",
  repeat: "Eines je gewähltem Gerät", box: { x: "Spalte", y: "Zeile", w: "Breite", h: "Höhe" }, form: "Das gewählte Feld",
  selectOne: "Wähle ein Feld, um es zu ändern. Pfeiltasten schieben es, mit Umschalt ändern sie seine Größe, Entf nimmt es weg.",
  remove: "Entfernen", removeWidget: "Dieses Feld entfernen", reallyRemove: "Wirklich entfernen", removeBoard: (title: string) => `${title} entfernen`,
  frame: (name: string) => `${name}: Pfeile schieben, Umschalt und Pfeile ändern die Größe`, at: (x: number, y: number, w: number, h: number) => `Spalte ${x}, Zeile ${y}, ${w} breit, ${h} hoch`,
  conflict: (who: string) => `${who} hat inzwischen eine andere Fassung gespeichert.`, deletedMeanwhile: "Jemand hat diese Tafel inzwischen gelöscht.", keepMine: "Meine behalten", takeTheirs: "Die andere nehmen", saveCopy: "Meine als Kopie speichern",
  learned: "Bereich gelernt", learnedHelp: "Aus dem, was es in den letzten 30 Tagen sandte", nearer: "Näher", farther: "Weiter weg",
  noDevices: "Noch kein Gerät gewählt.", notAll: (n: number, all: number) => `Die ersten ${formatCount(n)} von ${formatCount(all)}.`,
  shape: "Form", shapes: { linear: "ein Balken", radial: "ein Zifferblatt" }, picture: "Bild", upload: "Aus einer Datei", noPicture: "Noch kein Bild gewählt.",
  pictureGone: "Dieses Bild wurde gelöscht.", pictureLarge: "Dieses Bild ist zu groß, auch verkleinert.", pictureUnread: "Diese Datei ist kein Bild, das dieser Browser lesen kann.",
  onPhone: "Auf dem Telefon", phoneEarlier: "Auf dem Telefon früher", phoneLater: "Auf dem Telefon später", phoneAt: (n: number, all: number) => `${formatCount(n)} von ${formatCount(all)}`, phoneReading: "In Lesefolge",
  preview: "Vorschau", addThis: (type: string) => `Hinzufügen: ${type}`, versions: "Frühere Fassungen", noVersions: "Es gibt keine frühere Fassung.",
  versionBy: (version: number, who: string) => `Fassung ${formatCount(version)} von ${who}`, restore: "Wiederherstellen", restored: "Die frühere Fassung steht im Editor. Speichern behält sie.",
  share: {
    open: "Teilen", title: "Diese Tafel teilen", colleagues: "Mit allen, die sich hier anmelden können", here: "Adresse dessen, was du siehst",
    everybody: "Mit allen, die den Link haben", what: "Ein Link zeigt diese Tafel, wie sie ist und sein wird, nur zum Lesen: ihre Werte, deren Verlauf und Alarme, und sonst nichts von diesem Server.",
    name: "Wofür der Link ist", lasts: "Gilt", days: (n: number) => n === 1 ? "1 Tag" : n === 365 ? "1 Jahr" : `${formatCount(n)} Tage`, make: "Link machen",
    forDevices: (names: string) => `Seine Geräte: ${names}`, noDevices: "Kein Gerät ist gewählt: wähle erst die, die der Link zeigen soll.",
    once: "Jetzt kopieren: er wird nur dieses eine Mal gezeigt.", link: "Link", wall: "Für einen Bildschirm an der Wand", none: "Noch kein Link.", unnamed: "Link ohne Namen",
    until: (time: string) => `Zu sehen bis ${time}`, expired: (time: string) => `Abgelaufen ${time}`, viewers: (n: number) => n === 0 ? "niemand sieht zu" : n === 1 ? "1 sieht zu" : `${formatCount(n)} sehen zu`,
    revoke: "Widerrufen", revokeThis: (name: string) => `${name} widerrufen`, over: "Dieser Link gilt nicht mehr.", overHelp: "Er ist abgelaufen oder wurde widerrufen. Wer ihn dir gab, kann einen neuen machen.",
    shared: (n: number) => n === 1 ? "1 Link zeigt diese Tafel: wer ihn hat, sieht, was du hier speicherst." : `${formatCount(n)} Links zeigen diese Tafel: wer einen hat, sieht, was du hier speicherst.`,
  },
  copyOf: (title: string) => `${title} (Kopie)`,
} as const;
