/**
 * Bytes with a name that only the type checker sees: plain bytes fit every name, but a value that has one
 * name is refused where another is due.
 */
export type Named<Name extends string> = Uint8Array & { readonly named?: Name };

/** By which the recipient names a queue. */
export type RecipientId = Named<"recipient id">;
/** By which the sender names a queue. */
export type SenderId = Named<"sender id">;
/** By which a notification service names a queue. */
export type NotifierId = Named<"notifier id">;
/** By which the data of a short link is named. */
export type LinkId = Named<"link id">;
/** By which a relay names a client with a service certificate. */
export type ServiceId = Named<"service id">;
/** Of a message in a queue; also the nonce of its encryption for the recipient. */
export type MessageId = Named<"message id">;
/** Ties a response to its command: 24 random bytes, or empty in what a relay sends unasked. */
export type CorrelationId = Named<"correlation id">;
/** The `tls-unique` value of a connection, or what takes its place in another transport. */
export type SessionId = Named<"session id">;
/** SHA-256 of a relay's identity certificate: 32 bytes. */
export type KeyHash = Named<"key hash">;
/** A raw X25519 public key: 32 bytes. */
export type X25519PublicKey = Named<"X25519 public key">;

/** What a transmission is about: a queue, link, service or proxy session id, or empty. */
export type EntityId = RecipientId | SenderId | NotifierId | LinkId | ServiceId | SessionId;

/** No entity, and no correlation. */
export const noId = new Uint8Array(0);
