/** Dates and times as people read them, in the local time zone and, where words are needed, in English. */
const dayMs = 24 * 60 * 60 * 1000;
const weekdayShort = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const weekdayLong = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const months = "January February March April May June July August September October November December".split(
  " ",
);

const two = (value: number): string => String(value).padStart(2, "0");

/** "14:02" */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "14:02:05", for what is not a minute away. */
export function exactTime(ms: number): string {
  return `${clockTime(ms)}:${two(new Date(ms).getSeconds())}`;
}

/** A number that is the same for two times of one local day, and grows by 1 a day. */
export function dayNumber(ms: number): number {
  const date = new Date(ms);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs);
}

/** "Sunday, 22 November", with the year when it is not this one; "today" and "yesterday" stay dates: they would go stale on the screen. */
export function dayTitle(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const year = date.getFullYear() === new Date(nowMs).getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${weekdayLong[date.getDay()]}, ${date.getDate()} ${months[date.getMonth()]}${year}`;
}

/** Short enough for a list: "14:02", "yesterday", "Mon", "22 Nov", "2024-11-22". */
export function listTime(ms: number, nowMs: number): string {
  const days = dayNumber(nowMs) - dayNumber(ms);
  if (days <= 0) return clockTime(ms);
  if (days === 1) return "yesterday";
  const date = new Date(ms);
  if (days < 7) return weekdayShort[date.getDay()] ?? "";
  if (date.getFullYear() === new Date(nowMs).getFullYear())
    return `${date.getDate()} ${months[date.getMonth()]?.slice(0, 3)}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** "22 November 2026, 14:02:05" */
export function fullTime(ms: number): string {
  const date = new Date(ms);
  return `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}, ${exactTime(ms)}`;
}

/** "45 s", "3 min", "2 h", "5 days" */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  const days = Math.round(seconds / 86_400);
  return `${days} day${days === 1 ? "" : "s"}`;
}
