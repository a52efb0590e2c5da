import jsQrModule from "jsqr";
import { PNG } from "pngjs";
import type { Pixels } from "./picture.ts";

/** Larger pictures are refused: a file of few bytes may claim any size. */
const pixelsMax = 40_000_000;

// The package is CommonJS: its function is the module itself for some loaders, and `default` of it for others.
const jsQr = typeof jsQrModule === "function" ? jsQrModule : jsQrModule.default;

/** The text of the QR code in a picture, or undefined when none is found in it. */
export function readQr({ width, height, data }: Pixels): string | undefined {
  return jsQr(new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength), width, height)?.data;
}

/** The pixels of a PNG file. @throws RangeError when the bytes are not a PNG picture, or one too large */
export function decodePng(bytes: Uint8Array): Pixels {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 24 || file.readUInt32BE(0) !== 0x89504e47)
    throw new RangeError("cannot read the picture: it is not a PNG file");
  if (file.readUInt32BE(16) * file.readUInt32BE(20) > pixelsMax)
    throw new RangeError("cannot read the picture: it is too large");
  try {
    return PNG.sync.read(file);
  } catch (cause) {
    throw new RangeError("cannot read the picture: the PNG file is damaged", { cause });
  }
}
