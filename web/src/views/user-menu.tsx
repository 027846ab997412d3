// SPDX-License-Identifier: Apache-2.0
// Theme, contrast, language and what else is a person's own; and who they are.

import { say } from "../i18n/say";
import { display, setDisplay, type Display } from "../state/display";
import { logout } from "../state/login-end";
import { session } from "../state/session";
import { attempt } from "../state/told";
import { palette } from "./overlay";

function Choice<K extends "theme" | "contrast" | "language">({ name, label, values }: { name: K; label: string; values: readonly (readonly [Display[K], string])[] }) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      <div class="segments">
        {values.map(([value, words]) => (
          <button key={value} type="button" aria-pressed={display.value[name] === value} onClick={() => setDisplay({ [name]: value } as Partial<Display>)}>{words}</button>
        ))}
      </div>
    </fieldset>
  );
}

/** The choices of how the page looks, here and in the settings. */
export function LookChoices() {
  const words = say.look;
  return (
    <>
      <Choice name="theme" label={words.theme} values={[["system", words.system], ["dark", words.dark], ["light", words.light]]} />
      <Choice name="contrast" label={words.contrast} values={[["system", words.system], ["normal", words.normal], ["more", words.more]]} />
      <Choice name="language" label={words.language} values={[["", words.browser], ["en", "English"], ["de", "Deutsch"]]} />
    </>
  );
}

export function UserMenu({ close }: { close: () => void }) {
  const who = session.value;
  return (
    <div class="user-menu">
      {who?.user && <p><b>{who.user}</b></p>}
      <p class="quiet">{who ? (who.auth ? say.user.role(say.user.roles[who.role]) : say.user.open) : say.user.unknown}</p>
      <LookChoices />
      <button type="button" class="menu-entry" onClick={() => { close(); palette.value = "keys"; }}>{say.keys.title} <kbd>?</kbd></button>
      <a class="menu-entry" href="/settings" onClick={close}>{say.nav.settings}</a>
      {who?.auth && <button type="button" class="menu-entry" onClick={() => attempt(logout())}>{say.user.logout}</button>}
    </div>
  );
}
