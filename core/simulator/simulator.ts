/**
 * The simulator: a whole network of agents and relays in one process on a virtual clock, with faults, all from
 * a seed. Each run is a random scenario (connect in every order of online and offline, send, confirm, rotate
 * queues, re-synchronise ratchets, delete) under faults (delay, lost connections, duplicates at reconnect,
 * relays that restart or disappear, agents that crash at any store call, clock jumps, full queues, slow
 * consumers); then the network heals, and what must hold is checked. A run replays exactly from its seed.
 */
export {};
