import type { Database, Statement } from "./database.ts";
import { recordColumns } from "./rows.ts";

/** Every statement of the store, prepared once. */
export function prepareAll(database: Database) {
  const prepare = (sql: string): Statement => database.prepare(sql);
  return {
    find: {
      recipient: prepare("SELECT no FROM queues WHERE recipient_id = ?"),
      sender: prepare("SELECT no FROM queues WHERE sender_id = ?"),
      link: prepare("SELECT no FROM queues WHERE link_id = ?"),
      notifier: prepare("SELECT no FROM queues WHERE notifier_id = ?"),
    },
    queue: prepare(`SELECT ${recordColumns} FROM queues WHERE no = ?`),
    queueFrom: prepare(`SELECT ${recordColumns} FROM queues WHERE no >= ? ORDER BY no LIMIT 1`),
    lastQueue: prepare("SELECT no FROM queues ORDER BY no DESC LIMIT 1"),
    insertQueue: prepare(
      `INSERT INTO queues (${recordColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    setSenderKey: prepare("UPDATE queues SET sender_key = ? WHERE no = ?"),
    setRecipientKeys: prepare("UPDATE queues SET recipient_keys = ? WHERE no = ?"),
    setLinkId: prepare("UPDATE queues SET link_id = ? WHERE no = ?"),
    setLinkData: prepare("REPLACE INTO links (queue, fixed_data, user_data) VALUES (?, ?, ?)"),
    linkData: prepare("SELECT fixed_data, user_data FROM links WHERE queue = ?"),
    deleteLinkData: prepare("DELETE FROM links WHERE queue = ?"),
    setNotifier: prepare(
      "UPDATE queues SET notifier_id = ?, notifier_key = ?, notifier_secret = ?, notifier_service = ? WHERE no = ?",
    ),
    setStatus: prepare("UPDATE queues SET status = ? WHERE no = ?"),
    touch: prepare("UPDATE queues SET updated_at = ? WHERE no = ?"),
    deleteQueue: prepare("DELETE FROM queues WHERE no = ?"),
    suspendedQueues: prepare("SELECT no FROM queues WHERE status = 'off' AND updated_at < ? LIMIT ?"),
    messageHeads: prepare("SELECT no, id, timestamp, kind FROM messages WHERE queue = ? ORDER BY no"),
    messageBody: prepare("SELECT body FROM messages WHERE no = ?"),
    lastMessage: prepare("SELECT no FROM messages ORDER BY no DESC LIMIT 1"),
    insertMessage: prepare(
      "INSERT INTO messages (no, queue, id, timestamp, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    deleteMessage: prepare("DELETE FROM messages WHERE no = ?"),
    deleteMessages: prepare("DELETE FROM messages WHERE queue = ?"),
    oldestMessages: prepare(
      "SELECT no, queue, timestamp, kind FROM messages WHERE no > ? ORDER BY no LIMIT ?",
    ),
    insertNotification: prepare(
      "INSERT INTO notifications (notifier_id, nonce, metadata, timestamp) VALUES (?, ?, ?, ?)",
    ),
    trimNotifications: prepare(
      "DELETE FROM notifications WHERE notifier_id = ? AND no <= (SELECT no FROM notifications " +
        "WHERE notifier_id = ? ORDER BY no DESC LIMIT 1 OFFSET ?)",
    ),
    notifications: prepare(
      "SELECT nonce, metadata, timestamp FROM notifications WHERE notifier_id = ? ORDER BY no",
    ),
    deleteNotifications: prepare("DELETE FROM notifications WHERE notifier_id = ?"),
    expireNotifications: prepare("DELETE FROM notifications WHERE timestamp < ?"),
    service: prepare("SELECT id, role FROM services WHERE cert_hash = ?"),
    insertService: prepare("INSERT INTO services (cert_hash, id, role) VALUES (?, ?, ?)"),
    setQueueService: prepare("UPDATE queues SET service_id = ? WHERE no = ?"),
    serviceQueues: prepare("SELECT recipient_id FROM queues WHERE service_id = ? ORDER BY no"),
    serviceNotifiers: prepare("SELECT notifier_id FROM queues WHERE notifier_service = ?"),
    counts: prepare(
      "SELECT (SELECT count(*) FROM queues) AS queues, (SELECT count(*) FROM messages) AS messages, " +
        "(SELECT count(*) FROM notifications) AS notifications",
    ),
    dataVersion: prepare("PRAGMA data_version"),
    insertStatusChange: prepare("INSERT INTO status_changes (recipient_id) VALUES (?)"),
    takeStatusChanges: prepare("DELETE FROM status_changes RETURNING recipient_id"),
  };
}
