/** The families that a client can choose from. */
export type ServedFamily = 'opus' | 'sonnet' | 'haiku'

/** A model that an upstream serves. */
export interface Model {
  /** The upstream's own id. */
  readonly id: string
  readonly family: ServedFamily
  readonly displayName: string
  readonly description: string
  /** When the model came out. */
  readonly createdAt: string
  /** Tokens. */
  readonly maxInputTokens: number
  readonly maxOutputTokens: number
}

/** The models of one upstream. The order is that of lists for people, and has no other meaning. */
export interface ModelCatalog {
  readonly models: readonly Model[]
  /** What a family's name stands for, and a version of it that is not among the models. */
  readonly defaults: Readonly<Record<ServedFamily, Model>>
}
