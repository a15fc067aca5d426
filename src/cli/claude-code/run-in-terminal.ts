import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { constants } from 'node:os'
import { errorCode } from '../../base/error-code.ts'
import type { Machine } from '../../config/paths.ts'
import { isHangUpIgnored } from '../server-lifecycle.ts'
import { type ProgramCommand, programCommand } from '../system/program-command.ts'

/** Runs a program in the person's own terminal, as a shell would. */

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

/** As shells have it for what a signal ended. */
const signalExit = 128

/**
 * Signals that a terminal sends reach both of us, and Claude Code takes a second Ctrl-C for the end: they
 * are its own business. Without a terminal nobody but us can pass them on.
 */
const signalsFor = (
  { platform, hasTerminal }: TerminalSituation,
  isHangUpLeft: boolean,
): [NodeJS.Signals, 'pass' | 'leave'][] => [
  ['SIGINT', hasTerminal ? 'leave' : 'pass'],
  ['SIGQUIT', hasTerminal ? 'leave' : 'pass'],
  ['SIGTERM', 'pass'],
  // A handler for one that was to be ignored would undo that.
  ...(isHangUpLeft ? [] : [['SIGHUP', 'pass'] as [NodeJS.Signals, 'pass']]),
  // Ctrl-Break on Windows, which every program of the console gets.
  ...(platform === 'win32' ? [['SIGBREAK', 'leave'] as [NodeJS.Signals, 'leave']] : []),
]

const shell = '/bin/sh'

/** A child is begun with the usual signals: one that was to be ignored has to be said again. */
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

/** Rejects with the system's error where it cannot be started. */
const startProgram = async (
  { path, args, environment }: TerminalProgram,
  { platform }: TerminalSituation,
  isHangUpLeft: boolean,
): Promise<ChildProcess> => {
  const { spawn } = await import('node:child_process')
  const command = programCommand(path, args, { platform, environment })
  try {
    return await start(spawn, isHangUpLeft ? underNohup(command) : command, environment)
  } catch (error) {
    // A script without its first line is a shell's, for every shell.
    if (errorCode(error) !== 'ENOEXEC' || !looksLikeText(path)) throw error
    return start(spawn, { command: shell, args: [path, ...args], isVerbatim: false }, environment)
  }
}

/** Resolves to its exit code. Rejects with the system's error where it cannot be started. */
export const runInTerminal = async (program: TerminalProgram, situation: TerminalSituation): Promise<number> => {
  const isHangUpLeft = situation.platform !== 'win32' && isHangUpIgnored(situation.isTerminal)
  let child: ChildProcess | undefined
  /** What came before there was anybody to pass it on to. */
  const early: NodeJS.Signals[] = []
  const pass = (name: NodeJS.Signals): void => {
    if (child === undefined) early.push(name)
    else child.kill(name)
  }
  // Before the program runs: it may end us with the first thing that it does.
  const handlers = signalsFor(situation, isHangUpLeft).map(
    ([name, what]) => [name, what === 'pass' ? () => pass(name) : () => {}] as const,
  )
  for (const [name, handler] of handlers) process.on(name, handler)
  try {
    const started = await startProgram(program, situation, isHangUpLeft)
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
