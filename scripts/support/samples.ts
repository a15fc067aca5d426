import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Memory and descriptors of a process, as the system reports them. */

const bytesPerKilobyte = 1024

/** Resident bytes; undefined if the system does not report them. */
export const residentBytes = (pid: number): number | undefined => {
  if (existsSync(`/proc/${pid}/status`)) {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * bytesPerKilobyte
  }
  if (process.platform === 'win32') return undefined
  const kilobytes = Number(Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(pid)]).stdout.toString())
  return kilobytes > 0 ? kilobytes * bytesPerKilobyte : undefined
}

/** Number of open descriptors; undefined without /proc. */
export const descriptors = (pid: number): number | undefined =>
  existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`).length : undefined

/** The quantile for a share, for example 0.99. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
