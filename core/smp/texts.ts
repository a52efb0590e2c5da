import {
  type Codec,
  EncodeError,
  latin1Decode,
  mapped,
  shortBytes,
  tail,
  utf8Encode,
} from "../bytes/index.ts";

const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** UTF-8 text to the end of input; what is not well-formed in it is replaced by U+FFFD. */
export const tailText: Codec<string> = mapped(tail, (bytes) => lossyDecoder.decode(bytes), utf8Encode);

/** A short byte string, each byte a character: U+0000 to U+00FF. */
export const latin1Text: Codec<string> = mapped(shortBytes, latin1Decode, latin1Encode);

function latin1Encode(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (character.length > 1 || code > 0xff) throw new EncodeError("text", "character is above U+00FF");
    return code;
  });
}
