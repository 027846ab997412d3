// SPDX-License-Identifier: Apache-2.0
// A field for a password that can be looked at, and what is wrong with a new one.

import { useId, useState } from "preact/hooks";
import { people } from "../../i18n/people";
import { problemText } from "../../lib/problem";
import { passwordMin, refusal } from "../../state/people";

interface Field {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** Tells a password manager whether to fill or to make one. */
  readonly kind: "current-password" | "new-password";
  readonly hint?: string;
  readonly wrong?: boolean;
  readonly describedBy?: string;
}

export function PasswordField({ label, value, onValue, kind, hint, wrong = false, describedBy = "" }: Field) {
  const [shown, show] = useState(false);
  const id = useId();
  return (
    <div>
      <label for={id}>{label}</label>
      <div class="password-box">
        <input id={id} name={kind} class="field" type={shown ? "text" : "password"} autocomplete={kind} autocapitalize="none" spellcheck={false} required maxLength={256}
          value={value} onInput={(event) => onValue(event.currentTarget.value)} aria-invalid={wrong} aria-describedby={`${hint === undefined ? "" : `${id}-hint `}${describedBy}`.trim() || undefined} />
        <button type="button" class="button" aria-label={shown ? people.hidePassword : people.showPassword} onClick={() => show(!shown)}>{shown ? people.hide : people.show}</button>
      </div>
      {hint !== undefined && <p id={`${id}-hint`} class="caption">{hint}</p>}
    </div>
  );
}

/** What is wrong with a new password that was typed twice, or ""; `again` undefined: once. */
export function newPasswordProblem(password: string, again?: string): string {
  if (password.length < passwordMin) return people.short;
  return again !== undefined && again !== password ? people.different : "";
}

/** Why something was refused, in the words of the page where it has some. */
export function refusedText(error: unknown): string {
  const why = refusal(error);
  return why === null ? problemText(error) : people.refusals[why];
}
