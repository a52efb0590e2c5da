import type { Readable } from "node:stream";
import type { Background } from "../style/theme.ts";
import { backgroundQuery, type Reports } from "./reports.ts";

/** An escape that nothing follows in this time is a key, in milliseconds. */
const keyMs = 50;
/** How long the terminal may take to answer before it is not waited for, in milliseconds. */
const answerMsMax = 500;

/**
 * Has `reports` look at everything before whoever reads from the stream, Ink, gets it: reading stays the reader's, so
 * that an editor that has the terminal meanwhile loses nothing. The result ends it.
 */
export function readReports(stdin: Readable, reports: Reports): () => void {
  const read = stdin.read.bind(stdin);
  let released = "";
  let timer: NodeJS.Timeout | undefined;
  stdin.setEncoding("utf8");
  stdin.read = (size?: number): string | null => {
    // The stream itself asks for nothing, to have more fetched.
    const chunk: unknown = read(size);
    if (size === 0) return null;
    if (typeof chunk !== "string" && released === "") return null;
    const typed = released + (typeof chunk === "string" ? reports.push(chunk) : "");
    released = "";
    clearTimeout(timer);
    if (reports.holdsKey) {
      timer = setTimeout(() => {
        released = reports.release();
        stdin.emit("readable");
      }, keyMs);
    }
    return typed;
  };
  return () => {
    clearTimeout(timer);
    stdin.read = read;
  };
}

/**
 * Asks the terminal for its background. What is typed meanwhile is kept for the next reader; an answer that comes too
 * late is still kept from it. For a stream in raw mode that `readReports` looks at.
 * @param answerMs how long the terminal may take, in milliseconds
 */
export function askBackground(
  stdin: Readable,
  stdout: NodeJS.WritableStream,
  reports: Reports,
  answerMs = answerMsMax,
): Promise<Background | undefined> {
  let typed = "";
  return new Promise((resolve) => {
    let turn: NodeJS.Immediate | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      clearImmediate(turn);
      stdin.off("readable", look);
      typed += reports.release();
      if (typed !== "" && !stdin.readableEnded) stdin.unshift(typed);
      resolve(reports.background);
    };
    const look = (): void => {
      for (let text: unknown = stdin.read(); typeof text === "string"; text = stdin.read()) typed += text;
      if (!reports.isAsked) finish();
    };
    // What came while this process was busy, as at a start, is read before the time counts.
    const timer = setTimeout(() => {
      turn = setImmediate(finish);
    }, answerMs);
    stdin.on("readable", look);
    reports.ask();
    stdout.write(backgroundQuery);
  });
}
