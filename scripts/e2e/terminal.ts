import type { ClientLaunch } from './client.ts'
import { createScreen } from './screen.ts'

/** The client in a terminal of its own, with somebody who types and reads. */

export interface TerminalRun {
  /** What can be read now. */
  text(): string
  /** Waits until the screen shows a pattern. Throws with the screen where it never does. */
  shows(pattern: RegExp): Promise<RegExpExecArray>
  /** Types words, and waits until they stand on the screen. */
  types(words: string): Promise<void>
  /** Presses a key. */
  presses(key: keyof typeof keys): void
  /** Types words and sends them off. */
  says(words: string): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const keys = { enter: '\r', escape: '\u001b', 'shift tab': '\u001b[Z', down: '\u001b[B', up: '\u001b[A' } as const

const columns = 120
/** Nothing scrolls out of sight. */
const rows = 100
const patternLimitMs = 20_000

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

export const openTerminal = (launch: ClientLaunch): TerminalRun => {
  const screen = createScreen(columns, rows)
  const decoder = new TextDecoder()
  let changed = Promise.withResolvers<void>()
  const child = Bun.spawn(launch.command, {
    cwd: launch.folder,
    env: { ...launch.environment, TERM: 'xterm-256color' },
    terminal: {
      cols: columns,
      rows,
      data(_terminal, bytes) {
        screen.write(decoder.decode(bytes, { stream: true }))
        changed.resolve()
        changed = Promise.withResolvers()
      },
    },
  })

  const shows = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const late = AbortSignal.timeout(patternLimitMs)
    const end = new Promise<void>((resolve) => late.addEventListener('abort', () => resolve(), { once: true }))
    while (true) {
      const match = pattern.exec(screen.text())
      if (match !== null) return match
      if (late.aborted || child.exitCode !== null)
        throw new Error(`the screen does not show ${pattern}:\n${screen.text()}`)
      await Promise.race([changed.promise, child.exited, end])
    }
  }
  const types = async (words: string): Promise<void> => {
    child.terminal?.write(words)
    await shows(new RegExp(`❯\\s${escaped(words)}\\s*$`, 'm'))
  }
  const presses: TerminalRun['presses'] = (key) => {
    child.terminal?.write(keys[key])
  }
  return {
    text: screen.text,
    shows,
    types,
    presses,
    async says(words) {
      await types(words)
      presses('enter')
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
      child.terminal?.close()
    },
  }
}
