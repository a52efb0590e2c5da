/** A name leads only to addresses that are not of the public internet. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
}
