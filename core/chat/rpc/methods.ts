import type { Chat } from "../api.ts";
import { array, boolean, nullable, object, oneOf, optional, type Parser, string, whole } from "./params.ts";

/** Calls one method of the chat with parameters that came as JSON. @throws ChatError */
export type RpcMethod = (chat: Chat, params: unknown) => Promise<unknown>;

const none = object({});
const contact = object({ contactId: whole });
const allow = oneOf("always", "yes", "no");
const preferences = object({
  timedMessages: optional(object({ allow, ttlSeconds: optional(whole) })),
  fullDelete: optional(allow),
  reactions: optional(allow),
  voice: optional(allow),
  files: optional(allow),
  calls: optional(allow),
});
const profileFields = { fullName: optional(string), description: optional(string), image: optional(string) };
const draft = object({ text: string, replyTo: optional(whole), editing: optional(whole) });
const relay = object({
  address: string,
  receive: boolean,
  proxy: boolean,
  origin: oneOf("local", "preset", "own"),
  operator: optional(string),
  enabled: boolean,
});

function method<P>(parser: Parser<P>, call: (chat: Chat, params: P) => Promise<unknown>): RpcMethod {
  return (chat, params) => call(chat, parser(params ?? {}, "params"));
}

/** Every method of the API by the name it has in `sotto rpc`; a test holds it against the API. */
export const rpcMethods: Readonly<Record<string, RpcMethod>> = {
  "profile.get": method(none, (chat) => chat.profile.get()),
  "profile.create": method(object({ displayName: string, ...profileFields }), (chat, p) =>
    chat.profile.create(p),
  ),
  "profile.update": method(
    object({
      displayName: optional(string),
      ...profileFields,
      sendReceipts: optional(boolean),
      preferences: optional(preferences),
    }),
    (chat, p) => chat.profile.update(p),
  ),
  "contact.list": method(none, (chat) => chat.contact.list()),
  "contact.get": method(contact, (chat, p) => chat.contact.get(p)),
  "contact.rename": method(object({ contactId: whole, alias: string }), (chat, p) => chat.contact.rename(p)),
  "contact.mute": method(object({ contactId: whole, muted: boolean }), (chat, p) => chat.contact.mute(p)),
  "contact.verify": method(object({ contactId: whole, code: nullable(string) }), (chat, p) =>
    chat.contact.verify(p),
  ),
  "contact.preferences": method(contact, (chat, p) => chat.contact.preferences(p)),
  "contact.setPreferences": method(object({ contactId: whole, preferences }), (chat, p) =>
    chat.contact.setPreferences(p),
  ),
  "contact.delete": method(object({ contactId: whole, notify: boolean }), (chat, p) =>
    chat.contact.delete(p),
  ),
  "conversation.list": method(none, (chat) => chat.conversation.list()),
  "conversation.get": method(contact, (chat, p) => chat.conversation.get(p)),
  "conversation.markRead": method(object({ contactId: whole, upTo: optional(whole) }), (chat, p) =>
    chat.conversation.markRead(p),
  ),
  "conversation.clear": method(contact, (chat, p) => chat.conversation.clear(p)),
  "message.list": method(
    object({
      contactId: whole,
      before: optional(whole),
      after: optional(whole),
      around: optional(whole),
      limit: optional(whole),
    }),
    (chat, p) => chat.message.list(p),
  ),
  "message.get": method(object({ messageId: whole }), (chat, p) => chat.message.get(p)),
  "message.send": method(
    object({ contactId: whole, text: string, replyTo: optional(whole), ttlSeconds: optional(whole) }),
    (chat, p) => chat.message.send(p),
  ),
  "message.edit": method(object({ messageId: whole, text: string }), (chat, p) => chat.message.edit(p)),
  "message.delete": method(object({ messageId: whole, for: oneOf("self", "both") }), (chat, p) =>
    chat.message.delete(p),
  ),
  "message.react": method(object({ messageId: whole, emoji: string, add: boolean }), (chat, p) =>
    chat.message.react(p),
  ),
  "message.retry": method(object({ messageId: whole }), (chat, p) => chat.message.retry(p)),
  "message.search": method(
    object({ text: string, contactId: optional(whole), limit: optional(whole) }),
    (chat, p) => chat.message.search(p),
  ),
  "draft.set": method(object({ contactId: whole, draft }), (chat, p) => chat.draft.set(p)),
  "invitation.create": method(object({ incognito: optional(boolean), label: optional(string) }), (chat, p) =>
    chat.invitation.create(p),
  ),
  "invitation.list": method(none, (chat) => chat.invitation.list()),
  "invitation.cancel": method(object({ invitationId: whole }), (chat, p) => chat.invitation.cancel(p)),
  "connection.preview": method(object({ link: string }), (chat, p) => chat.connection.preview(p)),
  "connection.join": method(
    object({ link: string, incognito: optional(boolean), text: optional(string) }),
    (chat, p) => chat.connection.join(p),
  ),
  "connection.security": method(contact, (chat, p) => chat.connection.security(p)),
  "connection.rotate": method(contact, (chat, p) => chat.connection.rotate(p)),
  "connection.resync": method(object({ contactId: whole, force: optional(boolean) }), (chat, p) =>
    chat.connection.resync(p),
  ),
  "address.get": method(none, (chat) => chat.address.get()),
  "address.create": method(none, (chat) => chat.address.create()),
  "address.update": method(
    object({ autoAccept: optional(nullable(object({ incognito: boolean }))), welcomeText: optional(string) }),
    (chat, p) => chat.address.update(p),
  ),
  "address.delete": method(none, (chat) => chat.address.delete()),
  "request.list": method(none, (chat) => chat.request.list()),
  "request.accept": method(object({ requestId: whole, incognito: optional(boolean) }), (chat, p) =>
    chat.request.accept(p),
  ),
  "request.reject": method(object({ requestId: whole }), (chat, p) => chat.request.reject(p)),
  "relay.list": method(none, (chat) => chat.relay.list()),
  "relay.set": method(object({ relays: array(relay) }), (chat, p) => chat.relay.set(p)),
  "relay.presets": method(none, (chat) => chat.relay.presets()),
  "relay.status": method(none, (chat) => chat.relay.status()),
  "relay.test": method(object({ address: string }), (chat, p) => chat.relay.test(p)),
  "relay.reconnect": method(none, (chat) => chat.relay.reconnect()),
  "network.get": method(none, (chat) => chat.network.get()),
  "network.set": method(
    object({
      privateRouting: optional(oneOf("always", "unknown", "unprotected", "never")),
      privateRoutingFallback: optional(oneOf("allow", "allowProtected", "prohibit")),
      socksProxy: optional(nullable(string)),
    }),
    (chat, p) => chat.network.set(p),
  ),
  "storage.info": method(none, (chat) => chat.storage.info()),
  "storage.setPassphrase": method(object({ current: optional(string), passphrase: string }), (chat, p) =>
    chat.storage.setPassphrase(p),
  ),
  "storage.backup": method(object({ path: string, passphrase: string }), (chat, p) => chat.storage.backup(p)),
};
