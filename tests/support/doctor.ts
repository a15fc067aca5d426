import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckResult } from '../../src/cli/doctor/check.ts'
import type { Reply } from '../../src/simulator/reply.ts'
import type { SimulatorOptions } from '../../src/simulator/server.ts'
import { key } from './canary.ts'
import { productSpellings } from './catalog.ts'
import { simulate } from './chain.ts'
import { type CliResult, cli, startCli, temporaryFolder } from './cli.ts'

/** The findings of doctor's checks, from its JSON output. */
export interface Examination {
  readonly code: number
  readonly ok: boolean
  readonly checks: readonly CheckResult[]
  readonly clients: readonly unknown[]
  /** The whole output. */
  readonly said: string
  /** The finding of one check. Throws if there is no such check. */
  readonly of: (id: string) => CheckResult
  /** Ids by status, for whole comparisons. */
  readonly withStatus: (status: CheckResult['status']) => string[]
}

const read = ({ code, out, err }: CliResult): Examination => {
  const { ok, checks, clients } = JSON.parse(out) as { ok: boolean; checks: CheckResult[]; clients: unknown[] }
  return {
    code,
    ok,
    checks,
    clients,
    said: out + err,
    of(id) {
      const found = checks.find((check) => check.id === id)
      if (found === undefined) throw new Error(`no check ${id}: ${out}`)
      return found
    },
    withStatus: (status) => checks.filter((check) => check.status === status).map(({ id }) => id),
  }
}

/** A folder that contains `claude`, and a PATH with it. */
export const withClaude = (script = 'echo "2.1.329 (Claude Code)"'): { PATH: string; program: string } => {
  const folder = join(temporaryFolder(), 'bin')
  mkdirSync(folder)
  const program = join(folder, 'claude')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
  return { PATH: folder, program }
}

/** Any free port, so that other programs on this machine do not matter. */
const anyPort = ['--port', '0']

/** Without the setting, doctor tries a host of Anthropic. */
const skippedPreflight = (): Record<string, string> => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ skipWebFetchPreflight: true }))
  return { CLAUDE_CONFIG_DIR: folder }
}

/** Requests of tests go only to this machine. */
const hermetic = (args: readonly string[], environment: Record<string, string>): Record<string, string> =>
  args.includes('--offline') ? environment : { ...skippedPreflight(), ...environment }

export const doctor = async (
  args: readonly string[],
  environment: Record<string, string> = {},
  folder?: string,
): Promise<Examination> =>
  read(await cli(['doctor', '--json', ...anyPort, ...args], hermetic(args, environment), folder))

/** Runs doctor as a separate process: Bun reads proxies and certificates from a real environment. */
export const doctorProgram = async (
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Examination> =>
  read(await startCli(['doctor', '--json', ...anyPort, ...args], hermetic(args, environment)).ended)

/** The report for users. */
export const doctorReport = (
  args: readonly string[],
  environment: Record<string, string> = {},
  folder?: string,
): Promise<CliResult> => cli(['doctor', ...anyPort, ...args], hermetic(args, environment), folder)

export const keyVariable = { NEXUS_API_KEY: key }

/** The arguments that select a simulated Nexus. */
export const simulatedEndpoint = (options: SimulatorOptions = {}) => ['--endpoint-url', simulate(options).url]

export const errorReply = (message: string, status = 400, type = 'ValidationException'): Reply => ({
  error: { status, type, message },
})

export const modelCheckIds = productSpellings.map((spelling) => `model.${spelling}`)

export const featureCheckNames = ['streaming', 'tools', 'images', 'thinking', 'cache-points', 'count-tokens']
