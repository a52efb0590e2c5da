import { describe, expect, it } from "vitest";
import { isPublicAddress } from "./addresses.ts";

describe("addresses that a proxy may reach", () => {
  it.each(["1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "223.255.255.255"])(
    "%s is public",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
  it.each(["2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888"])("%s is public", (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "198.51.100.7",
  ])("%s is not", (address) => expect(isPublicAddress(address)).toBe(false));
  it.each([
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "2001::1",
    "localhost",
    "",
    "1.2.3",
  ])("%s is not", (address) => expect(isPublicAddress(address)).toBe(false));
});
