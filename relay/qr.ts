import qrcode from "qrcode-terminal";

/** A QR code of `text` in half blocks, to be shown in a fixed-width font. */
export function qrText(text: string): string {
  let shown = "";
  qrcode.generate(text, { small: true }, (code) => {
    shown = code;
  });
  return shown;
}
