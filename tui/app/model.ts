import type {
  Address,
  ContactId,
  ContactRequest,
  Conversation,
  Invitation,
  InvitationId,
  OwnProfile,
  RelayStatus,
  SearchHit,
} from "../../core/chat/api.ts";
import { type Composer, emptyComposer } from "../composer/composer.ts";
import { type Edit, emptyEdit } from "../composer/edit.ts";
import type { Thread } from "../history/thread.ts";
import type { KeyMap, Place } from "../keys/keymap.ts";
import type { Size } from "../layout/layout.ts";
import type { Page, PageState } from "../page/page.ts";
import type { Picker } from "../palette/picker.ts";
import type { QrStyle } from "../qr/draw.ts";

/** A page with what its rows do. `build` is pure; `act` is called with the row's id and its present value. */
export interface PageScreen {
  readonly kind: "page";
  /** Which page it is, for tests and for the help. */
  readonly name: string;
  readonly state: PageState;
  build(model: Model, state: PageState): Page;
  act(id: string, value: string): void;
  /** Reads again what the page shows of the chat and the model does not hold; called when a contact changed. */
  refresh?(contactId: ContactId): void;
  /** Escape does not leave it: there is nothing behind it yet. */
  readonly stays?: boolean;
  /** Where escape goes; absent: to the conversation or the list. */
  readonly back?: Screen;
}

/** A screen with a QR code. */
export interface CodeScreen {
  readonly kind: "code";
  readonly purpose: "invitation" | "address" | "verify";
  /** Absent while it is being made. */
  readonly code?: { readonly short: string; readonly long?: string; readonly text?: string };
  readonly invitationId?: InvitationId;
  /** Whoever uses the invitation sees a random name. */
  readonly incognito?: boolean;
  readonly contactId?: ContactId;
  /** Where escape goes; absent: to the conversation or the list. */
  readonly back?: Screen;
  /** The long link instead of the short one. */
  readonly long: boolean;
  readonly style: QrStyle;
  /** What became of copying or saving, or why there is no code. */
  readonly message?: { readonly text: string; readonly error: boolean };
}

export interface SearchScreen {
  readonly kind: "search";
  readonly query: Edit;
  readonly hits: readonly SearchHit[];
  readonly index: number;
  /** The text that `hits` are for. */
  readonly searched: string;
}

export type Screen = PageScreen | CodeScreen | SearchScreen;

/** Everything that is drawn follows from this value. It is replaced, never changed. */
export interface Model {
  readonly size: Size;
  /** When the client started or the day changed: enough for the times in lists. */
  readonly nowMs: number;
  readonly keyMap: KeyMap;
  readonly profile: OwnProfile | null;
  readonly conversations: readonly Conversation[];
  readonly invitations: readonly Invitation[];
  readonly requests: readonly ContactRequest[];
  readonly address: Address | null;
  readonly relays: readonly RelayStatus[];
  readonly focus: "composer" | "messages" | "chats";
  /** The terminal's window has the user's attention, as far as the terminal tells. */
  readonly attended: boolean;
  readonly list: { readonly key?: string; readonly filter: Edit };
  readonly openId?: ContactId;
  /** The history of `openId`; absent while it is read. */
  readonly thread?: Thread;
  /** What is typed in the conversations that were open in this session. */
  readonly composers: ReadonlyMap<ContactId, Composer>;
  readonly screen?: Screen;
  readonly picker?: Picker;
  readonly help?: { readonly place: Place; readonly scroll: number };
  /** One line above the keys; gone with the next key. */
  readonly notice?: { readonly text: string; readonly error: boolean };
}

export function initialModel(size: Size, nowMs: number, keyMap: KeyMap): Model {
  return {
    size,
    nowMs,
    keyMap,
    profile: null,
    conversations: [],
    invitations: [],
    requests: [],
    address: null,
    relays: [],
    focus: "chats",
    attended: true,
    list: { filter: emptyEdit },
    composers: new Map(),
  };
}

/** Where the next key goes. */
export function placeOf(model: Model): Place {
  if (model.help !== undefined) return "help";
  if (model.picker !== undefined) return "picker";
  if (model.screen !== undefined) return model.screen.kind;
  return model.openId === undefined ? "chats" : model.focus;
}

export function openConversation(model: Model): Conversation | undefined {
  return model.conversations.find(({ contact }) => contact.id === model.openId);
}

export function composerOfOpen(model: Model): Composer {
  return (model.openId === undefined ? undefined : model.composers.get(model.openId)) ?? emptyComposer;
}

/** The model without the keys named, for optional fields that go. */
export function without<K extends "openId" | "thread" | "screen" | "picker" | "help" | "notice">(
  model: Model,
  ...keys: readonly K[]
): Model {
  const copy: { -readonly [P in keyof Model]: Model[P] } = { ...model };
  for (const key of keys) delete copy[key];
  return copy;
}

/** Messages nobody has read yet, those of muted contacts left out. */
export function unreadTotal(model: Model): number {
  let total = model.requests.length;
  for (const { unread, contact } of model.conversations) if (!contact.muted) total += unread;
  return total;
}
