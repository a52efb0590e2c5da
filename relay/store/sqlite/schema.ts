/**
 * One row a queue, one a message. A message of the usual 16,000 bytes with its row fits one page of
 * 16,384, so that writing or erasing one touches its own page and no chain of overflow pages.
 */
const first = `
CREATE TABLE queues (
  no INTEGER PRIMARY KEY,
  recipient_id BLOB NOT NULL UNIQUE,
  sender_id BLOB NOT NULL UNIQUE,
  link_id BLOB UNIQUE,
  notifier_id BLOB UNIQUE,
  recipient_keys BLOB NOT NULL,
  dh_secret BLOB NOT NULL,
  sender_key BLOB,
  mode TEXT,
  notifier_key BLOB,
  notifier_secret BLOB,
  notifier_service BLOB,
  status TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  service_id BLOB
) STRICT;
CREATE INDEX queues_by_notifier_service ON queues (notifier_service) WHERE notifier_service IS NOT NULL;
CREATE INDEX queues_by_service ON queues (service_id) WHERE service_id IS NOT NULL;
CREATE INDEX queues_suspended ON queues (updated_at) WHERE status = 'off';
CREATE TABLE links (queue INTEGER PRIMARY KEY, fixed_data BLOB NOT NULL, user_data BLOB NOT NULL) STRICT;
CREATE TABLE messages (
  no INTEGER PRIMARY KEY,
  queue INTEGER NOT NULL,
  id BLOB NOT NULL,
  timestamp INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  body BLOB
) STRICT;
CREATE INDEX messages_by_queue ON messages (queue, no);
CREATE TABLE notifications (
  no INTEGER PRIMARY KEY,
  notifier_id BLOB NOT NULL,
  nonce BLOB NOT NULL,
  metadata BLOB NOT NULL,
  timestamp INTEGER NOT NULL
) STRICT;
CREATE INDEX notifications_by_notifier ON notifications (notifier_id, no);
CREATE TABLE services (cert_hash BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, role TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Queues whose status a command of the operator has set, until the relay that runs has taken note. */
const statusChanges = "CREATE TABLE status_changes (recipient_id BLOB NOT NULL) STRICT;";

/** What makes the tables, step by step; `user_version` says how many of them a file has had. */
export const schemaSteps: readonly string[] = [first, statusChanges];

/** Bytes of a database page. */
export const pageLength = 16_384;

/** The write-ahead log is merged into the file when it has this many pages: 32 MB. */
export const checkpointPages = 2000;
