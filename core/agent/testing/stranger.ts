import { encode, utf8Encode } from "../../bytes/index.ts";
import { systemRandom } from "../../crypto/random.ts";
import { x25519 } from "../../crypto/x25519.ts";
import type { RelayAddress } from "../../smp/address.ts";
import { connectClient } from "../../smp/client/connect.ts";
import type { SenderQueue } from "../../smp/client/queues.ts";
import { type PrivateHeader, sealClientMessage } from "../../smp/client-message.ts";
import { type ConnectionRequest, type InvitationRequest, queueOf } from "../links/connection-request.ts";
import { type AgentEnvelope, agentEnvelope } from "../messages/envelope.ts";
import { clientVersions } from "../versions.ts";
import { type End, exchange, type TestAgent, World, within } from "./world.ts";

/** Alice, who makes links; Bob, who is honest and joins by them; and Mallory, who knows them too. */
export function three() {
  const world = new World();
  world.addRelay("one.test");
  const [alice, bob, mallory] = [world.addAgent(), world.addAgent(), world.addAgent()];
  const join = (agent: TestAgent, link: string) => agent.agent.join(agent.profile, link, utf8Encode("hello"));
  return { world, alice, bob, mallory, join };
}

/** Bob joins by an invitation of Alice, and both can talk. Gives their ends of the connection. */
export async function joinHonestly(
  { world, alice, bob, join }: ReturnType<typeof three>,
  link: string,
): Promise<readonly [End, End]> {
  const before = alice.of("connected").length;
  const b = join(bob, link);
  await world.until(() => bob.isConnected(b) && alice.of("connected").length === before + 1);
  const a = alice.of("connected").at(-1)?.connection ?? b;
  await talk(world, [alice, a], [bob, b]);
  return [
    [alice, a],
    [bob, b],
  ];
}

/** Messages pass both ways, with nothing wrong about them. @throws Error when there is */
export async function talk(world: World, one: End, other: End): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const integrities = await exchange(world, one, other);
    if (integrities.some((type) => type !== "ok")) throw new Error(`integrity: ${integrities.join(", ")}`);
  }
}

/** Makes what anybody can send to the queue of a link. */
export type Make = (request: ConnectionRequest) => Uint8Array;

export const junk = new Uint8Array(200).fill(7);

/** Encrypts for the owner of the link, as one who joins does. */
export function sealed(
  request: ConnectionRequest,
  envelope: AgentEnvelope | Uint8Array,
  {
    version = clientVersions.max,
    header = { type: "empty" },
  }: { version?: number; header?: PrivateHeader } = {},
): Uint8Array {
  const { publicKey, privateKey } = x25519.generateKeyPair(systemRandom);
  const secret = x25519.sharedSecret(privateKey, queueOf(request).dhKey);
  const body = envelope instanceof Uint8Array ? envelope : encode(agentEnvelope, envelope).slice();
  return sealClientMessage({ version, key: publicKey }, secret, systemRandom(24), { header, body });
}

/** @throws Error when the link is not an invitation */
export function invitation(request: ConnectionRequest): InvitationRequest {
  if (request.mode !== "invitation") throw new Error("link is not an invitation");
  return request;
}

/** Sends a body of our own choice to a queue, as anybody can who knows its sender id and, once it is secured, its key. */
export async function sendRaw(
  world: World,
  relay: RelayAddress,
  queue: SenderQueue,
  body: Uint8Array,
): Promise<void> {
  const client = await within(
    world,
    connectClient(world.connect, relay, { clock: world.clock, random: systemRandom }),
  );
  await within(world, client.sendMessage(queue, { notification: false }, body));
  client.close();
}
