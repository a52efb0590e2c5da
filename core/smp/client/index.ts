export { type Backoff, defaultBackoff } from "./backoff.ts";
export { SmpClient } from "./client.ts";
export { connectClient, startClient } from "./connect.ts";
export { UnexpectedResponseError } from "./errors.ts";
export type { ServerEvent } from "./events.ts";
export type { ClientSession, ServiceCredentials } from "./handshake.ts";
export { type ClientOptions, defaultTimeouts, type Timeouts, torTimeouts } from "./options.ts";
export { type PoolEvent, type PoolOptions, RelayPool } from "./pool.ts";
export type { ProxySession } from "./proxied.ts";
export type {
  AuthPrivateKey,
  Delivery,
  LinkAnswer,
  NotifierQueue,
  RecipientQueue,
  SenderQueue,
} from "./queues.ts";
export type { RelayState } from "./relay-session.ts";
export { isRetryable } from "./subscriptions.ts";
