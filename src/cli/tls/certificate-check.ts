import { statSync } from 'node:fs'
import { attempt } from '../../base/attempt.ts'
import type { Logger } from '../../base/logger.ts'
import type { CertificateFile } from './server-certificate.ts'

/** Warns before a certificate expires, and when its file has changed: Bun cannot replace it in a running server (OP-W5). */

const dayMs = 24 * 60 * 60 * 1000
/** A company may need this long to renew a certificate. */
export const soonDays = 14

export const daysLeft = ({ leaf }: Pick<CertificateFile, 'leaf'>, now: number): number =>
  Math.floor((leaf.validToDate.getTime() - now) / dayMs)

/** Another text if the file has changed. A file that cannot be read has not changed yet: something is replacing it. */
const stateOf = (path: string): string | undefined => {
  const stats = attempt(() => statSync(path))
  return stats && `${stats.dev}:${stats.ino}:${stats.mtimeMs}:${stats.size}`
}

interface CheckOptions {
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Returns a function that logs what the operator must do: at most one line a day, and one for each change. */
export const createCertificateCheck = (certificate: CertificateFile, { log, now }: CheckOptions) => {
  const { path, leaf } = certificate
  let state = stateOf(path)
  let nextWarningAt = 0
  return (): void => {
    const current = stateOf(path) ?? state
    if (current !== state) log.warn('tls.changed', { remedy: 'restart the server to use the new certificate' })
    state = current
    const days = daysLeft(certificate, now())
    if (days >= soonDays || now() < nextWarningAt) return
    nextWarningAt = now() + dayMs
    log.warn('tls.expires_soon', { expires: leaf.validToDate.toISOString(), days })
  }
}

/** An expired certificate is noticed within this time. */
const checkMs = 60 * 60 * 1000

/** Checks at once and then each hour. The returned function stops it. */
export const watchCertificate = (certificate: CertificateFile, log: Logger): (() => void) => {
  const check = createCertificateCheck(certificate, { log, now: Date.now })
  check()
  const timer = setInterval(check, checkMs)
  timer.unref()
  return () => clearInterval(timer)
}
