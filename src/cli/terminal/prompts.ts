import { createTypedLine } from './typed-line.ts'

export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
}

/** Prompts at a terminal. Both resolve to undefined if the user cancels: Ctrl-C, Ctrl-D, Escape. */
export interface Prompts {
  /** Shows nothing of the answer, not even its length. */
  secret(question: string): Promise<string | undefined>
  /** Enter selects the first option. At most nine options. */
  choose<T extends string>(question: string, options: readonly Choice<T>[]): Promise<T | undefined>
}

/** The functions of standard input that a prompt uses. */
export interface KeyboardInput {
  setRawMode(isRaw: boolean): unknown
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown
  on(event: 'end' | 'error', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown
  off(event: 'end' | 'error', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

/** An object, so that a cancelled prompt differs from every answer. */
interface Checked<T> {
  readonly answer: T | undefined
}

interface Question<T> {
  readonly begin: () => void
  /** Returns the result, or undefined to read on. */
  readonly read: (typed: string) => Checked<T> | undefined
  /** Runs in any case. */
  readonly end: () => void
}

/** Signals that end the program during a prompt. */
const endings = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/** Reads input until there is a result. Restores the terminal in any case, also after a signal. */
const whileRaw = <T>(input: KeyboardInput, { begin, read, end }: Question<T>): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const decoder = new TextDecoder()
    const settle = (finish: () => void): void => {
      for (const signal of endings) process.off(signal, onSignal)
      input.off('data', onInput)
      input.off('end', cancel)
      input.off('error', cancel)
      input.pause()
      try {
        input.setRawMode(false)
        end()
      } finally {
        finish()
      }
    }
    const cancel = (): void => settle(() => resolve(undefined))
    const onSignal = (signal: NodeJS.Signals): void =>
      settle(() => {
        // Has the default effect. If another handler keeps the program alive, the prompt counts as cancelled.
        process.kill(process.pid, signal)
        resolve(undefined)
      })
    const onInput = (chunk: Uint8Array | string): void => {
      try {
        const checked = read(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
        if (checked !== undefined) settle(() => resolve(checked.answer))
      } catch (error) {
        settle(() => reject(error))
      }
    }
    for (const signal of endings) process.on(signal, onSignal)
    input.setRawMode(true)
    input.on('data', onInput)
    input.on('end', cancel)
    input.on('error', cancel)
    input.resume()
    // Last, so that input right after the question is hidden, too.
    begin()
  })

/** Makes the terminal mark pasted text, so that a line break in it does not count as Enter. */
const pasteMarks = { on: '\u001b[?2004h', off: '\u001b[?2004l' } as const

export interface PromptsOptions {
  readonly input: () => KeyboardInput
  /** Writes to the terminal. */
  readonly write: (text: string) => void
  /** A dumb terminal would print the paste marks. */
  readonly isDumb: boolean
}

/** Shows only a number of the list, never a key that was pasted at the wrong prompt. */
const shownOf = (text: string): string => (/^\d{1,2}$/.test(text) ? text : '')

/** Replaces the end of the line. */
const retyped = (from: string, to: string): string =>
  to.startsWith(from) ? to.slice(from.length) : '\b \b'.repeat(from.length) + to

/** The number of the choice: typed as a number, or as the beginning of one label only, such as `y`. */
const numberOf = (text: string, labels: readonly string[]): number | undefined => {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= labels.length) return number
  const start = text.trim().toLowerCase()
  const found = labels.flatMap((label, index) => (label.toLowerCase().startsWith(start) ? [index + 1] : []))
  return start !== '' && found.length === 1 ? found[0] : undefined
}

/** Waits for Enter after a number: otherwise the Enter would answer the next prompt, or go to Claude Code. */
const numberReader = (labels: readonly string[], write: (text: string) => void) => {
  let line = createTypedLine()
  let shown = ''
  const show = (text: string): void => {
    if (text !== shown) write(retyped(shown, text))
    shown = text
  }
  return (typed: string): Checked<number> | undefined => {
    const state = line.add(typed)
    if (state === 'cancelled') return { answer: undefined }
    const text = state === 'entered' ? line.text() || '1' : line.text()
    show(shownOf(text))
    if (state === 'open') return undefined
    const number = numberOf(text, labels)
    if (number !== undefined) return { answer: number }
    line = createTypedLine()
    shown = ''
    write(`\nEnter a number from 1 to ${labels.length}, or press Enter for 1: `)
    return undefined
  }
}

export const createPrompts = ({ input, write, isDumb }: PromptsOptions): Prompts => ({
  secret(question) {
    const line = createTypedLine()
    return whileRaw<string>(input(), {
      begin: () => write(`${isDumb ? '' : pasteMarks.on}${question}: `),
      read: (typed) => {
        const state = line.add(typed)
        if (state === 'open') return undefined
        return { answer: state === 'entered' ? line.text() : undefined }
      },
      end: () => write(`${isDumb ? '' : pasteMarks.off}\n`),
    })
  },

  async choose(question, options) {
    const list = options.map(({ label }, index) => `  ${index + 1}  ${label}\n`).join('')
    const chosen = await whileRaw<number>(input(), {
      begin: () => write(`${question}\n${list}Enter a number, or press Enter for 1: `),
      read: numberReader(
        options.map(({ label }) => label),
        write,
      ),
      end: () => write('\n'),
    })
    return chosen === undefined ? undefined : options[chosen - 1]?.value
  },
})
