/** How the text of a setting becomes its value. @throws RangeError saying what the value is not */
export type Parse<T> = (text: string) => T;

/** A whole number in a range, ends included. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Parse<number> {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new RangeError(`a whole number from ${min} to ${max}`);
    return value;
  };
}

/** `on` or `off`. */
export const flag: Parse<boolean> = (text) => {
  if (text !== "on" && text !== "off") throw new RangeError("on or off");
  return text === "on";
};

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A time such as `90s`, `30m`, `24h` or `21d`, in seconds. */
export function duration(minSeconds: number): Parse<number> {
  return (text) => {
    const [, digits, unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
    const value = Number(digits) * (units[unit] ?? Number.NaN);
    if (!(value >= minSeconds))
      throw new RangeError(`a time such as 90s, 30m, 24h or 21d, of ${minSeconds}s or more`);
    return value;
  };
}

/** One of some words. */
export function oneOf<T extends string>(...words: readonly T[]): Parse<T> {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new RangeError(`one of ${words.join(", ")}`);
    return found;
  };
}

/** Words with commas between them, each of which is one of some; at least one, and each once. */
export function someOf<T extends string>(...words: readonly T[]): Parse<readonly T[]> {
  const one = oneOf(...words);
  return (text) => [...new Set(text.split(",").map(one))];
}

/** Any text but an empty one. */
export const text: Parse<string> = (value) => {
  if (value === "") throw new RangeError("a text");
  return value;
};

/** The address of a web page. */
export const webLink: Parse<string> = (value) => {
  const link = URL.canParse(value) ? new URL(value) : undefined;
  if (link?.protocol !== "https:" && link?.protocol !== "http:")
    throw new RangeError("an address of the web");
  return value;
};

/** As another, or nothing where the text is empty. */
export function optional<T>(parse: Parse<T>): Parse<T | undefined> {
  return (value) => (value === "" ? undefined : parse(value));
}
