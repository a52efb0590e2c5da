/** Splits text into lines as it comes, and never holds more of one than `lengthMax` and one more. */
export class LineSplitter {
  readonly #lengthMax: number;
  #rest = "";

  /** @param lengthMax in UTF-16 units; of a longer line only the beginning is given, one unit too long */
  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** The lines that are complete with this text, without their ends. */
  push(text: string): readonly string[] {
    const parts = text.split("\n");
    const lines: string[] = [];
    for (const [index, part] of parts.entries()) {
      const room = this.#lengthMax + 1 - this.#rest.length;
      this.#rest += part.slice(0, Math.max(0, room));
      if (index < parts.length - 1) lines.push(...this.end());
    }
    return lines;
  }

  /** The line that is left at the end of the input, if there is one. */
  end(): readonly string[] {
    const line = this.#rest;
    this.#rest = "";
    return line === "" ? [] : [line];
  }
}
