import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { constants } from 'node:os'
import { errorCode } from '../../base/error-code.ts'
import type { Machine } from '../../config/paths.ts'
import { isHangUpIgnored } from '../server-lifecycle.ts'
import { type ProgramCommand, programCommand } from '../system/program-command.ts'

/** Runs a program in the user's terminal, as a shell would. */

export interface TerminalProgram {
  readonly path: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

export interface TerminalSituation {
  readonly platform: Machine['platform']
  readonly isTerminal: boolean
  readonly hasTerminal: boolean
}

/** Shells add this to the number of the signal that ended a program. */
const signalExit = 128

/**
 * A terminal sends its signals to both processes, and Claude Code exits on a second Ctrl-C: so we leave them to Claude
 * Code. Without a terminal, only this process can pass them on.
 */
const signalsFor = (
  { platform, hasTerminal }: TerminalSituation,
  ignoresHangUp: boolean,
): [NodeJS.Signals, 'pass' | 'leave'][] => [
  ['SIGINT', hasTerminal ? 'leave' : 'pass'],
  ['SIGQUIT', hasTerminal ? 'leave' : 'pass'],
  ['SIGTERM', 'pass'],
  // A handler would undo nohup.
  ...(ignoresHangUp ? [] : [['SIGHUP', 'pass'] as [NodeJS.Signals, 'pass']]),
  // Ctrl-Break on Windows: every program of the console gets it.
  ...(platform === 'win32' ? [['SIGBREAK', 'leave'] as [NodeJS.Signals, 'leave']] : []),
]

const shell = '/bin/sh'

/** A child starts with default signal handlers, so SIGHUP must be ignored again. */
const underNohup = (command: ProgramCommand): ProgramCommand => ({
  ...command,
  command: shell,
  args: ['-c', 'trap "" HUP; exec "$0" "$@"', command.command, ...command.args],
})

const looksLikeText = (path: string): boolean => {
  const beginning = Buffer.alloc(512)
  const file = openSync(path, 'r')
  try {
    return !beginning.subarray(0, readSync(file, beginning)).includes(0)
  } finally {
    closeSync(file)
  }
}

const start = (
  spawn: typeof import('node:child_process').spawn,
  { command, args, isVerbatim }: ProgramCommand,
  environment: NodeJS.ProcessEnv,
): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      stdio: 'inherit',
      env: environment,
      windowsVerbatimArguments: isVerbatim,
    })
    child.once('error', reject)
    if (child.pid !== undefined) resolve(child)
  })

/** Rejects with the system's error if the program cannot be started. */
const startProgram = async (
  { path, args, environment }: TerminalProgram,
  { platform }: TerminalSituation,
  ignoresHangUp: boolean,
): Promise<ChildProcess> => {
  const { spawn } = await import('node:child_process')
  const command = programCommand(path, args, { platform, environment })
  try {
    return await start(spawn, ignoresHangUp ? underNohup(command) : command, environment)
  } catch (error) {
    // Like every shell, runs a script without a `#!` line with sh.
    if (errorCode(error) !== 'ENOEXEC' || !looksLikeText(path)) throw error
    return start(spawn, { command: shell, args: [path, ...args], isVerbatim: false }, environment)
  }
}

/** Resolves to the program's exit code. Rejects with the system's error if the program cannot be started. */
export const runInTerminal = async (program: TerminalProgram, situation: TerminalSituation): Promise<number> => {
  const ignoresHangUp = situation.platform !== 'win32' && isHangUpIgnored(situation.isTerminal)
  let child: ChildProcess | undefined
  /** Signals that arrive before the child exists. */
  const early: NodeJS.Signals[] = []
  const pass = (name: NodeJS.Signals): void => {
    if (child === undefined) early.push(name)
    else child.kill(name)
  }
  // Set before the program runs: it may send us a signal at once.
  const handlers = signalsFor(situation, ignoresHangUp).map(
    ([name, what]) => [name, what === 'pass' ? () => pass(name) : () => {}] as const,
  )
  for (const [name, handler] of handlers) process.on(name, handler)
  try {
    const started = await startProgram(program, situation, ignoresHangUp)
    const ended = new Promise<number>((resolve) => {
      started.once('exit', (code, signal) =>
        resolve(code ?? signalExit + (signal === null ? 0 : constants.signals[signal])),
      )
    })
    child = started
    for (const name of early) started.kill(name)
    return await ended
  } finally {
    for (const [name, handler] of handlers) process.off(name, handler)
  }
}
