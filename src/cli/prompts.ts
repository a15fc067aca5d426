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
interface Verdict<T> {
  readonly answer: T | undefined
}

/** Gives each piece of what is typed to `read` until that has a verdict. The terminal is as before in any case. */
const whileRaw = <T>(
  input: KeyboardInput,
  begin: () => void,
  read: (typed: string) => Verdict<T> | undefined,
): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const decoder = new TextDecoder()
    const over = (finish: () => void): void => {
      input.off('data', hear)
      input.off('end', leave)
      input.off('error', leave)
      input.pause()
      input.setRawMode(false)
      finish()
    }
    const leave = (): void => over(() => resolve(undefined))
    const hear = (chunk: Uint8Array | string): void => {
      try {
        const verdict = read(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
        if (verdict !== undefined) over(() => resolve(verdict.answer))
      } catch (error) {
        over(() => reject(error))
      }
    }
    input.setRawMode(true)
    input.on('data', hear)
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

export const createPrompts = ({ input, write, isDumb }: PromptsOptions): Prompts => ({
  async secret(question) {
    const line = createTypedLine()
    const begin = (): void => {
      if (!isDumb) write(pasteMarks.on)
      write(`${question}: `)
    }
    try {
      return await whileRaw<string>(input(), begin, (typed) => {
        const state = line.add(typed)
        if (state === 'open') return undefined
        return { answer: state === 'entered' ? line.text() : undefined }
      })
    } finally {
      write(`${isDumb ? '' : pasteMarks.off}\n`)
    }
  },

  async choose(question, options) {
    const list = options.map(({ label }, index) => `  ${index + 1}  ${label}\n`).join('')
    const begin = (): void => write(`${question}\n${list}A number, or Enter for 1: `)
    const chosen = await whileRaw<number>(input(), begin, (typed) => {
      const line = createTypedLine()
      const state = line.add(typed)
      if (state === 'left') return { answer: undefined }
      const number = state === 'entered' && line.text() === '' ? 1 : Number(line.text())
      return Number.isInteger(number) && number >= 1 && number <= options.length ? { answer: number } : undefined
    })
    write(`${chosen ?? ''}\n`)
    return chosen === undefined ? undefined : options[chosen - 1]?.value
  },
})
