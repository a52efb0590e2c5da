import {
  type Codec,
  char,
  DecodeError,
  largeText,
  mapped,
  maybe,
  struct,
  tail,
  word16,
} from "../../bytes/index.ts";
import { type E2eParams, e2eParams } from "../../ratchet/e2e-params.ts";
import type { InvitationRequest } from "../links/connection-request.ts";
import { formatConnectionRequest, parseConnectionRequest } from "../links/connection-request-text.ts";

interface Versioned {
  /** The agent version of the sender. */
  readonly agentVersion: number;
}

interface ConfirmationParts extends Versioned {
  /** Of the side that joins; the other side has none. */
  readonly ratchet: E2eParams | undefined;
  /** An `AgentMessage` with information, encrypted by the ratchet. */
  readonly encrypted: Uint8Array;
}

interface MessageParts extends Versioned {
  /** An `AgentMessage`, encrypted by the ratchet. */
  readonly encrypted: Uint8Array;
}

interface InvitationParts extends Versioned {
  readonly request: InvitationRequest;
  readonly info: Uint8Array;
}

interface RatchetKeyParts extends Versioned {
  readonly ratchet: E2eParams;
  readonly info: Uint8Array;
}

/** What is inside of the encryption between the two ends of a queue, "Communication between SMP agents". */
export type AgentEnvelope =
  /** Tells about ourselves while the connection is made. */
  | ({ readonly type: "confirmation" } & ConfirmationParts)
  | ({ readonly type: "message" } & MessageParts)
  /** To a contact address: please join this invitation. */
  | ({ readonly type: "invitation" } & InvitationParts)
  /** Keys for a new ratchet in place of one that is broken. */
  | ({ readonly type: "ratchetKey" } & RatchetKeyParts);

const invitationText: Codec<InvitationRequest> = mapped(
  largeText,
  (text) => {
    const request = parseConnectionRequest(text);
    if (request.mode !== "invitation") throw new DecodeError("link is not an invitation");
    return request;
  },
  formatConnectionRequest,
);

const confirmation = struct<Omit<ConfirmationParts, "agentVersion">>({
  ratchet: maybe(e2eParams),
  encrypted: tail,
});
const message = struct<Omit<MessageParts, "agentVersion">>({ encrypted: tail });
const invitation = struct<Omit<InvitationParts, "agentVersion">>({ request: invitationText, info: tail });
const ratchetKey = struct<Omit<RatchetKeyParts, "agentVersion">>({ ratchet: e2eParams, info: tail });

/** The version, a character for the kind, and its fields. */
export const agentEnvelope: Codec<AgentEnvelope> = {
  encode(writer, value) {
    word16.encode(writer, value.agentVersion);
    switch (value.type) {
      case "confirmation":
        char.encode(writer, "C");
        return confirmation.encode(writer, value);
      case "message":
        char.encode(writer, "M");
        return message.encode(writer, value);
      case "invitation":
        char.encode(writer, "I");
        return invitation.encode(writer, value);
      case "ratchetKey":
        char.encode(writer, "R");
        return ratchetKey.encode(writer, value);
    }
  },
  decode(reader) {
    const agentVersion = word16.decode(reader);
    switch (char.decode(reader)) {
      case "C":
        return { type: "confirmation", agentVersion, ...confirmation.decode(reader) };
      case "M":
        return { type: "message", agentVersion, ...message.decode(reader) };
      case "I":
        return { type: "invitation", agentVersion, ...invitation.decode(reader) };
      case "R":
        return { type: "ratchetKey", agentVersion, ...ratchetKey.decode(reader) };
      default:
        return reader.fail("agent envelope is of an unknown kind");
    }
  },
};
