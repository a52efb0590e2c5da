import type { Allow, ConnectionSecurity, ContactId, FeatureState, Preferences } from "../../core/chat/api.ts";
import { sanitizeLine, sanitizeName } from "../../core/chat/sanitize.ts";
import type { Model, PageScreen } from "../app/model.ts";
import type { Ui } from "../app/ui.ts";
import { contactName } from "../conversations/entries.ts";
import { featureNames } from "../history/summary.ts";
import { emptyPageState, type PageRow } from "../page/page.ts";
import { type Span, span } from "../style/line.ts";
import { duration, fullTime } from "../text/time.ts";
import { confirm } from "./confirm.ts";

const allowOptions = [
  { id: "yes", label: "yes, if they do" },
  { id: "always", label: "always" },
  { id: "no", label: "no" },
];
const disappearingSeconds = [300, 3600, 86_400, 604_800, 2_592_000];

/** Details of a contact: security, what is allowed, names, deletion. */
export async function contactPage(ui: Ui, contactId: ContactId): Promise<PageScreen> {
  let security = await ui.chat.connection.security({ contactId });
  let features = await ui.chat.contact.preferences({ contactId });
  const change = (run: () => Promise<void>) =>
    void ui.attempt(async () => {
      await run();
      // A new model draws the page again with what was read.
      ui.update((model) => ({ ...model }));
    });
  return {
    kind: "page",
    name: "contact",
    state: emptyPageState,
    build: (model) => {
      const conversation = model.conversations.find(({ contact }) => contact.id === contactId);
      if (conversation === undefined) return { title: "This contact is gone", rows: [] };
      const { contact } = conversation;
      return {
        title: contactName(contact),
        ...(contact.alias !== undefined &&
          contact.alias !== "" && { aside: `calls themself ${sanitizeName(contact.profile.displayName)}` }),
        rows: [
          ...profileRows(model, contactId),
          ...securityRows(security),
          {
            kind: "action",
            id: "verify",
            label: security.verified ? "show the security code" : "verify this contact",
            hint: "compare codes",
          },
          { kind: "note", line: [] },
          {
            kind: "text",
            id: "alias",
            label: "Your name for them",
            value: contact.alias ?? "",
            hint: "enter saves",
          },
          {
            kind: "choice",
            id: "mute",
            label: "Notifications",
            value: contact.muted ? "off" : "on",
            options: [
              { id: "on", label: "on" },
              { id: "off", label: "off" },
            ],
          },
          ...features.flatMap(featureRows),
          { kind: "note", line: [] },
          {
            kind: "action",
            id: "rotate",
            label: "receive through another relay",
            hint: security.rotating ? "moving now" : "",
          },
          {
            kind: "action",
            id: "resync",
            label: "re-sync the encryption",
            hint: "when messages can't be read",
          },
          { kind: "action", id: "clear", label: "delete the history here ..." },
          { kind: "action", id: "delete", label: "delete this contact ..." },
        ],
      };
    },
    refresh: (changed) => {
      if (changed !== contactId) return;
      change(async () => {
        security = await ui.chat.connection.security({ contactId });
        features = await ui.chat.contact.preferences({ contactId });
      });
    },
    act: (id, value) => {
      const { chat } = ui;
      if (id.startsWith("feature ")) {
        return change(async () => {
          const preferences = changedPreferences(features, id.slice("feature ".length), value);
          features = await chat.contact.setPreferences({ contactId, preferences });
        });
      }
      switch (id) {
        case "alias":
          return change(async () => void (await chat.contact.rename({ contactId, alias: value.trim() })));
        case "mute":
          return change(async () => void (await chat.contact.mute({ contactId, muted: value === "off" })));
        case "rotate":
          return change(async () => {
            security = await chat.connection.rotate({ contactId });
            ui.notice("Moving to another relay. The conversation goes on meanwhile.");
          });
        case "resync":
          return change(async () => {
            security = await chat.connection.resync({ contactId, force: true });
            ui.notice("Agreeing the encryption anew. The security code will be another one.");
          });
        case "verify":
          return ui.show({
            kind: "code",
            purpose: "verify",
            contactId,
            long: false,
            style: "half",
            ...(ui.model.screen !== undefined && { back: ui.model.screen }),
            ...(security.code !== undefined && {
              code: { short: security.codeQr ?? security.code, text: security.code },
            }),
            ...(security.code === undefined && {
              message: { text: "There is a code once you are connected.", error: false },
            }),
          });
        case "clear":
          return ui.set({ picker: confirm("clear", contactId, "delete the history here?") });
        case "delete":
          return ui.set({
            picker: confirm(
              "delete",
              contactId,
              "delete this contact and the history?",
              "yes, and tell them",
              "yes, without telling them",
            ),
          });
      }
    },
  };
}

function profileRows(model: Model, contactId: ContactId): PageRow[] {
  const contact = model.conversations.find((conversation) => conversation.contact.id === contactId)?.contact;
  if (contact === undefined) return [];
  const rows: PageRow[] = [];
  const { fullName, description } = contact.profile;
  if (fullName) rows.push(row("Full name", span(sanitizeLine(fullName))));
  if (description) rows.push(row("About", span(sanitizeLine(description))));
  if (contact.incognito !== undefined)
    rows.push(row("You are", span(`${sanitizeName(contact.incognito.displayName)} (incognito)`, "accent")));
  rows.push(row("Since", span(fullTime(contact.createdAtMs))));
  return rows;
}

function securityRows(security: ConnectionSecurity): PageRow[] {
  const quantum = {
    on: span("quantum-safe in both directions", "good"),
    pending: span("quantum-safe soon: agreed over the next messages", "warning"),
    off: span("not quantum-safe", "warning"),
  };
  const ratchet = {
    ok: undefined,
    suggested: "some messages can't be read: re-sync",
    required: "messages can't be read: re-sync",
    running: "agreeing the encryption anew",
  }[security.ratchet];
  const verified = security.verified
    ? span(
        `verified${security.verifiedAtMs === undefined ? "" : ` ${fullTime(security.verifiedAtMs)}`}`,
        "good",
      )
    : span("not verified");
  return [
    row("Encryption", quantum[security.quantum.state]),
    ...(ratchet === undefined ? [] : [row("", span(ratchet, "error"))]),
    row("Identity", verified),
    row(
      "You receive",
      span(
        `through ${security.receiveRelays.map(sanitizeLine).join(", ") || "..."}${security.rotating ? ", moving" : ""}`,
      ),
    ),
    row("They receive", span(`through ${security.sendRelays.map(sanitizeLine).join(", ") || "..."}`)),
  ];
}

function row(label: string, value: Span): PageRow {
  return { kind: "value", label, value: [value] };
}

function featureRows(state: FeatureState): PageRow[] {
  const label = featureNames[state.feature];
  const theirs = `they: ${state.theirs}`;
  const asInProfile = {
    id: "default",
    label: `as in your profile${state.mineIsDefault ? `: ${state.mine}` : ""}`,
  };
  if (state.feature !== "timedMessages")
    return [
      {
        kind: "choice",
        id: `feature ${state.feature}`,
        label,
        value: state.mineIsDefault ? "default" : state.mine,
        options: [asInProfile, ...allowOptions],
        hint: theirs,
        saves: true,
      },
    ];
  const options = [
    asInProfile,
    { id: "no", label: "no" },
    ...disappearingSeconds.map((seconds) => ({ id: String(seconds), label: `after ${duration(seconds)}` })),
  ];
  const value = state.mineIsDefault
    ? "default"
    : state.mine === "no" || state.ttlSeconds === undefined
      ? "no"
      : String(state.ttlSeconds);
  return [{ kind: "choice", id: "feature timedMessages", label, value, options, hint: theirs, saves: true }];
}

/** What we allow with one feature changed, the others as they are. */
function changedPreferences(features: readonly FeatureState[], changed: string, value: string): Preferences {
  const kept: { -readonly [K in keyof Preferences]: Preferences[K] } = {};
  for (const { feature, mine, mineIsDefault, ttlSeconds } of features) {
    const choice = feature === changed ? value : mineIsDefault ? "default" : mine;
    if (choice === "default") continue;
    if (feature === "timedMessages") {
      const ttl = feature === changed ? Number(value) : ttlSeconds;
      kept.timedMessages =
        choice === "no"
          ? { allow: "no" }
          : { allow: "yes", ...(ttl !== undefined && Number.isFinite(ttl) && { ttlSeconds: ttl }) };
    } else kept[feature] = allowOf(choice);
  }
  return kept;
}

function allowOf(value: string): Allow {
  return value === "always" || value === "yes" ? value : "no";
}
