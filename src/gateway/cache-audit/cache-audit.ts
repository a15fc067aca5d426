import type { Logger } from '../../base/logger.ts'
import type { ContentHash } from '../../runtime/content-hash.ts'
import { createFingerprinter } from './fingerprint.ts'
import { type KeptCounts, KeptRequests } from './kept-requests.ts'
import { createFaultLog } from './our-fault.ts'
import { type AuditedRequest, RequestAudit } from './request-audit.ts'

/** The audit of the prompt cache: what each request should have read, and who broke it (CA). */
export interface CacheAudit {
  begin(request: AuditedRequest): RequestAudit
  counts(): KeptCounts
}

export interface CacheAuditOptions {
  readonly hash: ContentHash
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly date: () => number
  /** Does the work when the process is idle. */
  readonly defer: (work: () => void) => void
}

export const createCacheAudit = ({ hash, log, date, defer }: CacheAuditOptions): CacheAudit => {
  const kept = new KeptRequests()
  const toFingerprint = createFingerprinter(hash)
  const logFault = createFaultLog(log)
  let waiting: RequestAudit[] = []
  const flush = (): void => {
    const audits = waiting
    waiting = []
    for (const audit of audits) audit.read()
  }
  const parts = {
    kept,
    toFingerprint,
    logFault,
    logUnread: (requestId: string) => log.warn('cache.unread', { requestId }),
    date,
    wait(audit: RequestAudit): void {
      waiting.push(audit)
      if (waiting.length === 1) defer(flush)
    },
  }
  return { begin: (request) => new RequestAudit(request, parts), counts: () => kept.counts }
}
