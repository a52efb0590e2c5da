import type { Contact, ContactId, Message, MessageId, Profile } from "../api.ts";

/** Messages that one contact can have before its ids would meet the next contact's. */
const idsPerContact = 1_000_000;
const minuteMs = 60_000;
const firstNames =
  "Grace Ada Alan Lin Barbara Edsger Katherine Donald Radia Leslie Frances Tim Hedy Claude Margaret".split(
    " ",
  );
const lastNames =
  "Hopper Lovelace Turing Clark Liskov Dijkstra Johnson Knuth Perlman Lamport Allen Lee Lamarr Shannon".split(
    " ",
  );
const sentences = [
  "Did the relay move work out?",
  "Yes. Rotated overnight, nothing lost.",
  "Bring the printed code, we verify in person.",
  "see you at eight then",
  "The draft is pushed; the *second section* still needs a table and `npm test` fails on the old laptop, which I will look at after lunch unless somebody is faster.",
  "ok 👍",
  "日本語のメッセージも、ちゃんと表示されますか?",
  "https://example.org/notes has the list",
  "שלום, נתראה מחר",
  "One more thing:\n- bread\n- coffee\n- the long cable",
];

/** A profile that depends on `index` only. */
export function fakeProfile(index: number): Profile {
  const first = firstNames[index % firstNames.length] ?? "";
  const last = lastNames[Math.floor(index / firstNames.length) % lastNames.length] ?? "";
  const round = Math.floor(index / (firstNames.length * lastNames.length));
  return { displayName: round === 0 ? `${first} ${last}` : `${first} ${last} ${round + 1}` };
}

export function fakeContact(id: ContactId, nowMs: number): Contact {
  return {
    id,
    state: "connected",
    profile: fakeProfile(id - 1),
    createdAtMs: nowMs - 90 * 24 * 60 * minuteMs,
    muted: id % 10 === 9,
    verified: id % 3 === 1,
    quantumSafe: id % 7 !== 6,
  };
}

/** The `index`th message of a made-up history that ends `lastMs`; always the same for the same arguments. */
export function fakeMessage(contactId: ContactId, index: number, total: number, lastMs: number): Message {
  const sent = (index * 7 + contactId) % 5 < 2;
  const text = sentences[(index * 3 + contactId) % sentences.length] ?? "";
  const sentAtMs = lastMs - (total - 1 - index) * 17 * minuteMs;
  const base = {
    id: contactId * idsPerContact + index,
    contactId,
    sentAtMs,
    content: { type: "text" },
    text,
    forwarded: false,
    edited: index % 11 === 5,
    live: false,
    reactions: index % 13 === 4 ? [{ emoji: "👍", count: 1, mine: false }] : [],
  } as const;
  const message: Message = sent
    ? { ...base, direction: "sent", status: { state: "delivered", atMs: sentAtMs + 1000 } }
    : { ...base, direction: "received", receivedAtMs: sentAtMs + 500, read: true };
  if (index % 9 !== 3 || index === 0) return message;
  return {
    ...message,
    quote: { by: "contact", text: "Did the relay move work out?", atMs: sentAtMs - minuteMs },
  };
}

/** The contact and the place in its made-up history that an id stands for. */
export function splitMessageId(id: MessageId): { contactId: ContactId; index: number } {
  return { contactId: Math.floor(id / idsPerContact), index: id % idsPerContact };
}
