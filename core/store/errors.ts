/**
 * What went wrong with a store, for callers that act on it:
 * - `locked`: another process has it open
 * - `passphrase`: none or a wrong one was given
 * - `corrupt`: the files are damaged or not a store of ours
 * - `newer`: written by a later version of this program
 * - `full`: no room on the disk; nothing of the transaction was kept
 * - `denied`: the files can't be read or written by this user
 * - `missing`: there is no such file
 * - `misuse`: a call that the store does not allow, a defect of ours
 * - `failed`: any other failure of the database
 */
export type StoreErrorCode =
  | "locked"
  | "passphrase"
  | "corrupt"
  | "newer"
  | "full"
  | "denied"
  | "missing"
  | "misuse"
  | "failed";

/** A failure of the store; the message reads `cannot X: Y is Z` and holds no key, passphrase or data. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
