import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import { Secret } from '../base/secret.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from '../config/load.ts'
import { type Setting, settings } from '../config/settings.ts'
import type { Given } from './arguments.ts'
import { findClaude, installLines } from './claude-program.ts'
import { settingsVariables } from './claude-settings.ts'
import { composeLog } from './compose.ts'
import { obtainKey } from './first-run.ts'
import type { Io } from './io.ts'
import { claudeCodeEnvironment } from './launch/environment.ts'
import { overruleSettings } from './launch/overrule.ts'
import type { LaunchEnvironment } from './launch/shells.ts'
import { serve } from './serve.ts'
import { readSetUp } from './set-up.ts'

/** Claude Code with a server of its own, in one step. */

const missingClaude = (io: Io): UsageError =>
  new UsageError(
    [
      'Claude Code was not found: there is no claude on PATH. Install it, and try again:',
      ...installLines(io.machine.platform).map((line) => `  ${line}`),
    ].join('\n'),
  )

const tokenBytes = 32

/** A server for one client alone: nobody else on this machine knows its token. */
const privateServer = (config: Config): Config => ({
  ...config,
  host: '127.0.0.1',
  port: 0,
  clientToken: new Secret(randomBytes(tokenBytes).toString('base64url')),
})

/** What Claude Code runs for its user has no use for our own secrets. */
const ownSecrets = (settings as readonly Setting[])
  .filter(({ type }) => type.kind === 'secret')
  .flatMap(({ environment }) => environment.filter((name) => name.startsWith('NEXUS_')))

const withLaunch = (environment: NodeJS.ProcessEnv, { set, unset }: LaunchEnvironment): NodeJS.ProcessEnv => {
  const removed = new Set([...unset, ...ownSecrets])
  const kept = Object.entries(environment).filter(([name]) => !removed.has(name))
  return { ...Object.fromEntries(kept), ...set }
}

/** As shells have it for what a signal ended. */
const signalExit = 128

interface Launch {
  readonly program: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

/**
 * Signals that a terminal sends reach both of us, and Claude Code takes a second Ctrl-C for the end: they
 * are its own business. Without a terminal nobody but us can pass them on.
 */
const signalsFor = (hasTerminal: boolean): ReadonlyMap<NodeJS.Signals, 'pass' | 'leave'> =>
  new Map([
    ['SIGINT', hasTerminal ? 'leave' : 'pass'],
    ['SIGQUIT', hasTerminal ? 'leave' : 'pass'],
    ['SIGTERM', 'pass'],
    ['SIGHUP', 'pass'],
    // Ctrl-Break on Windows, which every program of the console gets.
    ...(process.platform === 'win32' ? [['SIGBREAK', 'leave'] as const] : []),
  ])

/** Runs a program in the person's own terminal to its end, and tells its exit code. Rejects where it cannot start. */
const runInTerminal = async ({ program, args, environment }: Launch, hasTerminal: boolean): Promise<number> => {
  const { default: spawn } = await import('cross-spawn')
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: 'inherit', env: environment })
    const handlers = [...signalsFor(hasTerminal)].map(
      ([name, what]) => [name, what === 'pass' ? () => void child.kill(name) : () => {}] as const,
    )
    const settle = (): void => {
      for (const [name, handler] of handlers) process.off(name, handler)
    }
    for (const [name, handler] of handlers) process.on(name, handler)
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      settle()
      resolve(code ?? signalExit + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

/** Rejects with UsageError; resolves to Claude Code's own exit code. */
export const runClaude = async ({ flags, rest }: Given, io: Io): Promise<number> => {
  const setUp = await readSetUp(flags, io)
  const found = findClaude(io.machine)
  if (found === undefined) throw missingClaude(io)
  const apiKey = await obtainKey(setUp, io)
  const config = privateServer(setUp.loaded.config)
  // The screen is Claude Code's: the log goes to the file that was asked for, or nowhere.
  const log = composeLog(config, { ...io, isTerminal: false, useColor: false, err: () => {} })
  for (const warning of setUp.loaded.warnings) log.warn('config.warning', { warning })
  const { port, stop } = await serve(setUp, { config, apiKey, log }, io)
  try {
    const plain = claudeCodeEnvironment({ ...setUp, config, port, environment: setUp.loaded.environment })
    const launch = overruleSettings(plain, settingsVariables(io.machine), rest)
    const environment = withLaunch({ ...io.machine.environment }, launch.environment)
    return await runInTerminal({ program: found.path, args: [...launch.args, ...rest], environment }, io.hasTerminal)
  } finally {
    await stop()
  }
}
