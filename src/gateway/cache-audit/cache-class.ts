/**
 * What the prompt cache did for one request, and whose change a miss is (CA-C5). `hit`, `cold` and `below_minimum` are no
 * misses.
 */
export type CacheClass =
  /** At least 90 percent of the expected tokens were read. */
  | 'hit'
  /** The first request of a session, or the first after its conversation was replaced. */
  | 'cold'
  /** The prompt is shorter than the model's cache accepts. */
  | 'below_minimum'
  /** The client changed it. */
  | 'model_changed'
  | 'tools_changed'
  | 'system_changed'
  | 'messages_changed'
  | 'marker_gone'
  /** Only `thinking` or `tool_choice` differs. */
  | 'options_changed'
  /** This server changed it: a fault. */
  | 'translation_changed'
  | 'marker_moved'
  /** This server changed it on purpose: a limit, or what the model has refused. */
  | 'settings_changed'
  /** The lifetime is over. */
  | 'ttl_expired_5m'
  | 'ttl_expired_1h'
  /** The upstream did not have it any more. */
  | 'upstream_evicted'
  /** Nothing to compare: no usage, a cancelled request, or requests at the same time. */
  | 'unknown'
