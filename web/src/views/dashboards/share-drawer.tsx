// SPDX-License-Identifier: Apache-2.0
// Links to the dashboard: for colleagues, for people without a login, for a screen on a wall. Whoever has the second or
// third reads this dashboard until it expires or is revoked, and nothing else.

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { tools } from "../../i18n/tools";
import type { Board } from "../../lib/board";
import { formatDayTime } from "../../lib/format";
import { serverNow } from "../../state/clock";
import { deviceOf } from "../../state/fleet";
import { Shares } from "../../state/shares";
import { CopyButton } from "../copy";
import { Drawer } from "../drawer";

const day = 86_400_000;
const usualDistance = 4;
const usualDiagonal = 55;
const lasts = [1, 7, 30, 365] as const;

function LinkBox({ words, address }: { words: string; address: string }) {
  return (
    <div class="share-link">
      <label class="form-field">{words} <input readOnly value={address} onFocus={(e) => e.currentTarget.select()} /></label>
      <CopyButton text={address} />
    </div>
  );
}

/** What a screen is asked to be: where it hangs, and whether it goes through the dashboards. */
function wallQuery(distance: number, diagonal: number, rotate: number): string {
  const query = new URLSearchParams({ wall: "1" });
  if (distance !== usualDistance) query.set("distance", String(distance));
  if (diagonal !== usualDiagonal) query.set("diagonal", String(diagonal));
  if (rotate > 0) query.set("rotate", String(rotate));
  return query.toString();
}

function NumberField({ words, value, min, max, step }: { words: string; value: Signal<number>; min: number; max: number; step: number }) {
  return (
    <label class="form-field">{words} <input type="number" min={min} max={max} step={step} value={value.value}
      onChange={(e) => { const n = Number(e.currentTarget.value); if (n >= min && n <= max) value.value = n; else e.currentTarget.value = String(value.peek()); }} /></label>
  );
}

function WallPart({ id, distance, diagonal }: { id: string; distance: Signal<number>; diagonal: Signal<number> }) {
  const rotate = useSignal(0);
  const address = `${location.origin}/dashboards/${encodeURIComponent(id)}?${wallQuery(distance.value, diagonal.value, rotate.value)}`;
  return (
    <section class="share-part">
      <h3>{tools.boards.share.onWall}</h3>
      <div class="share-sizes">
        <NumberField words={tools.boards.share.distance} value={distance} min={0.5} max={30} step={0.5} />
        <NumberField words={tools.boards.share.diagonal} value={diagonal} min={10} max={200} step={1} />
        <NumberField words={tools.boards.share.rotate} value={rotate} min={0} max={3600} step={5} />
      </div>
      <LinkBox words={tools.boards.share.wallHere} address={address} />
    </section>
  );
}

function Made({ token, wall }: { token: string; wall: string }) {
  const address = `${location.origin}/s/${token}`;
  return (
    <div class="share-made" role="status">
      <p><b>{tools.boards.share.once}</b></p>
      <LinkBox words={tools.boards.share.link} address={address} />
      <LinkBox words={tools.boards.share.wall} address={`${address}?${wall}`} />
    </div>
  );
}

function New({ shares, board, devices }: { shares: Shares; board: Board; devices: readonly string[] }) {
  const name = useSignal("");
  const days = useSignal<number>(7);
  const named = devices.map((id) => deviceOf(id)?.name ?? id).join(", ");
  const make = (event: Event): void => {
    event.preventDefault();
    void shares.make(name.peek().trim(), serverNow() + days.peek() * day, board.variables.length > 0 ? devices : []);
  };
  return (
    <form class="share-new" onSubmit={make}>
      <label class="form-field">{tools.boards.share.name} <input value={name} maxLength={60} onInput={(e) => { name.value = e.currentTarget.value; }} /></label>
      <label class="form-field">{tools.boards.share.lasts}
        <select value={days.value} onChange={(e) => { days.value = Number(e.currentTarget.value); }}>
          {lasts.map((n) => <option key={n} value={n}>{tools.boards.share.days(n)}</option>)}
        </select>
      </label>
      {board.variables.length > 0 && <p class="quiet">{devices.length > 0 ? tools.boards.share.forDevices(named) : tools.boards.share.noDevices}</p>}
      <p><button type="submit" class="button button-primary" disabled={shares.busy.value}>{tools.boards.share.make}</button></p>
    </form>
  );
}

function List({ shares }: { shares: Shares }) {
  const all = shares.all.value;
  if (all === null || all.length === 0) return all && <p class="empty">{tools.boards.share.none}</p>;
  return (
    <ul class="share-list">
      {all.map((s) => (
        <li key={s.id}>
          <span><b>{s.name || tools.boards.share.unnamed}</b> <span class="quiet">{s.expired ? tools.boards.share.expired(formatDayTime(s.expiresAt)) : tools.boards.share.until(formatDayTime(s.expiresAt))}, {tools.boards.share.viewers(s.viewers)}</span></span>
          <button type="button" class="button" disabled={shares.busy.value} aria-label={tools.boards.share.revokeThis(s.name || tools.boards.share.unnamed)} onClick={() => void shares.revoke(s.id)}>{tools.boards.share.revoke}</button>
        </li>
      ))}
    </ul>
  );
}

export function ShareDrawer({ id, board, devices, onClose }: { id: string; board: Board; devices: readonly string[]; onClose: () => void }) {
  const shares = useMemo(() => new Shares(id), [id]);
  const distance = useSignal(usualDistance);
  const diagonal = useSignal(usualDiagonal);
  useEffect(() => void shares.load(), [shares]);
  return (
    <Drawer title={tools.boards.share.title} onClose={onClose}>
      <section class="share-part"><h3>{tools.boards.share.colleagues}</h3><LinkBox words={tools.boards.share.here} address={location.href} /></section>
      <WallPart id={id} distance={distance} diagonal={diagonal} />
      <section class="share-part">
        <h3>{tools.boards.share.everybody}</h3>
        <p class="quiet">{tools.boards.share.what}</p>
        {shares.problem.value !== null && <p class="problem" role="alert">{shares.problem}</p>}
        {shares.made.value !== null && <Made token={shares.made.value.token} wall={wallQuery(distance.value, diagonal.value, 0)} />}
        <New shares={shares} board={board} devices={devices} />
        <List shares={shares} />
      </section>
    </Drawer>
  );
}
