import type { Logger } from '../../../../base/logger.ts'

/** Tokens expire by this machine's clock, and Anthropic decides by its own. */
const mostSkewMs = 5 * 60_000

/** Compares the `date` of answers with this machine's clock, and warns once (AU-O10). */
export const createClockWarning = (log: Logger, date: () => number) => {
  let isReported = false
  return (answerDate: string | null | undefined): void => {
    if (isReported || answerDate === undefined || answerDate === null) return
    const aheadMs = date() - Date.parse(answerDate)
    if (!(Math.abs(aheadMs) > mostSkewMs)) return
    isReported = true
    log.warn('credential.clock', { aheadSeconds: Math.round(aheadMs / 1000) })
  }
}
