import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { localUrl } from '../clients/connection.ts'
import { readConfig } from '../config/config-input.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { fetchHealth, type Healthy, type Silence } from '../system/fetch-health.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

/** A running server answers within milliseconds; callers such as container engines wait only a few seconds. */
const usualDeadlineMs = 3000
const secondMs = 1000

/** The output of `--json`. Scripts rely on the names. */
interface HealthReport {
  readonly healthy: boolean
  readonly url: string
  /** The version of the server that answered. */
  readonly version?: string
  readonly pid?: number
  /** Seconds. */
  readonly uptime?: number
  /** How many request features the server leaves out because AI Nexus refuses them; `/health` names them. */
  readonly degradations?: number
  /** Why the server is not healthy. */
  readonly reason?: string
}

const reasonOf = (silence: Silence, url: string, deadlineMs: number): string => {
  switch (silence.kind) {
    case 'unreachable':
      return silence.code === 'ConnectionRefused' || silence.code === 'ECONNREFUSED'
        ? `no server listens at ${url}`
        : `cannot connect to ${url}${silence.code === undefined ? '' : ` (${silence.code})`}`
    case 'late':
      return `${url} did not answer within ${deadlineMs / secondMs} s`
    case 'other':
      return `the server at ${url} is not a healthy ${productName} (status ${silence.status})`
  }
}

const toReport = (answer: Healthy | Silence, url: string, deadlineMs: number): HealthReport => {
  if (answer.kind !== 'ours') return { healthy: false, url, reason: reasonOf(answer, url, deadlineMs) }
  const { version, pid, uptime, degradations } = answer
  return { healthy: true, url, version, pid, ...(uptime !== undefined && { uptime }), degradations }
}

const runHealth = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  // Reads no secret: the user need not unlock a keychain.
  const { config } = await readConfig(flags, io, { secrets: [] })
  const { port } = config
  if (port === 0) {
    throw new UsageError('Only the server knows the port that --port 0 chose. Give the port that it printed: --port.')
  }
  const deadlineMs = io.times?.healthMs ?? usualDeadlineMs
  const url = localUrl(config, port)
  const report = toReport(await fetchHealth(url, deadlineMs), url, deadlineMs)
  const { healthy, version, pid, reason } = report
  if (flags['json'] === true) io.out(`${JSON.stringify(report, undefined, 2)}\n`)
  else if (healthy) io.out(`healthy: ${productName} ${version} at ${url} (process ${pid})\n`)
  else
    printer(io).fail(
      `not healthy: ${reason}.\nStart it with ${productName} start, or give its address with --host and --port.`,
    )
  return healthy ? 0 : 1
}

/** For health checks of containers and services that have no curl. Rejects with UsageError. */
export const healthCommand: Command = {
  name: 'health',
  description: 'Check that the server is running (exit code 0 or 1)',
  details: [
    'Sends GET /health to the configured host and port, never through a proxy, and waits at most 3 seconds. Needs no key and sends no other request. To check the connection to AI Nexus, use doctor.',
  ],
  get args(): ArgsDef {
    return {
      ...settingFlagsNamed('host', 'port', 'tls-cert', 'upstream'),
      json: { type: 'boolean', description: 'Print JSON: healthy, url, and version and pid, or the reason' },
      ...sourceFlags,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} health`, what: 'Check the server on the configured port' },
    { line: `${productName} health --port 5000 --json`, what: 'Print JSON for a script' },
  ],
  run: runHealth,
}
