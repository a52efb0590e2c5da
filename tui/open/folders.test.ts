import { expect, test } from "vitest";
import { foldersOf } from "./folders.ts";

const home = "/home/ada";

test("data are in the XDG folders: variables first, then their places in the home folder", () => {
  expect(foldersOf({ env: {}, home }, {})).toEqual({
    profile: "default",
    store: "/home/ada/.local/share/sotto/profiles/default",
    relay: "/home/ada/.local/share/sotto/relay",
    witness: "/home/ada/.local/state/sotto/stores",
    errors: "/home/ada/.local/state/sotto/errors.log",
    settings: "/home/ada/.config/sotto/settings.json",
    lastOpen: "/home/ada/.local/state/sotto/last-open/default.json",
  });
  const env = { XDG_DATA_HOME: "/d", XDG_STATE_HOME: "/s", XDG_CONFIG_HOME: "/c" };
  expect(foldersOf({ env, home }, { profile: "second" })).toMatchObject({
    store: "/d/sotto/profiles/second",
    witness: "/s/sotto/stores",
    settings: "/c/sotto/settings.json",
    lastOpen: "/s/sotto/last-open/second.json",
  });
  expect(foldersOf({ env: { XDG_DATA_HOME: "relative" }, home }, {}).relay).toBe(
    "/home/ada/.local/share/sotto/relay",
  );
});

test("a folder given takes everything", () => {
  const folders = foldersOf({ env: { XDG_DATA_HOME: "/d" }, home }, { data: "/x", profile: "p" });
  for (const [name, path] of Object.entries(folders)) if (name !== "profile") expect(path).toMatch(/^\/x\//);
});

test("a profile can't leave its folder by its name", () => {
  for (const profile of [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    ".hidden",
    "-x",
    "a\0",
    "a\n",
    "x".repeat(65),
  ]) {
    expect(() => foldersOf({ env: {}, home }, { profile }), profile).toThrow("The name of a profile");
  }
  for (const profile of ["a", "Ada-2", "Zoë", "日本", "v1.2_x"]) {
    expect(foldersOf({ env: {}, home }, { profile }).store).toContain(`/profiles/${profile}`);
  }
});
