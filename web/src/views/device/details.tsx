// SPDX-License-Identifier: Apache-2.0
// What is known of a device besides its readings.

import type { ComponentChildren } from "preact";
import { say } from "../../i18n/say";
import type { Device } from "../../net/wire";
import { DescribeForm } from "./describe";

function Entry({ name, children }: { name: string; children: ComponentChildren }) {
  return <><dt>{name}</dt><dd>{children}</dd></>;
}

export function Details({ device }: { device: Device }) {
  const words = say.device;
  return (
    <>
    <DescribeForm key={device.id} device={device} />
    <section class="card details" aria-labelledby="details">
      <header class="card-head"><h2 id="details">{words.details}</h2></header>
      <dl>
        <Entry name={words.id}><code>{device.id}</code></Entry>
        {device.model !== "" && <Entry name={words.model}>{device.model}</Entry>}
        {device.place !== null && <Entry name={words.place}>{device.place}</Entry>}
        {device.location && <Entry name={words.position}>{device.location.lat.toFixed(5)}, {device.location.lng.toFixed(5)}</Entry>}
        {device.tags.length > 0 && <Entry name={words.tags}>{device.tags.map((t) => <span key={t} class="tag">{t}</span>)}</Entry>}
        {device.attributes.map(([name, value]) => <Entry key={name} name={name}>{value}</Entry>)}
      </dl>
    </section>
    </>
  );
}
