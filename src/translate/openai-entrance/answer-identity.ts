/** The members of an answer that come from the server's clock and its random ids. */
export interface AnswerIdentity {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
}
