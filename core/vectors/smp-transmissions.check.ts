import type { Unchecked } from "./files.ts";
import { checkHandshake, checkServiceError } from "./smp-transmissions/handshake.ts";
import {
  checkDelivery,
  checkEnvelope,
  checkNotification,
  checkPrivateHeader,
  checkPublicHeader,
} from "./smp-transmissions/messages.ts";
import { checkProxied } from "./smp-transmissions/proxied.ts";
import {
  checkBatch,
  checkBatchLimit,
  checkBrokerTransmission,
  checkClientTransmission,
  checkPaddedBlock,
} from "./smp-transmissions/transmissions.ts";
import type { VectorChecks } from "./vectors.ts";

export const checks: VectorChecks = {
  clientTransmission: checkClientTransmission,
  brokerTransmission: checkBrokerTransmission,
  batch: checkBatch,
  batchLimit: checkBatchLimit,
  paddedBlock: checkPaddedBlock,
  proxied: checkProxied,
  handshake: checkHandshake,
  handshakeServiceError: checkServiceError,
  pubHeader: checkPublicHeader,
  privHeader: checkPrivateHeader,
  clientMsgEnvelope: checkEnvelope,
  rcvMessage: checkDelivery,
  rcvMessageQuota: checkDelivery,
  nMsgMeta: checkNotification,
};

export const unchecked: Unchecked = {
  "batchLimit: input.version": "in the versions next to it the transmission is as long",
  "handshake: input.clientVersionRange.max": "it is our newest version, which no relay here offers more than",
};
