import { openContactId } from "../app/conversation.ts";
import type { CodeScreen, Model } from "../app/model.ts";
import { emptyEdit } from "../composer/edit.ts";
import { chosenOf, editOf, focusedRow, nextOption, type PageAction, reducePage } from "../page/page.ts";
import { addressPage } from "../screens/address-page.ts";
import { backupPage } from "../screens/backup-page.ts";
import { confirm } from "../screens/confirm.ts";
import { contactPage } from "../screens/contact-page.ts";
import { joinPage } from "../screens/join-page.ts";
import { relaysPage } from "../screens/relays-page.ts";
import { settingsPage } from "../screens/settings-page.ts";
import type { Command, Context } from "./command.ts";

const hasOpen = (model: Model): boolean => openContactId(model) !== undefined;
const hasProfile = (model: Model): boolean => model.profile !== null;

/** Opening the screens, and what their keys do. */
export const screenCommands: readonly Command[] = [
  {
    id: "invite.open",
    title: "invite someone",
    words: "new contact qr code link add",
    when: hasProfile,
    run: (context) => invite(context, false),
  },
  {
    id: "invite.incognito",
    title: "invite someone incognito",
    words: "random name",
    when: hasProfile,
    run: (context) => invite(context, true),
  },
  {
    id: "join.open",
    title: "join with a link or a picture",
    words: "connect paste scan qr",
    when: hasProfile,
    run: ({ ui, conversation }) => ui.show(joinPage(ui, conversation)),
  },
  {
    id: "contact.details",
    title: "details of this contact",
    words:
      "security preferences disappearing rename verify mute notifications delete clear rotate relay re-sync",
    when: hasOpen,
    run: ({ ui }) => openWith(ui, (contactId) => contactPage(ui, contactId)),
  },
  {
    id: "contact.verify",
    title: "verify this contact",
    words: "security code safety number",
    when: hasOpen,
    run: ({ ui }) => openWith(ui, (contactId) => verifyScreen(ui, contactId)),
  },
  {
    id: "search.open",
    title: "search messages",
    words: "find history",
    when: hasProfile,
    run: ({ ui }) => ui.show({ kind: "search", query: emptyEdit, hits: [], index: 0, searched: "" }),
  },
  {
    id: "address.open",
    title: "your address",
    words: "permanent link contact requests",
    when: hasProfile,
    run: ({ ui }) => ui.show(addressPage(ui)),
  },
  {
    id: "settings.open",
    title: "settings",
    words: "profile name theme colours notifications proxy tor passphrase receipts",
    when: hasProfile,
    run: async ({ ui }) => {
      const page = await ui.attempt(() => settingsPage(ui));
      if (page !== undefined) ui.show(page);
    },
  },
  {
    id: "relays.open",
    title: "relays",
    words: "servers smp network",
    when: hasProfile,
    run: async ({ ui }) => {
      const page = await ui.attempt(() => relaysPage(ui));
      if (page !== undefined) ui.show(page);
    },
  },
  {
    id: "backup.open",
    title: "backup",
    words: "export save file",
    when: hasProfile,
    run: ({ ui }) => ui.show(backupPage(ui)),
  },
  { id: "code.copy", title: "copy the link", hidden: true, run: copyCode },
  { id: "code.save", title: "save the code as a picture", hidden: true, run: saveCode },
  {
    id: "code.long",
    title: "long link, for clients that know no short ones",
    hidden: true,
    run: (context) => changeCode(context, ({ long, code }) => ({ long: code?.long !== undefined && !long })),
  },
  {
    id: "code.smaller",
    title: "smaller code, for terminals that can draw it",
    hidden: true,
    run: (context) => changeCode(context, ({ style }) => ({ style: style === "half" ? "small" : "half" })),
  },
  {
    id: "code.new",
    title: "another invitation",
    hidden: true,
    run: (context) => {
      const screen = codeOf(context);
      if (screen?.purpose === "invitation") return invite(context, screen.incognito === true);
    },
  },
  {
    id: "code.verify",
    title: "the codes are the same: verified; again takes it back",
    hidden: true,
    run: verify,
  },
  { id: "code.cancel", title: "withdraw the invitation", hidden: true, run: cancelInvitation },
  { id: "page.up", title: "up", hidden: true, run: (context) => page(context, { type: "move", by: -1 }) },
  { id: "page.down", title: "down", hidden: true, run: (context) => page(context, { type: "move", by: 1 }) },
  { id: "page.less", title: "previous value", hidden: true, run: (context) => choose(context, -1) },
  { id: "page.more", title: "next value", hidden: true, run: (context) => choose(context, 1) },
  { id: "page.activate", title: "change, or do it", hidden: true, run: activate },
  {
    id: "page.question",
    title: "keys of this place (in a text: itself)",
    hidden: true,
    run: (context) =>
      focused(context)?.kind === "text"
        ? page(context, { type: "edit", action: { type: "insert", text: "?" } })
        : context.run("help.open"),
  },
];

async function openWith(
  ui: Context["ui"],
  make: (contactId: number) => Promise<Parameters<typeof ui.show>[0]>,
): Promise<void> {
  const contactId = openContactId(ui.model);
  if (contactId === undefined) return;
  const screen = await ui.attempt(() => make(contactId));
  if (screen !== undefined) ui.show(screen);
}

async function verifyScreen({ chat }: Context["ui"], contactId: number): Promise<CodeScreen> {
  const { code, codeQr } = await chat.connection.security({ contactId });
  const base = { kind: "code", purpose: "verify", contactId, long: false, style: "half" } as const;
  if (code === undefined)
    return { ...base, message: { text: "There is a code once you are connected.", error: false } };
  return { ...base, code: { short: codeQr ?? code, text: code } };
}

async function invite({ ui }: Context, incognito: boolean): Promise<void> {
  const making: CodeScreen = { kind: "code", purpose: "invitation", incognito, long: false, style: "half" };
  ui.show(making);
  try {
    const invitation = await ui.chat.invitation.create({ incognito });
    if (ui.model.screen !== making) return;
    ui.show({
      ...making,
      invitationId: invitation.id,
      code: { short: invitation.shortLink ?? invitation.fullLink, long: invitation.fullLink },
      long: invitation.shortLink === undefined,
    });
  } catch (error) {
    if (ui.model.screen !== making) return;
    ui.show({
      ...making,
      message: {
        text: error instanceof Error ? error.message : "The invitation could not be made.",
        error: true,
      },
    });
  }
}

function codeOf({ ui }: Context): CodeScreen | undefined {
  return ui.model.screen?.kind === "code" ? ui.model.screen : undefined;
}

function changeCode(context: Context, change: (screen: CodeScreen) => Partial<CodeScreen>): void {
  const screen = codeOf(context);
  if (screen !== undefined) context.ui.show({ ...screen, ...change(screen) });
}

/** The link that is shown now. */
export function shownLink({ code, long }: CodeScreen): string | undefined {
  return long ? (code?.long ?? code?.short) : code?.short;
}

function copyCode(context: Context): void {
  const screen = codeOf(context);
  const link = screen?.purpose === "verify" ? screen.code?.text : screen && shownLink(screen);
  if (link === undefined) return;
  context.ui.host.copy(link);
  changeCode(context, () => ({ message: { text: "Copied, if your terminal allows it.", error: false } }));
}

async function saveCode(context: Context): Promise<void> {
  const screen = codeOf(context);
  const link = screen && shownLink(screen);
  if (link === undefined) return;
  const { ui } = context;
  try {
    const [{ qrMatrix }, { qrPng }] = await Promise.all([
      import("../qr/matrix.ts"),
      import("../qr/picture.ts"),
    ]);
    const path = await ui.host.savePicture(`sotto-${screen?.purpose ?? "code"}.png`, qrPng(qrMatrix(link)));
    changeCode(context, () => ({ message: { text: `Saved: ${path}`, error: false } }));
  } catch (error) {
    changeCode(context, () => ({
      message: {
        text: error instanceof Error ? error.message : "The picture could not be saved.",
        error: true,
      },
    }));
  }
}

async function verify(context: Context): Promise<void> {
  const screen = codeOf(context);
  const { contactId, code } = screen ?? {};
  if (screen?.purpose !== "verify" || contactId === undefined || code?.text === undefined) return;
  const { ui } = context;
  const contact = ui.model.conversations.find(
    (conversation) => conversation.contact.id === contactId,
  )?.contact;
  const next = contact?.verified === true ? null : code.text;
  await ui.attempt(async () => {
    await ui.chat.contact.verify({ contactId, code: next });
    ui.closeScreen();
    ui.notice(next === null ? "The verification is taken back." : "Verified: nobody stands between you.");
  });
}

function cancelInvitation(context: Context): void {
  const invitationId = codeOf(context)?.invitationId;
  if (invitationId === undefined) return;
  context.ui.set({
    picker: confirm("withdraw", invitationId, "withdraw this invitation?", "yes: its link works no more"),
  });
}

function page({ ui }: Context, action: PageAction): void {
  ui.update((model) => {
    if (model.screen?.kind !== "page") return model;
    const state = reducePage(model.screen.build(model, model.screen.state), model.screen.state, action);
    return { ...model, screen: { ...model.screen, state } };
  });
}

function focused({ ui }: Context) {
  const { screen } = ui.model;
  return screen?.kind === "page" ? focusedRow(screen.build(ui.model, screen.state), screen.state) : undefined;
}

function choose(context: Context, by: 1 | -1): void {
  const row = focused(context);
  const { screen } = context.ui.model;
  if (row?.kind === "text") page(context, { type: "edit", action: { type: by === 1 ? "right" : "left" } });
  else if (row?.kind === "choice" && screen?.kind === "page") {
    const next = nextOption(row, by, screen.state);
    if (row.saves !== true) return screen.act(row.id, next);
    const edits = { ...screen.state.edits, [row.id]: { text: next, cursor: 0 } };
    context.ui.show({ ...screen, state: { ...screen.state, focusId: row.id, edits } });
  }
}

function activate(context: Context): void {
  const row = focused(context);
  const { model } = context.ui;
  const { screen } = model;
  if (row === undefined || screen?.kind !== "page") return;
  const isForm = screen.build(model, screen.state).form === true;
  if (row.kind === "text") screen.act(row.id, editOf(row, screen.state).text);
  else if (row.kind === "choice" && isForm) page(context, { type: "move", by: 1 });
  else if (row.kind === "choice" && row.saves === true) {
    const chosen = chosenOf(row, screen.state);
    page(context, { type: "forget", id: row.id });
    if (chosen !== row.value) screen.act(row.id, chosen);
  } else if (row.kind === "choice") screen.act(row.id, nextOption(row, 1, screen.state));
  else screen.act(row.id, "");
}
