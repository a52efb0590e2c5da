import type { WebSocketLike } from "../../core/transport/web/websocket-transport.ts";
import type { Kv } from "../store/kv/api.ts";

/** The part of Deno that the relay uses and that neither the web nor `node:` modules offer. */
export interface DenoApi {
  serve(options: DenoServeOptions, handler: DenoHandler): DenoServer;
  upgradeWebSocket(
    request: Request,
    options?: { readonly idleTimeout?: number },
  ): { readonly socket: WebSocketLike; readonly response: Response };
  openKv?(path?: string): Promise<Kv>;
  addSignalListener(signal: string, listener: () => void): void;
  readonly args: readonly string[];
  readonly env: { get(name: string): string | undefined };
  readonly permissions: {
    querySync(descriptor: { readonly name: "env"; readonly variable: string } | { readonly name: "net" }): {
      readonly state: string;
    };
  };
  exit(code: number): never;
}

interface DenoServeOptions {
  readonly onListen?: (address: { readonly port: number }) => void;
  readonly onError?: (error: unknown) => Response;
}

type DenoHandler = (
  request: Request,
  info: { readonly remoteAddr: { readonly hostname?: string } },
) => Response | Promise<Response>;

interface DenoServer {
  readonly addr: { readonly port: number };
  shutdown(): Promise<void>;
}

/** Deno, when the relay runs on it. */
export function denoApi(): DenoApi | undefined {
  return (globalThis as { Deno?: DenoApi }).Deno;
}
