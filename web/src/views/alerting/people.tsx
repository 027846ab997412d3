// SPDX-License-Identifier: Apache-2.0
// People who can be told, each by several ways: what routes and rules name, so that a way changes in one place.

import { useSignal } from "@preact/signals";
import { tools } from "../../i18n/tools";
import { personBody, personForm, type PersonForm } from "../../lib/routing";
import { channels, nameOf, people, remove, save } from "../../state/channels";
import { FormEnd, ManyField, RemoveByName, TextField, useSaving } from "./form-parts";
import { namersOf } from "./namers";
import { targetWords } from "./routes";

type Kept = NonNullable<typeof people.value>[number];

function Form({ person, onDone }: { person: Kept | null; onDone: () => void }) {
  const form = useSignal<PersonForm>(personForm(person?.body ?? {}));
  const { fault, busy, send } = useSaving(() => save("people", person, personBody(form.peek())), onDone);
  const put = (more: Partial<PersonForm>): void => { form.value = { ...form.peek(), ...more }; };
  const words = tools.channels;
  return (
    <form class="card told-form" onSubmit={send}>
      <TextField name="name" label={tools.boards.name} value={form.value.name} required fault={fault.value} onValue={(name) => put({ name })} />
      <TextField name="email" label={words.types.email} type="email" value={form.value.email} help={words.mailHelp} fault={fault.value} onValue={(email) => put({ email })} />
      <ManyField name="channels" label={words.ways} help={words.waysHelp} chosen={form.value.channels} choices={(channels.value ?? []).map((c) => [c.id, nameOf(c)] as const)} fault={fault.value} onChosen={(chosen) => put({ channels: chosen })} />
      <FormEnd fault={fault.value} busy={busy.value} words={person === null ? words.addPerson : words.saveIt} onCancel={onDone} />
    </form>
  );
}

function Row({ person, admin }: { person: Kept; admin: boolean }) {
  const editing = useSignal(false);
  const { email, channels: ways } = personForm(person.body);
  const name = nameOf(person);
  if (editing.value) return <li class="told-editing"><Form person={person} onDone={() => { editing.value = false; }} /></li>;
  const reached = [...(email === "" ? [] : [email]), ...ways.map((id) => targetWords(`channel:${id}`))];
  return (
    <li class="rule-row">
      <div class="rule-words"><b>{name}</b><span class={reached.length === 0 ? "problem" : "quiet"}>{reached.length === 0 ? tools.channels.unreachable : reached.join(", ")}</span></div>
      {admin && <><button type="button" class="button" aria-label={tools.channels.editOne(name)} onClick={() => { editing.value = true; }}>{tools.channels.edit}</button><RemoveByName name={name} users={() => namersOf("people", person.id)} onRemove={() => remove("people", person.id)} /></>}
    </li>
  );
}

export function People({ admin }: { admin: boolean }) {
  const adding = useSignal(false);
  const all = people.value ?? [];
  const words = tools.channels;
  return (
    <section class="told-part" aria-labelledby="people">
      <header class="told-head"><h2 id="people">{words.people}</h2>{admin && !adding.value && <button type="button" class="button" onClick={() => { adding.value = true; }}>{words.addPerson}</button>}</header>
      <p class="quiet">{words.peopleHow}</p>
      {adding.value && <Form person={null} onDone={() => { adding.value = false; }} />}
      {all.length > 0 && <ul class="card rule-list told-list">{all.map((p) => <Row key={p.id} person={p} admin={admin} />)}</ul>}
    </section>
  );
}
