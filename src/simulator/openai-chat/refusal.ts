/** The reason for a refusal, before it gets the envelope of a face. */
export interface ChatRefusal {
  /** HTTP status, if it is not 400. */
  readonly status?: number
  readonly message: string
  /** The type, if it is not `invalid_request_error`. */
  readonly type?: string
  /** The path of the fault in the body. */
  readonly param?: string
  readonly code?: string | number
  /** Members of the error that only some servers send. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** The first refusal of an item in a list. */
export const firstRefusalOf = <T>(
  items: readonly T[],
  judge: (item: T, index: number) => ChatRefusal | undefined,
): ChatRefusal | undefined => {
  for (const [index, item] of items.entries()) {
    const refusal = judge(item, index)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** `'a', 'b', and 'c'`, as OpenAI lists values. */
export const listed = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')}${quoted.length > 1 ? ',' : ''} and ${last}`
}
