import { concat, hexDecode } from "../../core/bytes/index.ts";
import { verifyCommandAuthenticator } from "../../core/crypto/authenticator.ts";
import { ed25519 } from "../../core/crypto/ed25519.ts";
import { nonceFromBytes } from "../../core/crypto/nonce.ts";
import type { Command } from "../../core/smp/command.ts";
import type { SmpError } from "../../core/smp/error.ts";
import type { AuthKey } from "../../core/smp/keys.ts";
import type { CommandTransmission } from "../../core/smp/transmission.ts";
import { sameKey } from "../store/keys.ts";
import type { Party, QueueRecord } from "../store/store.ts";
import type { SessionSecrets } from "./secrets.ts";
import { type ClientService, isService } from "./service.ts";
import type { SessionVerifiers } from "./verifiers.ts";

/**
 * Keys of nobody, for checks that are made only because they take time: a queue that does not exist, or a
 * key of another kind, must not be told from a wrong key by how long the answer takes ("Error responses").
 */
const dummyKeys = {
  Ed25519: {
    algorithm: "Ed25519",
    key: hexDecode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
  },
  Ed448: {
    algorithm: "Ed448",
    key: hexDecode(
      "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
    ),
  },
  X25519: {
    algorithm: "X25519",
    key: hexDecode("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
  },
} as const;

/** What authorisation depends on besides the command and its queue. */
export interface AuthorizationContext {
  readonly secrets: SessionSecrets;
  readonly verifiers: SessionVerifiers;
  /** Of clients with a service certificate. */
  readonly service: ClientService | undefined;
}

/** Whom the entity of a command belongs to; undefined for commands without a queue. */
export function commandParty(type: Command["type"]): Party | undefined {
  switch (type) {
    case "NEW":
    case "SUBS":
    case "NSUBS":
    case "PING":
    case "PRXY":
    case "PFWD":
    case "RFWD":
      return undefined;
    case "SKEY":
    case "SEND":
      return "sender";
    case "LKEY":
    case "LGET":
      return "link";
    case "NSUB":
      return "notifier";
    default:
      return "recipient";
  }
}

/**
 * Whether a command may be carried out ("Transmission structure", "Error responses"), or the error.
 * @param queue of the command's entity; undefined where there is none
 */
export function authorize(
  context: AuthorizationContext,
  transmission: CommandTransmission,
  queue: QueueRecord | undefined,
): SmpError | undefined {
  const { command, serviceSignature } = transmission;
  const { service } = context;
  if (queue === undefined && commandParty(command.type) !== undefined) {
    verifyDummy(context, transmission);
    return { type: "AUTH" };
  }
  if (service !== undefined && !isService(service.role, command.type)) {
    return { type: "CMD", error: "PROHIBITED" };
  }
  if (!isServiceSigned(service, transmission)) return { type: "SERVICE" };
  const authorized =
    service !== undefined && serviceSignature !== undefined
      ? concat(service.certHash, transmission.authorized)
      : transmission.authorized;
  return check(context, transmission, authorized, queue) ? undefined : refusal(command.type);
}

function refusal(type: Command["type"]): SmpError {
  return type === "SUBS" || type === "NSUBS" ? { type: "SERVICE" } : { type: "AUTH" };
}

function check(
  context: AuthorizationContext,
  transmission: CommandTransmission,
  authorized: Uint8Array,
  queue: QueueRecord | undefined,
): boolean {
  const { command, authorization } = transmission;
  const isOf = (key: AuthKey): boolean => verifyKey(context, transmission, authorized, key);
  switch (command.type) {
    case "PING":
    case "PRXY":
    case "PFWD":
    case "RFWD":
      return true;
    case "NEW":
      return isOf(command.rcvAuthKey);
    case "SUBS":
    case "NSUBS":
      return isOfService(context.service, transmission);
    case "SEND":
      // Until the queue is secured, messages come without authorization.
      return queue?.senderKey === undefined ? authorization === undefined : isOf(queue.senderKey);
    case "SKEY":
    case "LKEY":
      return secureKeyAllowed(queue, command.key) ? isOf(command.key) : verifyDummy(context, transmission);
    case "LGET":
      return queue !== undefined && isContactQueue(queue);
    case "NSUB":
      return queue?.notifier === undefined ? verifyDummy(context, transmission) : isOf(queue.notifier.key);
    default:
      return queue?.recipientKeys.some(isOf) ?? false;
  }
}

/** Contact queues made before SKEY have no mode: they are those that nobody secured. */
export function isContactQueue({ mode, senderKey }: QueueRecord): boolean {
  return mode === undefined ? senderKey === undefined : mode === "contact";
}

/** Whether the queue is for one sender, who has secured it. */
export function isSecuredMessagingQueue({ mode, senderKey }: QueueRecord): boolean {
  return mode !== "contact" && senderKey !== undefined;
}

function secureKeyAllowed(queue: QueueRecord | undefined, key: AuthKey): boolean {
  if (queue?.mode !== "messaging") return false;
  return queue.senderKey === undefined || sameKey(queue.senderKey, key);
}

/** Only NEW, SUB and NSUB carry the signature of a service, and of a service they have to. */
function isServiceSigned(
  service: ClientService | undefined,
  { command, serviceSignature, authorized }: CommandTransmission,
): boolean {
  if (command.type !== "NEW" && command.type !== "SUB" && command.type !== "NSUB") {
    return serviceSignature === undefined;
  }
  if (service === undefined || serviceSignature === undefined) {
    return service === undefined && serviceSignature === undefined;
  }
  return ed25519.verify(service.key, authorized, serviceSignature);
}

function isOfService(
  service: ClientService | undefined,
  { authorization, authorized, entityId }: CommandTransmission,
): boolean {
  if (service === undefined || authorization?.type !== "signature" || authorization.algorithm !== "Ed25519") {
    return false;
  }
  return (
    service.serviceId.length === entityId.length &&
    service.serviceId.every((byte, i) => byte === entityId[i]) &&
    ed25519.verify(service.key, authorized, authorization.signature)
  );
}

/** Verifies with the key, or, when it is of another kind than the authorization, with one of nobody. */
function verifyKey(
  context: AuthorizationContext,
  transmission: CommandTransmission,
  authorized: Uint8Array,
  key: AuthKey,
): boolean {
  const { authorization } = transmission;
  if (authorization === undefined) return false;
  if (authorization.type === "signature") {
    const { algorithm, signature } = authorization;
    const isSame = key.algorithm === algorithm;
    const verifyKey = { algorithm, key: isSame ? key.key : dummyKeys[algorithm].key };
    return context.verifiers.verify(transmission.entityId, verifyKey, authorized, signature) && isSame;
  }
  const { entityId, correlationId } = transmission;
  const secret = key.algorithm === "X25519" ? context.secrets.get(entityId, key.key) : undefined;
  const known = secret ?? context.secrets.get(entityId, dummyKeys.X25519.key);
  const nonce = nonceFromBytes(correlationId);
  const matches =
    known !== undefined && verifyCommandAuthenticator(known, nonce, authorized, authorization.authenticator);
  return matches && secret !== undefined;
}

/** Takes as long as verifying with a queue's key would. @returns false */
function verifyDummy(context: AuthorizationContext, transmission: CommandTransmission): false {
  const { authorization, authorized } = transmission;
  const algorithm = authorization?.type === "signature" ? authorization.algorithm : "X25519";
  verifyKey(context, transmission, authorized, dummyKeys[algorithm]);
  return false;
}
