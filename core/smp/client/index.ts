export { type Backoff, defaultBackoff } from "./backoff.ts";
export {
  type AuthPrivateKey,
  connectClient,
  type Delivery,
  type LinkAnswer,
  type NotifierQueue,
  type RecipientQueue,
  type SenderQueue,
  SmpClient,
  startClient,
} from "./client.ts";
export { UnexpectedResponseError } from "./errors.ts";
export type { ServerEvent } from "./events.ts";
export type { ClientSession, ServiceCredentials } from "./handshake.ts";
export { type ClientOptions, defaultTimeouts, type Timeouts, torTimeouts } from "./options.ts";
export { type PoolEvent, type PoolOptions, RelayPool } from "./pool.ts";
export type { ProxySession } from "./proxied.ts";
export type { RelayState } from "./relay-session.ts";
export { isRetryable } from "./subscriptions.ts";
