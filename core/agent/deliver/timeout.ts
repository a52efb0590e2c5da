/** How long delivery of an item is tried, in milliseconds: as long as relays keep messages. */
export const deliveryTimeoutMs = 21 * 24 * 3_600_000;
