import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { localUrl } from '../claude-code/launch/environment.ts'
import { readConfig } from '../config/config-input.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { fetchHealth, type Healthy, type Silence } from '../system/fetch-health.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

/** A server that lives answers within milliseconds; whoever asks (a container's engine) waits a few seconds at most. */
const usualDeadlineMs = 3000
const secondMs = 1000

/** What `--json` tells. Scripts rely on the names. */
interface HealthReport {
  readonly healthy: boolean
  readonly url: string
  /** Of the server that answered. */
  readonly version?: string
  readonly pid?: number
  /** Seconds. */
  readonly uptime?: number
  /** How many parts of requests go without, because AI Nexus refuses them: `/health` names them. */
  readonly degradations?: number
  /** Why not. */
  readonly reason?: string
}

const reasonOf = (silence: Silence, url: string, deadlineMs: number): string => {
  switch (silence.kind) {
    case 'unreachable':
      return silence.code === 'ConnectionRefused' || silence.code === 'ECONNREFUSED'
        ? `nothing listens at ${url}`
        : `nobody can be asked at ${url}${silence.code === undefined ? '' : ` (${silence.code})`}`
    case 'late':
      return `no answer from ${url} within ${deadlineMs / secondMs} s`
    case 'other':
      return `what answers at ${url} is no healthy ${productName} (status ${silence.status})`
  }
}

const toReport = (answer: Healthy | Silence, url: string, deadlineMs: number): HealthReport => {
  if (answer.kind !== 'ours') return { healthy: false, url, reason: reasonOf(answer, url, deadlineMs) }
  const { version, pid, uptime, degradations } = answer
  return { healthy: true, url, version, pid, ...(uptime !== undefined && { uptime }), degradations }
}

const runHealth = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  // No secret is asked for: a keychain need not be unlocked for this.
  const { config } = await readConfig(flags, io, { secrets: [] })
  const { host, port } = config
  if (port === 0) {
    throw new UsageError(
      'Port 0 is any free one, and only the server knows which. Name the one that it printed: --port.',
    )
  }
  const deadlineMs = io.times?.healthMs ?? usualDeadlineMs
  const url = localUrl(host, port)
  const report = toReport(await fetchHealth(host, port, deadlineMs), url, deadlineMs)
  const { healthy, version, pid, reason } = report
  if (flags['json'] === true) io.out(`${JSON.stringify(report, undefined, 2)}\n`)
  else if (healthy) io.out(`healthy: ${productName} ${version} at ${url} (process ${pid})\n`)
  else
    printer(io).fail(
      `not healthy: ${reason}.\nStart it with ${productName} start, or name its place with --host and --port.`,
    )
  return healthy ? 0 : 1
}

/** For health checks of containers and services, where no curl is. Rejects with UsageError. */
export const healthCommand: Command = {
  name: 'health',
  description: 'Ask the running server whether it is well; exit code 0 if so, 1 if not',
  details: [
    'Asks GET /health of the server at the configured host and port, never through a proxy, and waits 3 seconds at most. Needs no key and asks nobody else: whether AI Nexus can be reached is for doctor to find out.',
  ],
  get args(): ArgsDef {
    return {
      ...settingFlagsNamed('host', 'port'),
      json: { type: 'boolean', description: 'As JSON: healthy, url, and version and pid, or the reason' },
      ...sourceFlags,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} health`, what: 'Is the server at the usual port well?' },
    { line: `${productName} health --port 5000 --json`, what: 'For scripts' },
  ],
  run: runHealth,
}
