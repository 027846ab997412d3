// SPDX-License-Identifier: Apache-2.0
// A part of the page that fails takes nothing else with it: its place says so, with an id to quote and
// a way to try again.

import { Component, type ComponentChildren } from "preact";
import { say } from "../i18n/say";
import { formatClock } from "../lib/format";

interface State {
  readonly id: string;
}

const idLength = 6;

export class Guard extends Component<{ readonly children: ComponentChildren }, State> {
  override state: State = { id: "" };

  override componentDidCatch(error: unknown): void {
    const id = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36).padStart(idLength, "0").slice(-idLength) ?? "";
    // The console of the browser has the rest, by the same id.
    console.error(id, error);
    this.setState({ id });
  }

  override render(): ComponentChildren {
    if (this.state.id === "") return this.props.children;
    return (
      <div class="card guard" role="alert">
        <p>{say.guard(formatClock(Date.now()), this.state.id)}</p>
        <button type="button" class="button" onClick={() => this.setState({ id: "" })}>{say.chart.retry}</button>
      </div>
    );
  }
}
