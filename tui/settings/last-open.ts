import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { LowSync } from "lowdb";
import { JSONFileSync } from "lowdb/node";
import type { ContactId } from "../../core/chat/api.ts";

/** The conversation that a profile had open last. */
export interface LastOpen {
  get(): ContactId | undefined;
  set(contactId: ContactId): void;
}

/** A conversation that is remembered as long as the process lives; for tests. */
export function lastOpenInMemory(initial?: ContactId): LastOpen {
  let contactId = initial;
  return {
    get: () => contactId,
    set: (next) => {
      contactId = next;
    },
  };
}

/**
 * Remembers the conversation in a file of the profile alone: no other process writes it, as those of other profiles
 * write the settings. Never throws: without a file that can be read or written it lasts as long as the process.
 */
export function openLastOpen(path: string): LastOpen {
  const db = new LowSync<unknown>(new JSONFileSync<unknown>(path), {});
  const inMemory = lastOpenInMemory(readContactId(db));
  return {
    get: inMemory.get,
    set: (contactId) => {
      if (contactId === inMemory.get()) return;
      inMemory.set(contactId);
      try {
        mkdirSync(dirname(path), { recursive: true });
        db.data = { contactId };
        db.write();
      } catch {
        // What is shown at the next start is not worth stopping a conversation for.
      }
    },
  };
}

function readContactId(db: LowSync<unknown>): ContactId | undefined {
  try {
    db.read();
  } catch {
    return undefined;
  }
  const { data } = db;
  if (typeof data !== "object" || data === null || !("contactId" in data)) return undefined;
  return typeof data.contactId === "number" ? data.contactId : undefined;
}
