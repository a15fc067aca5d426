/** The families that a client can choose from. */
export type ServedFamily = 'opus' | 'sonnet' | 'haiku'

/** A model that an upstream serves. */
export interface Model {
  /** The upstream's id. */
  readonly id: string
  readonly family: ServedFamily
  /** The name that clients use, where it is not the id in the client's spelling. */
  readonly clientName?: string
  readonly displayName: string
  readonly description: string
  /** Release date of the model. */
  readonly createdAt: string
  /** Tokens. */
  readonly maxInputTokens: number
  /** The configuration sets that limit; Claude Code would assume another one for the name. */
  readonly isWindowLimited?: boolean
  readonly maxOutputTokens: number
}

/** The models of one upstream. Lists for users have this order; it has no other meaning. */
export interface ModelCatalog {
  readonly models: readonly Model[]
  /** The model for a family's name, and for any version of the family that is not in `models`. */
  readonly defaults: Readonly<Record<ServedFamily, Model>>
}
