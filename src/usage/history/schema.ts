/** The tables of the history (OP-H2, OP-H4). */

/** Marks the file as ours: "nxus". */
export const applicationId = 0x6e_78_75_73

/**
 * Step n leads from version n to version n + 1. Never change a step that was released: add one.
 *
 * The key of `request` begins with the time: ids are random, and an index of them alone takes half of a write.
 *
 * `client` and the other names of `slot_total` are empty where they are not known, because its key needs them. `h` has
 * the text of `histogram.ts`.
 */
export const migrations: readonly string[] = [
  `
CREATE TABLE request (
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  endpoint TEXT NOT NULL,
  upstream TEXT NOT NULL,
  model TEXT NOT NULL,
  client TEXT NOT NULL,
  domain TEXT NOT NULL,
  session TEXT,
  subagent INTEGER NOT NULL,
  status INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT NOT NULL,
  stream INTEGER NOT NULL,
  input INTEGER,
  cache_read INTEGER,
  cache_write INTEGER,
  cache_write_1h INTEGER,
  output INTEGER,
  first_event_ms INTEGER,
  duration_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  cost REAL,
  UNIQUE (at, id)
) STRICT;
CREATE INDEX request_session ON request (session, at) WHERE session IS NOT NULL;
CREATE TABLE slot_total (
  slot INTEGER NOT NULL,
  upstream TEXT NOT NULL,
  model TEXT NOT NULL,
  client TEXT NOT NULL,
  domain TEXT NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT NOT NULL,
  requests INTEGER NOT NULL,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  output INTEGER NOT NULL,
  budget_requests INTEGER NOT NULL,
  budget_tokens INTEGER NOT NULL,
  cost REAL,
  unpriced INTEGER NOT NULL,
  unmeasured INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  first_event_ms INTEGER NOT NULL,
  h TEXT NOT NULL,
  PRIMARY KEY (slot, upstream, model, client, domain, outcome, error)
) STRICT, WITHOUT ROWID;
CREATE TABLE revision (value INTEGER NOT NULL) STRICT;
INSERT INTO revision VALUES (0);
`,
]

/**
 * Columns of `request` that came later. Older programs read and write the file without them: they are no new version.
 * Each may be NULL. Never remove one that was released.
 */
export const addedColumns = [
  { name: 'cache_class', type: 'TEXT' },
  { name: 'cache_expected', type: 'INTEGER' },
  { name: 'cache_missed', type: 'INTEGER' },
  { name: 'cache_cost', type: 'REAL' },
] as const

/** Of the files that this version writes. */
export const schemaVersion = migrations.length
