import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

it("the image has the versions of Node and Deno that the tests run on", () => {
  const { devDependencies } = JSON.parse(read("../../package.json"));
  const images = [...read("Dockerfile").matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  const [nodeMajor] = devDependencies.node.split(".");
  const node = `node:${nodeMajor}-slim`;
  expect(images).toEqual([node, node, `denoland/deno:${devDependencies.deno}`]);
});

it.each(["Dockerfile", "../README.md"])(
  "%s installs the native packages in the versions that are tested",
  (file) => {
    const { optionalDependencies } = JSON.parse(read("../../package.json"));
    const named = [...read(file).matchAll(/ (sodium-native|bufferutil)@(\S+)/g)].map(([, name, version]) => [
      name,
      version,
    ]);
    expect(Object.fromEntries(named)).toEqual(optionalDependencies);
  },
);
