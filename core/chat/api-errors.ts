/**
 * Why a method of the chat API failed. `message` is for people: what happened, what was kept, what to do
 * next, in one or two sentences without secrets. Programs go by `code`.
 */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly code: ChatErrorCode;

  constructor(code: ChatErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Each code with the number that `sotto rpc` answers and the exit code of the one-shot commands. */
export const chatErrorCodes = {
  /** A parameter has the wrong shape or a value out of its range. */
  badArgument: { rpc: -32602, exit: 2 },
  /** The id, name or file names nothing. */
  notFound: { rpc: 1, exit: 3 },
  /** A profile is needed first. */
  noProfile: { rpc: 2, exit: 4 },
  /** There is a profile already. */
  profileExists: { rpc: 3, exit: 4 },
  /** Not a link of the network, damaged, or of a version that is not supported. */
  badLink: { rpc: 10, exit: 10 },
  /** The invitation was used or withdrawn, or the address deleted. */
  linkUsed: { rpc: 11, exit: 11 },
  /** The link is our own. */
  ownLink: { rpc: 12, exit: 12 },
  /** Connected, or connecting, through this link already. */
  alreadyConnected: { rpc: 13, exit: 13 },
  /** The security code given is not the one of the connection. */
  wrongCode: { rpc: 14, exit: 14 },
  /** No answer from the relay; what was to be sent is kept. */
  relayUnreachable: { rpc: 20, exit: 20 },
  /** The relay answered and refused; a wrong identity or password of the relay is here too. */
  relayRefused: { rpc: 21, exit: 21 },
  /** No relay is set up that could do it. */
  noRelay: { rpc: 22, exit: 22 },
  /** The contact is not connected yet, or deleted the connection. */
  notConnected: { rpc: 30, exit: 30 },
  /** Preferences, age or kind of the message forbid it. */
  notAllowed: { rpc: 31, exit: 31 },
  /** Text above the size that fits into one message. */
  tooLong: { rpc: 32, exit: 32 },
  /** A passphrase is needed, or the one given is wrong. */
  wrongPassphrase: { rpc: 40, exit: 40 },
  /** Another instance has the data open. */
  locked: { rpc: 41, exit: 41 },
  /** The file or folder can't be read, written or made by this user, or exists already. */
  noPermission: { rpc: 42, exit: 42 },
  /** There is no room on the disk; nothing of the change was kept. */
  diskFull: { rpc: 43, exit: 43 },
  /** The file is not a backup or a store, or is damaged. */
  badFile: { rpc: 44, exit: 44 },
  /** The chat was closed, or is closing. */
  closed: { rpc: 50, exit: 50 },
  /** The reference to what went wrong is in `message`; a bug of ours. */
  internal: { rpc: -32603, exit: 70 },
} as const;

export type ChatErrorCode = keyof typeof chatErrorCodes;
