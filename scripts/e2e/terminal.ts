import { type ClientLaunch, signalOf } from './client.ts'
import { createScreen } from './screen.ts'

/** The client in its own terminal, and a test as the user who types and reads. */

export interface TerminalRun {
  /** Waits until the screen shows a pattern. Throws with the screen's text after a timeout. */
  shows(pattern: RegExp): Promise<RegExpExecArray>
  /** Types words, and presses Enter when the screen shows them. */
  says(words: string): Promise<void>
  /** Waits for a question, and presses Enter until it disappears: it is visible before it accepts keys. */
  accepts(question: RegExp): Promise<void>
  /** The same for a question that another one follows: a second key would answer that. */
  acceptsOnce(question: RegExp): Promise<void>
  /** Selects an option above the selected one, and presses Enter. */
  chooses(option: string): Promise<void>
  /** The current text of the screen. */
  text(): string
  /** Presses Escape. */
  escapes(): void
  [Symbol.asyncDispose](): Promise<void>
}

const keys = { enter: '\r', escape: '\u001b', up: '\u001b[A' } as const
const columns = 120
/** Enough rows that no text scrolls off the screen. */
const rows = 100
/** On a busy machine, the client takes half a minute to start. */
const patternLimitMs = 60_000
/** Time between two presses of a key, if the client ignored the first. */
const againMs = 250
/** The same, where a second press does harm: longer than a busy machine takes to show the effect of the first. */
const onceMs = 10_000

const emptyPrompt = /^❯\s*$/m

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

const legible = (text: string): string => text.replace(/\n{3,}/g, '\n\n')

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

  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null

  // Kills the whole process group: a process that still runs would recreate its removed files.
  const kill = (): void => {
    if (!hasEnded()) process.kill(-child.pid, 'SIGKILL')
  }
  launch.signal?.addEventListener('abort', kill, { once: true })

  /** Calls `read` until it returns a value; undefined after the timeout or the end of the client. */
  const watch = async <T>(limitMs: number, read: (text: string) => T | undefined): Promise<T | undefined> => {
    const late = AbortSignal.timeout(limitMs)
    const end = new Promise<void>((resolve) => late.addEventListener('abort', () => resolve(), { once: true }))
    while (true) {
      const found = read(screen.text())
      if (found !== undefined || late.aborted || hasEnded()) return found
      await Promise.race([changed.promise, child.exited, end])
    }
  }

  const shows = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const match = await watch(patternLimitMs, (text) => pattern.exec(text) ?? undefined)
    if (match !== undefined) return match
    const endedBy = hasEnded() && signalOf(child.exitCode ?? 0, child.signalCode)
    if (endedBy) throw new Error(`the client ended by ${endedBy}`)
    throw new Error(`the screen does not show ${pattern}:\n${legible(screen.text())}`)
  }
  const press = (words: string): void => {
    child.terminal?.write(words)
  }
  /** Presses the key until the question disappears. */
  const answers = async (question: RegExp, key: string, everyMs = againMs): Promise<void> => {
    await shows(question)
    const isGone = (text: string): true | undefined => (question.test(text) ? undefined : true)
    for (let waitedMs = 0; waitedMs < patternLimitMs; waitedMs += everyMs) {
      press(key)
      if (await watch(everyMs, isGone)) return
    }
    throw new Error(`the question ${question} cannot be answered:\n${legible(screen.text())}`)
  }
  return {
    shows,
    async says(words) {
      const typed = new RegExp(`❯\\s${escaped(words)}\\s*$`, 'm')
      press(words)
      await watch(onceMs, (text) => (typed.test(text) ? true : undefined))
      // A dialog that closes at this moment takes what was typed.
      if (emptyPrompt.test(screen.text())) press(words)
      await shows(typed)
      press(keys.enter)
    },
    accepts: (question) => answers(question, keys.enter),
    acceptsOnce: (question) => answers(question, keys.enter, onceMs),
    async chooses(option) {
      await shows(new RegExp(escaped(option)))
      const isBelow = new RegExp(`^(?!.*❯).*${escaped(option)}`, 'm')
      await answers(isBelow, keys.up, onceMs)
      await answers(new RegExp(`❯\\s${escaped(option)}`), keys.enter, onceMs)
    },
    text: () => screen.text(),
    escapes: () => press(keys.escape),
    async [Symbol.asyncDispose]() {
      kill()
      await child.exited
      child.terminal?.close()
    },
  }
}
