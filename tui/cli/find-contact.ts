import { type Chat, ChatError, type Contact } from "../../core/chat/api.ts";

/** The name that people know a contact by. */
export function nameOf({ alias, profile }: Contact): string {
  return alias ?? profile.displayName;
}

/**
 * The contact that is meant: by its name, exactly or else without regard to case, or by its id.
 * @throws ChatError notFound; badArgument when several have the name
 */
export async function findContact(chat: Chat, wanted: string): Promise<Contact> {
  const contacts = await chat.contact.list();
  const exact = contacts.filter((contact) => nameOf(contact) === wanted);
  const fold = (text: string): string => text.normalize("NFKC").toLowerCase();
  const alike = contacts.filter((contact) => fold(nameOf(contact)) === fold(wanted));
  const found = exact.length > 0 ? exact : alike;
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined) {
    const ids = found.map(({ id }) => id).join(", ");
    throw new ChatError(
      "badArgument",
      `Several contacts are called "${wanted}": name one by its id, ${ids}.`,
    );
  }
  const byId = /^\d+$/.test(wanted) ? contacts.find(({ id }) => id === Number(wanted)) : undefined;
  if (byId !== undefined) return byId;
  throw new ChatError("notFound", `There is no contact "${wanted}"; sotto contacts lists them.`);
}
