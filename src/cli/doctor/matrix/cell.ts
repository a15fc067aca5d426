/** The result of one row, with the words of the compatibility matrix. */

export const statuses = ['pass', 'healed', 'fail', 'not_applicable', 'not_tested'] as const
export type Status = (typeof statuses)[number]

export interface Cell {
  readonly status: Status
  /** Of a failure: the words of AI Nexus, or of this program. */
  readonly error?: string
  /** What was left out, or why there is no result. */
  readonly reason?: string
  /** AI Nexus's ids of the requests, for its administrator. */
  readonly requestIds?: readonly string[]
}

export const notTested = (reason: string): Cell => ({ status: 'not_tested', reason })
export const notApplicable = (reason: string): Cell => ({ status: 'not_applicable', reason })

/** From the one that decides about all to the one that says least. */
const byWeight = ['fail', 'healed', 'not_tested', 'pass', 'not_applicable'] as const satisfies readonly Status[]

/** The result for all models: a row passes only if it passes for each of them. Undefined without a cell. */
export const combined = (cells: ReadonlyMap<string, Cell>): Cell | undefined => {
  const status = byWeight.find((one) => [...cells.values()].some((cell) => cell.status === one))
  if (status === undefined) return undefined
  const deciding = [...cells].filter(([, cell]) => cell.status === status)
  /** Names the model, unless all models say the same. */
  const textOf = (member: 'error' | 'reason'): string | undefined => {
    const texts = deciding.flatMap(([model, { [member]: text }]) =>
      text === undefined ? [] : [[model, text] as const],
    )
    const different = new Set(texts.map(([, text]) => text))
    if (different.size === 0) return undefined
    const isShared = different.size === 1 && texts.length === cells.size
    return isShared ? texts[0]?.[1] : texts.map(([model, text]) => `${model}: ${text}`).join('; ')
  }
  const [error, reason] = [textOf('error'), textOf('reason')]
  const requestIds = deciding.flatMap(([, cell]) => cell.requestIds ?? [])
  return {
    status,
    ...(error !== undefined && { error }),
    ...(reason !== undefined && { reason }),
    ...(requestIds.length > 0 && { requestIds }),
  }
}
