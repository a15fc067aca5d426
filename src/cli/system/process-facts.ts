import { readdirSync } from 'node:fs'
import { attempt } from '../../base/attempt.ts'
import type { ProcessFacts } from '../../gateway/observers/metrics/metrics.ts'

const microsecondsPerSecond = 1_000_000
const millisecondsPerSecond = 1000

/** Linux lists the open files of a process here; macOS and Windows have no such folder. */
const openFilesFolder = '/proc/self/fd'

/** Facts about this process, for its metrics. */
export const processFacts: ProcessFacts = {
  bun: Bun.version,
  figures() {
    const { user, system } = process.cpuUsage()
    return {
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / microsecondsPerSecond,
      startSeconds: performance.timeOrigin / millisecondsPerSecond,
      openFiles: attempt(() => readdirSync(openFilesFolder).length),
    }
  },
}
