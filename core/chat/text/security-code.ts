const groupLength = 5;

/**
 * The security code of a connection as people compare it: the 32 bytes that both sides share as one decimal
 * number, in groups of five digits.
 */
export function formatSecurityCode(shared: Uint8Array): string {
  let number = 0n;
  for (const byte of shared) number = number * 256n + BigInt(byte);
  return (number.toString().match(new RegExp(`.{1,${groupLength}}`, "g")) ?? []).join(" ");
}

/** Whether two codes are the same, however they are spaced. */
export function sameSecurityCode(a: string, b: string): boolean {
  return a.replace(/\s/g, "") === b.replace(/\s/g, "");
}
