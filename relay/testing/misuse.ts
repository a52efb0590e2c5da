import { connect } from "node:net";
import { WebSocket } from "ws";

const clients = 20;

/**
 * Clients that send something and then nothing more; resolves when the relay has ended them all.
 * @param localAddress the address of this machine that they come from
 */
export async function sendAndFallSilent(
  port: number,
  sent: string | Uint8Array,
  localAddress = "127.0.0.1",
): Promise<void> {
  const sockets = Array.from({ length: clients }, () => connect({ host: "127.0.0.1", port, localAddress }));
  await Promise.all(
    sockets.map((socket) => {
      socket.on("error", () => undefined).resume();
      socket.write(sent);
      return new Promise((resolve) => socket.on("close", resolve));
    }),
  );
}

/** Sends a message over WebSocket; resolves when the relay has ended the connection. */
export async function sendToWebDoor(port: number | undefined, message: string | Uint8Array): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => undefined);
  socket.on("open", () => socket.send(message));
  await closed;
}
