/** Different errors that are told in full; more of them would only fill the disk. */
const reportedMax = 1000;

/**
 * Tells the operator of errors of the relay itself, by their kind and place: no message text of a client can
 * get into a log, and no time that would link one to another. The same error is told once.
 */
export function reportTo(print: (text: string) => void): (error: unknown) => void {
  const reported = new Set<string>();
  return (error) => {
    const place = error instanceof Error ? (error.stack ?? error.message) : "unknown error";
    if (reported.has(place) || reported.size >= reportedMax) return;
    reported.add(place);
    print(`relay error: ${place}`);
  };
}
