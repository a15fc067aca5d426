/** What the translation of an answer must know of its request. */
export interface ReplyContext {
  /** The model's name as the client asked for it. */
  readonly model: string
  readonly toClientToolName: (name: string) => string
  /** Whether citations in the answer are the client's wish; otherwise they are taken out. */
  readonly keepsCitations: boolean
  /** Citations were switched on for the sake of a PDF's pictures: the texts they cut apart are joined again. */
  readonly joinsTexts: boolean
  /** The client's own document titles, by document index. */
  readonly documentTitles: readonly (string | undefined)[]
  readonly stopSequences: readonly string[]
  /** Every cache point of the request was for an hour. */
  readonly cachesForAnHour: boolean
}
