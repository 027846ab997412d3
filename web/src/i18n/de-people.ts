// SPDX-License-Identifier: Apache-2.0
// Wörter der Anmeldung, des ersten Kontos und der Benutzer.

import { formatPlural } from "../lib/format";
import type { PeopleWords } from "./people";

export const peopleWords: PeopleWords = {
  user: "Benutzername", password: "Passwort", again: "Passwort noch einmal", token: "Token", show: "Zeigen", hide: "Verbergen",
  showPassword: "Zeigen, was eingegeben ist", hidePassword: "Verbergen, was eingegeben ist",
  logIn: "Anmelden", byToken: "Stattdessen mit einem Token anmelden", byPassword: "Stattdessen mit Name und Passwort anmelden",
  tokenHelp: "Für alle, die eines statt eines Kontos bekommen haben. Ein Verwalter erstellt es mit: telltale token create --role viewer",
  open: "Dieser Server verlangt keine Anmeldung.", closed: "Dieser Server ist schon eingerichtet oder läuft nicht auf diesem Rechner: bitte anmelden.",
  noCookie: "Der Browser hat die Anmeldung nicht behalten: Cookies sind für diese Seite ausgeschaltet.",
  failed: (why) => `Anmelden ging nicht: ${why}`,
  refusals: {
    wrong: "Der Name oder das Passwort ist falsch.", held: "Zu viele falsche Passwörter. Warten Sie etwas und versuchen Sie es dann noch einmal.", busy: "Gerade melden sich zu viele an. Versuchen Sie es noch einmal.",
    closed: "Das steht Ihnen nicht offen: bitte anmelden.", taken: "Diesen Namen hat schon jemand.", name: "Ein Name hat 1 bis 31 Zeichen und keine Leerzeichen an den Enden. Einige sind vergeben.",
    password: "Dieses Passwort geht nicht: mindestens 10 Zeichen, und nicht der Name.", present: "Das ist nicht Ihr jetziges Passwort.",
    last: "Dann könnte niemand mehr Benutzer und Token verwalten. Machen Sie zuerst jemand anderen zum Verwalter.",
  },
  wrongToken: "Dieses Token gilt nicht.",
  setup: "Willkommen bei Telltale", setupLead: "Noch hat niemand Zugang. Legen Sie das erste Konto an: Es darf alles und legt die anderen an.",
  setupDo: "Konto anlegen und anmelden", hint: "Mindestens 10 Zeichen; ein kurzer Satz merkt sich leicht.", short: "Es braucht mindestens 10 Zeichen.", different: "Das sind zwei verschiedene Passwörter.",
  users: "Benutzer", all: "Alle Benutzer", usersExplain: "Menschen melden sich mit Name und Passwort an. Betrachter lesen, Bediener handeln auch, Verwalter verwalten auch.",
  role: "Rolle", roleOf: (name) => `Rolle von ${name}`, add: "Benutzer hinzufügen", addNow: "Hinzufügen", added: (name) => `${name} kann sich jetzt anmelden.`, none: "Niemand hat ein Konto. Fügen Sie hier das erste hinzu.", made: "Angelegt", loggedIn: "Angemeldet",
  browsers: (n) => n === 0 ? "nirgends" : formatPlural(n, "Browser", "Browser"), you: "Sie",
  newPassword: "Neues Passwort", newPasswordOf: (name) => `Neues Passwort von ${name}`, set: "Setzen", keep: "Behalten", passwordSet: (name) => `${name} hat ein neues Passwort und wurde überall abgemeldet.`,
  remove: "Entfernen", removeNow: "Jetzt entfernen", removeWhat: (name) => `${name} eingeben, um das Konto zu entfernen`, roleSet: (name, role) => `${name} ist jetzt ${role}.`,
  profile: "Profil", profileRole: "Was Sie dürfen", roles: { viewer: "Betrachter: lesen", operator: "Bediener: lesen, bestätigen, ändern", admin: "Verwalter: alles" },
  ofToken: "Sie sind mit einem Token angemeldet, das weder Namen noch Passwort hat. Ein Verwalter kann Ihnen ein Konto anlegen.", noLogin: "Dieser Server verlangt keine Anmeldung: Alle dürfen alles.",
  changePassword: "Ihr Passwort ändern", present: "Jetziges Passwort", change: "Ändern", changed: "Geändert. Jeder andere Browser wurde abgemeldet.", logOut: "Abmelden",
  needs: (role, you) => `Das braucht die Rolle ${role}; Sie sind ${you}.`, ask: (names) => `Fragen Sie ${names}.`, askAnyone: "Fragen Sie, wer diesen Server betreibt.",
};
