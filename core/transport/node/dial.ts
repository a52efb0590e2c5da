import { connect as connectTcp, type Socket } from "node:net";
import { SocksClient } from "socks";
import { givenUp, TransportError } from "../errors.ts";

/** A SOCKS5 proxy, such as Tor's. */
export interface SocksProxy {
  readonly host: string;
  readonly port: number;
}

/** User name and password for a SOCKS5 proxy: Tor uses separate circuits for different ones. */
export interface SocksCredentials {
  readonly userName: string;
  readonly password: string;
}

/** How to reach a TCP port. */
export interface DialOptions {
  readonly host: string;
  /** An IP address of `host`, when it has been looked up already; a proxy is given the name. */
  readonly address?: string | undefined;
  /** 1 to 65,535. */
  readonly port: number;
  /** Milliseconds until a connection has to be there. */
  readonly timeoutMs: number;
  readonly proxy?: SocksProxy | undefined;
  readonly credentials?: SocksCredentials | undefined;
  /** Ends the connection at once, whatever it has come to. */
  readonly signal?: AbortSignal | undefined;
}

const keepAliveDelayMs = 30_000;

/**
 * Opens a TCP connection, straight or through a SOCKS5 proxy, which then also resolves the name.
 * @throws TransportError `network` or `timeout`
 */
export async function dial(options: DialOptions): Promise<Socket> {
  const socket =
    options.proxy === undefined ? await dialStraight(options) : await dialProxy(options, options.proxy);
  const { signal } = options;
  if (signal?.aborted) {
    socket.destroy();
    throw givenUp();
  }
  const end = () => socket.destroy();
  signal?.addEventListener("abort", end);
  socket.once("close", () => signal?.removeEventListener("abort", end));
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveDelayMs);
  return socket;
}

function dialStraight({ host, address = host, port, timeoutMs, signal }: DialOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: address, port });
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
    };
    const failed = (error: TransportError) => {
      settled();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () =>
        failed(new TransportError("timeout", `cannot reach ${host}:${port}: no answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
    const onAbort = () => failed(givenUp());
    const onError = (error: Error) => failed(unreachable({ host, port }, error));
    signal?.addEventListener("abort", onAbort);
    socket.once("error", onError);
    socket.once("connect", () => {
      settled();
      resolve(socket);
    });
  });
}

async function dialProxy(options: DialOptions, proxy: SocksProxy): Promise<Socket> {
  const { host, port, timeoutMs, credentials } = options;
  try {
    const { socket } = await SocksClient.createConnection({
      proxy: {
        ...proxy,
        type: 5,
        ...(credentials === undefined
          ? {}
          : { userId: credentials.userName, password: credentials.password }),
      },
      command: "connect",
      destination: { host, port },
      timeout: timeoutMs,
    });
    return socket;
  } catch (error) {
    throw unreachable(options, error);
  }
}

function unreachable({ host, port }: { host: string; port: number }, error: unknown): TransportError {
  const reason = reasonOf(error);
  const code = /timed out/i.test(reason) ? "timeout" : "network";
  return new TransportError(code, `cannot reach ${host}:${port}: ${reason}`, { cause: error });
}

/** When all addresses of a name fail, Node's error has a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  return "code" in error ? String(error.code) : error.name;
}
