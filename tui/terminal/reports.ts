import type { Background } from "../style/theme.ts";

/**
 * Asks for the background colour (OSC 11), and then for what every terminal answers (DA1): one that does not know the
 * first question is known by the answer to the second.
 */
export const backgroundQuery = "\x1b]11;?\x1b\\\x1b[c";

const colourAnswer = /^\x1b\]11;([^\x07\x1b]{0,64})(?:\x07|\x1b\\)/;
const attributesAnswer = /^\x1b\[\?[\d;]{0,64}c/;
const focusReport = /^\x1b\[([IO])/;
/** The beginning of an answer, as far as it has come; the second can be nothing else. */
const answerBeginning = /^\x1b(?:\](?:1(?:1(?:;[^\x07\x1b]{0,64}\x1b?)?)?)?|\[(?:\?[\d;]{0,64})?)?$/;
const colourBeginning = /^\x1b\]11;[^\x07\x1b]{0,64}\x1b?$/;
/** What could as well be a key: escape, or a sequence of alt that is not complete. */
const keyBeginning = /^\x1b[[\]]?$/;

/** Takes what the terminal reports out of what is typed, so that none of it is taken for keys. */
export class Reports {
  readonly #onFocus: (focused: boolean) => void;
  #state: "quiet" | "asked" | "answered" = "quiet";
  #held = "";
  #background: Background | undefined;

  /** @param onFocus is told when the window gets or loses the focus */
  constructor(onFocus: (focused: boolean) => void) {
    this.#onFocus = onFocus;
  }

  /** The query is written now: until its answer is complete, what begins like it is held back. */
  ask(): void {
    this.#state = "asked";
  }

  /** Whether an answer is still to come. */
  get isAsked(): boolean {
    return this.#state === "asked";
  }

  /** As the terminal has answered; undefined when it has not, or not with a colour. */
  get background(): Background | undefined {
    return this.#background;
  }

  /** Whether something is held back that may be a key, and has to be released soon. */
  get holdsKey(): boolean {
    return keyBeginning.test(this.#held);
  }

  /** What was held back, for it has turned out to be typed. */
  release(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  /** Takes what comes from the terminal, in pieces of any length; gives what of it was typed. */
  push(text: string): string {
    const input = this.release() + text;
    let typed = "";
    for (let rest = input; rest !== ""; ) {
      const start = rest.indexOf("\x1b");
      if (start < 0) return typed + rest;
      typed += rest.slice(0, start);
      rest = rest.slice(start);
      if (this.#isBeginning(rest)) {
        this.#held = rest;
        return typed;
      }
      const length = this.#take(rest);
      if (length === 0) typed += "\x1b";
      rest = rest.slice(length || 1);
    }
    return typed;
  }

  /** Whether this may become an answer. A terminal may give that of the colour after the other, which it has at hand. */
  #isBeginning(text: string): boolean {
    if (this.#state === "quiet") return false;
    return (this.isAsked ? answerBeginning : colourBeginning).test(text);
  }

  /** Takes the report that the text begins with; its length, 0 when there is none. */
  #take(text: string): number {
    const [focus, letter] = focusReport.exec(text) ?? [];
    if (focus !== undefined) {
      this.#onFocus(letter === "I");
      return focus.length;
    }
    if (this.#state === "quiet") return 0;
    const [colour, value = ""] = colourAnswer.exec(text) ?? [];
    if (colour !== undefined) {
      this.#background = backgroundOf(value);
      return colour.length;
    }
    const [attributes = ""] = attributesAnswer.exec(text) ?? [];
    if (attributes !== "") this.#state = "answered";
    return attributes.length;
  }
}

/** What X11 writes for a colour: `rgb:` and red, green and blue with 1 to 4 hexadecimal digits each; also `rgba:`. */
function backgroundOf(value: string): Background | undefined {
  const digits = /^rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?$/i.exec(value);
  if (digits === null) return undefined;
  const [red = 0, green = 0, blue = 0] = digits
    .slice(1)
    .map((text) => Number.parseInt(text, 16) / (16 ** text.length - 1));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? "light" : "dark";
}
