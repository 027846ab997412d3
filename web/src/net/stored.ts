// SPDX-License-Identifier: Apache-2.0
// One value that this browser keeps: in IndexedDB, since a fleet is too large for what blocks.

const database = "telltale";
const table = "snapshots";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  return done(request);
}

export async function readStored(key: string): Promise<unknown> {
  const db = await open();
  try {
    return await done(db.transaction(table).objectStore(table).get(key));
  } finally {
    db.close();
  }
}

export async function writeStored(key: string, value: unknown): Promise<void> {
  const db = await open();
  try {
    await done(db.transaction(table, "readwrite").objectStore(table).put(value, key));
  } finally {
    db.close();
  }
}

export async function forgetStored(key: string): Promise<void> {
  const db = await open();
  try {
    await done(db.transaction(table, "readwrite").objectStore(table).delete(key));
  } finally {
    db.close();
  }
}
