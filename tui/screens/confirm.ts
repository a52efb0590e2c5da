import type { Picker } from "../palette/picker.ts";

/** What is asked before something that can't be undone; `confirmed` in the picker's commands does it. */
export type Confirmed = "clear" | "delete" | "withdraw" | "deleteAddress" | "removeRelay";

/** A question whose first answer keeps everything as it is. `about` is an id or an address, `quiet` a third answer. */
export function confirm(
  action: Confirmed,
  about: string | number,
  title: string,
  yes = "yes",
  quiet?: string,
): Picker {
  return {
    purpose: "confirm",
    title,
    subject: `${action} ${about}`,
    query: undefined,
    index: 0,
    items: [
      { id: "no", label: "no, keep it" },
      { id: "yes", label: yes },
      ...(quiet === undefined ? [] : [{ id: "quiet", label: quiet }]),
    ],
  };
}
