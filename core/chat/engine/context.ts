import type { Agent } from "../../agent/api.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Random } from "../../crypto/random.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { ChatError, type ContactId, type OwnProfile } from "../api.ts";
import type { ZstdCompress } from "../protocol/zstd.ts";
import type { ContactRecord, SettingsRecord } from "../store/records.ts";
import { contacts, getSettings } from "../store/tables.ts";
import type { Changes } from "./changes.ts";
import type { Unsent } from "./unsent.ts";

/** What every part of the chat works with. */
export interface Context {
  readonly store: Store;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly random: Random;
  readonly zstd: ZstdCompress;
  readonly changes: Changes;
  readonly unsent: Unsent;
  /** To be called when messages may have got a time at which they disappear. */
  checkLifetimes(): void;
}

/** Runs a change in a transaction, and tells listeners of it when it is committed. */
export function change<T>({ store, changes }: Context, run: (tx: Transaction) => T): T {
  const value = store.transaction(run);
  changes.flush();
  return value;
}

/** @throws ChatError notFound */
export function contactOf(tx: Transaction, contactId: ContactId): ContactRecord {
  const contact = contacts.get(tx, contactId);
  if (contact === undefined) throw new ChatError("notFound", `There is no contact ${contactId}.`);
  return contact;
}

/** Changes some fields of a contact as it is now in the store, and notes that it changed. @throws ChatError notFound */
export function updateContact(
  { changes }: Context,
  tx: Transaction,
  contactId: ContactId,
  fields: Partial<ContactRecord>,
): ContactRecord {
  const contact = { ...contactOf(tx, contactId), ...fields };
  contacts.put(tx, contactId, contact);
  changes.contact(contactId);
  return contact;
}

/** Our profile with the settings it is part of. @throws ChatError noProfile */
export function ownProfile(tx: Transaction): SettingsRecord & { profile: OwnProfile; agentProfile: number } {
  const settings = getSettings(tx);
  const { profile, agentProfile } = settings;
  if (profile === undefined || agentProfile === undefined) {
    throw new ChatError("noProfile", "There is no profile yet: create one first.");
  }
  return { ...settings, profile, agentProfile };
}
