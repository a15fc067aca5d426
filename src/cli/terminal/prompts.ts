import { createTypedLine } from './typed-line.ts'

export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
}

/** Questions to a person at a terminal. Both resolve to undefined where the person gave up: Ctrl-C, Ctrl-D, Escape. */
export interface Prompts {
  /** Nothing of the answer is shown, not even how long it is. */
  secret(question: string): Promise<string | undefined>
  /** The first option is the one that Enter takes. At most nine. */
  choose<T extends string>(question: string, options: readonly Choice<T>[]): Promise<T | undefined>
}

/** What we need of standard input, where that is a terminal. */
interface KeyboardInput {
  setRawMode(isRaw: boolean): unknown
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown
  on(event: 'end' | 'error', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown
  off(event: 'end' | 'error', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

/** Somebody who gave up is told apart from every answer. */
interface Checked<T> {
  readonly answer: T | undefined
}

interface Question<T> {
  readonly begin: () => void
  /** Has a verdict, or wants the next piece of what is typed. */
  readonly read: (typed: string) => Checked<T> | undefined
  /** However it ended. */
  readonly end: () => void
}

/** What ends a program that is asking. */
const endings = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/** Asks until there is a verdict. The terminal is as before in any case, a signal among them. */
const whileRaw = <T>(input: KeyboardInput, { begin, read, end }: Question<T>): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const decoder = new TextDecoder()
    const over = (finish: () => void): void => {
      for (const signal of endings) process.off(signal, fall)
      input.off('data', onInput)
      input.off('end', leave)
      input.off('error', leave)
      input.pause()
      try {
        input.setRawMode(false)
        end()
      } finally {
        finish()
      }
    }
    const leave = (): void => over(() => resolve(undefined))
    const fall = (signal: NodeJS.Signals): void =>
      over(() => {
        // As if nobody had listened; where somebody else does, the question was given up.
        process.kill(process.pid, signal)
        resolve(undefined)
      })
    const onInput = (chunk: Uint8Array | string): void => {
      try {
        const checked = read(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
        if (checked !== undefined) over(() => resolve(checked.answer))
      } catch (error) {
        over(() => reject(error))
      }
    }
    for (const signal of endings) process.on(signal, fall)
    input.setRawMode(true)
    input.on('data', onInput)
    input.on('end', leave)
    input.on('error', leave)
    input.resume()
    // Only now: what is typed as soon as the question stands there is not shown either.
    begin()
  })

/** The terminal marks what is pasted, so that a line break in it is no Enter. */
const pasteMarks = { on: '\u001b[?2004h', off: '\u001b[?2004l' } as const

export interface PromptsOptions {
  readonly input: () => KeyboardInput
  /** To the terminal. */
  readonly write: (text: string) => void
  /** A dumb terminal would show the marks of a paste. */
  readonly isDumb: boolean
}

/** As much of it as a number of the list has; never a key that was pasted at the wrong question. */
const shownOf = (text: string): string => (/^\d{1,2}$/.test(text) ? text : '')

/** Turns what stands at the end of a line into something else. */
const retyped = (from: string, to: string): string =>
  to.startsWith(from) ? to.slice(from.length) : '\b \b'.repeat(from.length) + to

/** A number is an answer only with its Enter: that would answer the next question otherwise, or go to Claude Code. */
const numberReader = (count: number, write: (text: string) => void) => {
  let line = createTypedLine()
  let shown = ''
  const show = (text: string): void => {
    if (text !== shown) write(retyped(shown, text))
    shown = text
  }
  return (typed: string): Checked<number> | undefined => {
    const state = line.add(typed)
    if (state === 'left') return { answer: undefined }
    const text = state === 'entered' ? line.text() || '1' : line.text()
    show(shownOf(text))
    if (state === 'open') return undefined
    const number = Number(text)
    if (Number.isInteger(number) && number >= 1 && number <= count) return { answer: number }
    line = createTypedLine()
    shown = ''
    write(`\nA number from 1 to ${count}, or Enter for 1: `)
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
      begin: () => write(`${question}\n${list}A number, or Enter for 1: `),
      read: numberReader(options.length, write),
      end: () => write('\n'),
    })
    return chosen === undefined ? undefined : options[chosen - 1]?.value
  },
})
