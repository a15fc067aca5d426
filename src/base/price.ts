/** What a model costs, for each million tokens of a kind, in the configured currency (OP-C1). */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  /** Tokens that the cache keeps for five minutes. */
  readonly cacheWrite: number
  /** Tokens that the cache keeps for an hour. */
  readonly cacheWrite1h: number
}

/** Prices by the id of a model, by a family such as `opus`, or by `*` for all others. */
export type PriceTable = ReadonlyMap<string, Price>
