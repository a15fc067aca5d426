import type { PendingRequest } from '../../gateway/sign-in/pending-requests.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import { productName } from '../../version.ts'
import type { KeyboardInput } from '../terminal/prompts.ts'
import { type KeyReaderOptions, readKeys } from '../terminal/read-keys.ts'
import { untrustedText } from '../terminal/untrusted-text.ts'

/** Lets the user at the server's own terminal approve a sign-in with one key (SI-P1). */

export interface AskOptions {
  readonly signIn: Pick<SignIn, 'pending' | 'approve' | 'deny' | 'onAsked'>
  /** Absent if the terminal cannot be read: then the question names the command instead. */
  readonly keyboard: (() => KeyboardInput) | undefined
  /** Whether an approval needs the name of a client, which no key gives. */
  readonly needsName: boolean
  readonly write: (text: string) => void
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Whether this process may read the terminal now. */
  readonly isInForeground: () => boolean
  /** Sends a signal to all programs of the terminal's foreground, as the terminal itself does. */
  readonly raise: (signal: NodeJS.Signals) => void
}

export interface TerminalQuestions {
  /** Call this with what else was written to the terminal: the question appears again before it scrolls away. */
  wrote(text: string): void
  /** Call this when the process continues after a stop: the shell may have moved it to the background. */
  continued(): void
  /** Restores the terminal. */
  stop(): void
}

/** A key that was on its way when the question appeared answers no question. */
const settleMs = 500

/** Below the height of any terminal, so that the question is always visible. */
const linesBetween = 10

const peerOf = ({ clientVersion, address }: PendingRequest): string =>
  [clientVersion, address]
    .filter((text) => text !== undefined)
    .map((text) => untrustedText(text).replaceAll('\n', ' '))
    .join(', ')

const questionFor = (request: PendingRequest, ways: string): string => {
  const peer = peerOf(request)
  return `Claude Code asks to sign in: ${request.userCode}${peer === '' ? '' : ` (${peer})`}. ${ways}\n`
}

const commandFor = (userCode: string, needsName: boolean): string =>
  `Approve it with ${productName} sign-in approve ${userCode}${needsName ? ' --as NAME' : ''}`

/** What one key means; undefined for other text, also for more than one key at once. */
const answerOf = (typed: string): 'y' | 'n' | undefined => {
  const [, key] = /^([yn])[\r\n]*$/i.exec(typed) ?? []
  return key === undefined ? undefined : key.toLowerCase() === 'y' ? 'y' : 'n'
}

interface Question {
  readonly userCode: string
  readonly since: number
}

/** Reads the terminal while a request waits. */
const createReading = (
  { keyboard, needsName, isInForeground }: AskOptions,
  { onTyped, onEnd }: Pick<KeyReaderOptions, 'onTyped' | 'onEnd'>,
) => {
  let stop: ReturnType<typeof readKeys> | undefined
  return {
    /** Returns false if keys cannot answer. */
    begin(): boolean {
      if (keyboard === undefined || needsName || !isInForeground()) return false
      stop ??= readKeys({
        input: keyboard(),
        onTyped,
        onEnd(signal) {
          stop = undefined
          onEnd(signal)
        },
      })
      return true
    },
    end(isForeground = true): void {
      stop?.(isForeground)
      stop = undefined
    },
  }
}

export const askInTerminal = (options: AskOptions): TerminalQuestions => {
  const { signIn, needsName, write, now, isInForeground, raise } = options
  let question: Question | undefined
  let linesSince = 0
  let isOver = false

  const newest = (): PendingRequest | undefined => signIn.pending().at(-1)

  const onTyped = (typed: string): void => {
    const answer = answerOf(typed)
    if (question === undefined || answer === undefined || now() - question.since < settleMs) return
    const { userCode } = question
    if (newest()?.userCode === userCode) {
      if (answer === 'y') signIn.approve(userCode)
      else signIn.deny(userCode)
      write(`${userCode} is ${answer === 'y' ? 'approved' : 'refused'}.\n`)
    } else write(`${userCode} is no longer pending.\n`)
    ask()
  }

  const onEnd = (signal: NodeJS.Signals | undefined): void => {
    // Ctrl-Z: the process continues later.
    if (signal !== 'SIGTSTP') stop()
    if (signal !== undefined) raise(signal)
  }

  const reading = createReading(options, { onTyped, onEnd })

  /** Asks about the newest request, or stops reading if there is none. */
  const ask = (): void => {
    const request = isOver ? undefined : newest()
    if (request === undefined) {
      question = undefined
      reading.end()
      return
    }
    const { userCode } = request
    if (question?.userCode !== userCode) question = { userCode, since: now() }
    linesSince = 0
    const ways = reading.begin() ? 'y approves, n refuses' : commandFor(userCode, needsName)
    write(questionFor(request, ways))
  }

  const stop = (): void => {
    isOver = true
    unsubscribe()
    reading.end()
  }

  const unsubscribe = signIn.onAsked(ask)
  // A client may have been faster than the start.
  ask()
  return {
    wrote(text) {
      if (question === undefined) return
      linesSince += text.split('\n').length - 1
      if (linesSince >= linesBetween) ask()
    },
    continued() {
      if (question === undefined) return
      reading.end(isInForeground())
      ask()
    },
    stop,
  }
}
