import { expect, test } from "vitest";
import { relayHost } from "./relay-host.ts";

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

test("a relay is shown by its first host, and its port where that says something", () => {
  expect(relayHost(`smp://${key}@smp.example.com`)).toBe("smp.example.com");
  expect(relayHost(`smp://${key}:password@smp.example.com,abc.onion:5223`)).toBe("smp.example.com");
  expect(relayHost(`smp://${key}@127.0.0.1:7001`)).toBe("127.0.0.1:7001");
  expect(relayHost("what is this")).toBe("what is this");
});
