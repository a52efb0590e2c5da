import { expect, test } from "vitest";
import { createFakeChat } from "../../core/chat/testing/fake-chat.ts";
import { findContact, nameOf } from "./find-contact.ts";

test("a contact is found by its name, exactly before alike, and by its id", async () => {
  const chat = createFakeChat({ nowMs: () => 0, contacts: 3, messages: 0 });
  const [first, second, third] = await chat.contact.list();
  if (first === undefined || second === undefined || third === undefined) throw new Error("there are three");
  const found = async (wanted: string) => (await findContact(chat, wanted)).id;
  expect(await found(nameOf(first))).toBe(first.id);
  expect(await found(nameOf(first).toUpperCase())).toBe(first.id);
  expect(await found(`${second.id}`)).toBe(second.id);
  await expect(found("nobody")).rejects.toMatchObject({ code: "notFound" });
  await expect(found("99999")).rejects.toMatchObject({ code: "notFound" });

  await chat.contact.rename({ contactId: first.id, alias: "twin" });
  await chat.contact.rename({ contactId: second.id, alias: "Twin" });
  expect([await found("twin"), await found("Twin")]).toEqual([first.id, second.id]);
  await expect(found("TWIN")).rejects.toMatchObject({ code: "badArgument" });
  // A name of digits is a name first.
  await chat.contact.rename({ contactId: third.id, alias: `${first.id}` });
  expect(await found(`${first.id}`)).toBe(third.id);
});
