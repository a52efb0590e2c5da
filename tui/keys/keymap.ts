/** Where the keyboard is. Keys of `everywhere` work in each place unless the place has the key itself. */
export type Place =
  | "composer"
  | "messages"
  | "chats"
  | "page"
  | "code"
  | "search"
  | "picker"
  | "help"
  | "everywhere";

/** Command ids by key name. */
export type Bindings = Readonly<Record<string, string>>;
export type KeyMap = Readonly<Record<Place, Bindings>>;

export const defaultKeyMap: KeyMap = {
  everywhere: {
    "ctrl-c": "app.quit",
    "ctrl-q": "app.quit",
    "ctrl-k": "palette.open",
    "ctrl-z": "app.suspend",
    f1: "help.open",
    tab: "chats.next",
    "shift-tab": "chats.previous",
    "alt-down": "chats.next",
    "alt-up": "chats.previous",
    "ctrl-n": "chats.nextUnread",
    "ctrl-g": "search.open",
    "ctrl-t": "invite.open",
    "ctrl-o": "join.open",
  },
  composer: {
    enter: "composer.send",
    "alt-enter": "composer.newLine",
    "ctrl-j": "composer.newLine",
    up: "composer.up",
    down: "composer.down",
    pageup: "history.pageUp",
    pagedown: "history.pageDown",
    "ctrl-home": "history.top",
    "ctrl-end": "history.end",
    "ctrl-x": "composer.editor",
    tab: "composer.complete",
    esc: "composer.back",
    "?": "composer.question",
    "/": "composer.slash",
  },
  messages: {
    up: "messages.previous",
    k: "messages.previous",
    down: "messages.next",
    j: "messages.next",
    pageup: "history.pageUp",
    pagedown: "history.pageDown",
    home: "history.top",
    r: "message.reply",
    enter: "message.reply",
    e: "message.edit",
    d: "message.delete",
    "+": "message.react",
    y: "message.copy",
    i: "message.details",
    t: "message.retry",
    esc: "messages.leave",
    q: "messages.leave",
    end: "messages.leave",
    "?": "help.open",
  },
  chats: {
    up: "list.up",
    down: "list.down",
    pageup: "list.pageUp",
    pagedown: "list.pageDown",
    home: "list.first",
    end: "list.last",
    enter: "list.open",
    right: "list.open",
    esc: "list.leave",
    "?": "help.open",
  },
  page: {
    up: "page.up",
    down: "page.down",
    enter: "page.activate",
    left: "page.less",
    right: "page.more",
    tab: "page.down",
    "shift-tab": "page.up",
    esc: "screen.close",
    "?": "page.question",
  },
  code: {
    c: "code.copy",
    s: "code.save",
    l: "code.long",
    z: "code.smaller",
    v: "code.verify",
    x: "code.cancel",
    n: "code.new",
    esc: "screen.close",
    q: "screen.close",
    "?": "help.open",
  },
  search: {
    up: "search.up",
    down: "search.down",
    enter: "search.go",
    esc: "screen.close",
  },
  picker: {
    up: "picker.up",
    down: "picker.down",
    "ctrl-p": "picker.up",
    "ctrl-n": "picker.down",
    tab: "picker.down",
    "shift-tab": "picker.up",
    enter: "picker.pick",
    esc: "picker.close",
    "ctrl-k": "picker.close",
  },
  help: {
    up: "help.up",
    down: "help.down",
    pageup: "help.up",
    pagedown: "help.down",
    esc: "help.close",
    q: "help.close",
    "?": "help.again",
  },
};

/** Places where a text is typed: a plain character that no binding names goes into it. */
export const editKeys: Readonly<Record<string, EditKey>> = {
  left: "left",
  right: "right",
  "ctrl-b": "left",
  "ctrl-f": "right",
  "alt-b": "wordLeft",
  "alt-f": "wordRight",
  "ctrl-left": "wordLeft",
  "ctrl-right": "wordRight",
  "alt-left": "wordLeft",
  "alt-right": "wordRight",
  home: "lineStart",
  end: "lineEnd",
  "ctrl-a": "lineStart",
  "ctrl-e": "lineEnd",
  backspace: "backspace",
  "ctrl-h": "backspace",
  delete: "delete",
  "ctrl-d": "delete",
  "ctrl-w": "wordBackspace",
  "alt-backspace": "wordBackspace",
  "alt-d": "wordDelete",
  "ctrl-u": "killToStart",
};

export type EditKey =
  | "left"
  | "right"
  | "wordLeft"
  | "wordRight"
  | "lineStart"
  | "lineEnd"
  | "backspace"
  | "delete"
  | "wordBackspace"
  | "wordDelete"
  | "killToStart";

/** The command that a key means in a place, or undefined. */
export function commandOf(map: KeyMap, place: Place, key: string): string | undefined {
  return map[place][key] ?? map.everywhere[key];
}

/** Keys for a command in a place, as they are shown to people. */
export function keysOf(map: KeyMap, place: Place, command: string): string[] {
  const own = Object.entries(map[place]);
  const shared = Object.entries(map.everywhere).filter(([key]) => map[place][key] === undefined);
  return [...own, ...shared].filter(([, id]) => id === command).map(([key]) => key);
}

/**
 * The default map with the user's changes over it: `{"composer": {"ctrl-s": "composer.send", "ctrl-x": ""}}`; an
 * empty command takes a key away. Names of places that do not exist are given back in `unknown`.
 */
export function mergeKeyMap(changes: Readonly<Record<string, Bindings>>): { map: KeyMap; unknown: string[] } {
  const unknown = Object.keys(changes).filter((place) => !(place in defaultKeyMap));
  const merge = (place: Place): Bindings => {
    const all = { ...defaultKeyMap[place], ...changes[place] };
    return Object.fromEntries(Object.entries(all).filter(([, command]) => command !== ""));
  };
  const map: KeyMap = {
    everywhere: merge("everywhere"),
    composer: merge("composer"),
    messages: merge("messages"),
    chats: merge("chats"),
    page: merge("page"),
    code: merge("code"),
    search: merge("search"),
    picker: merge("picker"),
    help: merge("help"),
  };
  return { map, unknown };
}
