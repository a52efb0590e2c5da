import { bool, type Codec } from "../bytes/index.ts";

/** What a sender tells the relay about a message. */
export interface MessageFlags {
  /** Whether the relay is to wake the recipient. */
  readonly notification: boolean;
}

const space = 0x20;

/** One byte, `T` or `F`; more flags up to the next space are passed over. */
export const messageFlags: Codec<MessageFlags> = {
  encode: (writer, { notification }) => bool.encode(writer, notification),
  decode(reader) {
    const notification = bool.decode(reader);
    for (let next = reader.peek(); next !== undefined && next !== space; next = reader.peek()) reader.byte();
    return { notification };
  },
};
