/** The oldest version of Node that can run the relay: major and minor number. */
export const nodeVersionMin = [22, 18] as const;

/** Whether a version of Node, such as `24.21.0`, can run the relay. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [majorMin, minorMin] = nodeVersionMin;
  return major > majorMin || (major === majorMin && minor >= minorMin);
}
