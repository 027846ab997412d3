// SPDX-License-Identifier: Apache-2.0
// Words of logging in, of the first account, and of users.

import { formatPlural } from "../lib/format";

export const peopleWords = {
  user: "User name", password: "Password", again: "Password again", token: "Token", show: "Show", hide: "Hide",
  showPassword: "Show what is typed", hidePassword: "Hide what is typed",
  logIn: "Log in", byToken: "Log in with a token instead", byPassword: "Log in with a name and password instead",
  tokenHelp: "For who was given one instead of an account. An administrator makes it with: telltale token create --role viewer",
  open: "This server needs no login.", closed: "This server was set up already, or is not on this machine: log in.",
  noCookie: "The browser did not keep the login: cookies are off for this page.",
  failed: (why: string) => `Could not log in: ${why}`,
  refusals: {
    wrong: "The name or the password is wrong.", held: "Too many wrong passwords. Wait a little, then try again.", busy: "Too many log in at this moment. Try again.",
    closed: "This is not open to you: log in.", taken: "Somebody has that name already.", name: "A name has 1 to 31 characters, and no spaces at its ends. Some are reserved.",
    password: "This password can't be taken: at least 10 characters, and not the name.", present: "That is not your present password.",
    last: "Nobody else could manage users and tokens then. Make another administrator first.",
  },
  wrongToken: "This token is not valid.",
  setup: "Welcome to Telltale", setupLead: "Nobody has access yet. Make the first account: it may do everything, and makes the others.",
  setupDo: "Make the account and log in", hint: "At least 10 characters; a short sentence is easy to remember.", short: "At least 10 characters are needed.", different: "These are two different passwords.",
  users: "Users", all: "All users", usersExplain: "People log in with a name and a password. Viewers read, operators also act, administrators also manage.",
  role: "Role", roleOf: (name: string) => `Role of ${name}`, add: "Add a user", addNow: "Add", added: (name: string) => `${name} can log in now.`, none: "Nobody has an account. Add the first one here.", made: "Made", loggedIn: "Logged in",
  browsers: (n: number) => n === 0 ? "nowhere" : formatPlural(n, "browser", "browsers"), you: "you",
  newPassword: "New password", newPasswordOf: (name: string) => `New password of ${name}`, set: "Set it", keep: "Keep", passwordSet: (name: string) => `${name} has a new password and was logged out everywhere.`,
  remove: "Remove", removeNow: "Remove now", removeWhat: (name: string) => `Type ${name} to remove the account`, roleSet: (name: string, role: string) => `${name} is ${role} now.`,
  profile: "Profile", profileRole: "What you may do", roles: { viewer: "Viewer: read", operator: "Operator: read, acknowledge, change", admin: "Administrator: everything" },
  ofToken: "You are logged in with a token, which has no name and no password. An administrator can make you an account.", noLogin: "This server needs no login: everybody may do everything.",
  changePassword: "Change your password", present: "Present password", change: "Change it", changed: "Changed. Every other browser was logged out.", logOut: "Log out",
  needs: (role: string, you: string) => `This needs the role ${role}; you are ${you}.`, ask: (names: string) => `Ask ${names}.`, askAnyone: "Ask whoever runs this server.",
} as const;
