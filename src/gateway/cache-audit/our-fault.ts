import type { Logger } from '../../base/logger.ts'
import { setMostRecent } from '../../base/lru.ts'
import type { CacheClass } from './cache-class.ts'
import { sizeAt } from './compare.ts'
import { type Fingerprint, unitKinds } from './fingerprint.ts'

/** A prompt that this server has changed between two turns. */
export interface OurFault {
  readonly requestId: string
  readonly session: string | undefined
  readonly cacheClass: CacheClass
  readonly before: Fingerprint
  readonly after: Fingerprint
  readonly unit: number
  /** What the translation noted for that part. */
  readonly notes: string | undefined
}

/** Sessions whose faults are remembered. */
const rememberedFaults = 1000

const kindAt = ({ kinds, firstUnit }: Fingerprint, unit: number): string | undefined =>
  unitKinds[kinds[Math.max(unit - firstUnit, 0)] ?? -1]

/** Logs each kind of fault once per session, without any content (CA-A1). */
export const createFaultLog = (log: Logger): ((fault: OurFault) => void) => {
  const logged = new Map<string, true>()
  return ({ requestId, session, cacheClass, before, after, unit, notes }) => {
    const key = `${session} ${cacheClass}`
    if (logged.has(key)) return
    setMostRecent(logged, key, true, rememberedFaults)
    log.warn('cache.our_fault', {
      requestId,
      session,
      class: cacheClass,
      unit,
      kind: kindAt(after, unit) ?? kindAt(before, unit),
      sizeBefore: sizeAt(before, unit),
      sizeAfter: sizeAt(after, unit),
      notes,
    })
  }
}
