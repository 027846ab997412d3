// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { useAlerts, useTelltale } from "../src/react.js";

export function AlertList() {
  const alerts = useAlerts();
  const client = useTelltale();
  const [problem, setProblem] = useState<string | null>(null);
  const acknowledge = (id: string) => client.acknowledge(id).then(() => setProblem(null), (error: Error) => setProblem(error.message));
  return (
    <section aria-label="Alerts">
      <h2>Alerts</h2>
      {problem !== null && <p role="alert">{problem}</p>}
      {alerts.length === 0 && <p className="empty">Nothing is wrong.</p>}
      <ul className="alerts">
        {alerts.slice(0, 50).map((alert) => (
          <li key={alert.id} className={alert.severity}>
            <b>{alert.severity}</b> {alert.deviceId}: {alert.message}
            {alert.acknowledged ? <small>acknowledged</small> : <button onClick={() => void acknowledge(alert.id)}>Acknowledge</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
