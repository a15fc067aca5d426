import { describe, expect, test } from 'bun:test'
import { type AskOptions, askInTerminal } from '../../../src/cli/sign-in/ask-in-terminal.ts'
import type { PendingRequest } from '../../../src/gateway/sign-in/pending-requests.ts'
import { createKeyboard } from '../../support/keyboard.ts'

const requestOf = (userCode: string, clientVersion: string): PendingRequest => ({
  userCode,
  sessionId: `signin_${userCode}`,
  clientVersion,
  address: '127.0.0.1',
  askedAt: 0,
  expiresAt: 600_000,
})

/** Requests that wait, as the server has them. */
const createWaiting = () => {
  let pending: PendingRequest[] = []
  const listeners = new Set<(request: PendingRequest) => void>()
  const decisions: string[] = []
  const decide = (decision: string, userCode: string): void => {
    decisions.push(`${decision} ${userCode}`)
    pending = pending.filter((request) => request.userCode !== userCode)
  }
  const signIn: AskOptions['signIn'] = {
    pending: () => pending,
    approve(userCode) {
      decide('approve', userCode)
      return 'approved'
    },
    deny(userCode) {
      decide('deny', userCode)
      return true
    },
    onAsked(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  return {
    signIn,
    decisions,
    ask(userCode: string, clientVersion = 'claude-code/2.1.332'): void {
      const request = requestOf(userCode, clientVersion)
      pending.push(request)
      for (const listener of listeners) listener(request)
    },
    /** It is approved elsewhere, or it has expired. */
    drop(userCode: string): void {
      pending = pending.filter((request) => request.userCode !== userCode)
    },
    listeners: () => listeners.size,
  }
}

const start = (replaced: Partial<AskOptions> = {}) => {
  const keyboard = createKeyboard()
  const waiting = createWaiting()
  const clock = { now: 0 }
  const place = { isInForeground: true }
  const signals: string[] = []
  let screen = ''
  const questions = askInTerminal({
    signIn: waiting.signIn,
    keyboard: () => keyboard.input,
    needsName: false,
    write: (text) => {
      screen += text
    },
    now: () => clock.now,
    isInForeground: () => place.isInForeground,
    raise: (signal) => signals.push(signal),
    ...replaced,
  })
  /** What was written since the last call. */
  const shown = (): string => {
    const text = screen
    screen = ''
    return text
  }
  return { keyboard, waiting, clock, place, signals, questions, shown }
}

const question = (code: string): string =>
  `Claude Code asks to sign in: ${code} (claude-code/2.1.332, 127.0.0.1). y approves, n refuses\n`
const command = (code: string): string =>
  `Claude Code asks to sign in: ${code} (claude-code/2.1.332, 127.0.0.1). Approve it with nexus-claude-api sign-in approve ${code}`

describe('askInTerminal', () => {
  test('approves with y, refuses with n, and reads the terminal only while a request waits (SI-P1)', () => {
    const { keyboard, waiting, clock, shown } = start()
    expect(keyboard.isRead()).toBe(false)
    waiting.ask('WDJB-MJHT')
    expect(shown()).toBe(question('WDJB-MJHT'))
    clock.now = 500
    keyboard.press('y')
    expect(shown()).toBe('WDJB-MJHT is approved.\n')
    expect(keyboard.state).toEqual({ isRaw: false, isOpen: false })
    waiting.ask('BCDF-GHJK')
    clock.now = 1000
    keyboard.press('N\r')
    expect(shown()).toBe(`${question('BCDF-GHJK')}BCDF-GHJK is refused.\n`)
    expect(waiting.decisions).toEqual(['approve WDJB-MJHT', 'deny BCDF-GHJK'])
    expect(keyboard.isRead()).toBe(false)
  })

  test.each(['Y', 'y\n'])('takes %j as y (SI-P1)', (keys) => {
    const { keyboard, waiting, clock } = start()
    waiting.ask('WDJB-MJHT')
    clock.now = 500
    keyboard.press(keys)
    expect(waiting.decisions).toEqual(['approve WDJB-MJHT'])
  })

  test.each(['\r', ' ', 'j', 'yes', 'yy', 'y\ny', 'why', '\u001b[A', ''])(
    'takes %j as no answer: only one key y or n counts (SI-P1)',
    (keys) => {
      const { keyboard, waiting, clock } = start()
      waiting.ask('WDJB-MJHT')
      clock.now = 5000
      keyboard.press(keys)
      expect(waiting.decisions).toEqual([])
      expect(keyboard.isRead()).toBe(true)
    },
  )

  test('ignores a key within 500 ms, which was on its way when the question appeared (SI-P1)', () => {
    const { keyboard, waiting, clock } = start()
    waiting.ask('WDJB-MJHT')
    clock.now = 499
    keyboard.press('y')
    expect(waiting.decisions).toEqual([])
    clock.now = 500
    keyboard.press('y')
    expect(waiting.decisions).toEqual(['approve WDJB-MJHT'])
  })

  test('asks about the newest request only, and waits 500 ms again (SI-P1)', () => {
    const { keyboard, waiting, clock, shown } = start()
    waiting.ask('WDJB-MJHT')
    clock.now = 10_000
    waiting.ask('BCDF-GHJK')
    clock.now = 10_100
    keyboard.press('y')
    expect(waiting.decisions).toEqual([])
    clock.now = 10_500
    shown()
    keyboard.press('n')
    expect(waiting.decisions).toEqual(['deny BCDF-GHJK'])
    // The older one is the newest now: it is a new question.
    expect(shown()).toBe(`BCDF-GHJK is refused.\n${question('WDJB-MJHT')}`)
    keyboard.press('y')
    clock.now = 11_000
    keyboard.press('y')
    expect(waiting.decisions).toEqual(['deny BCDF-GHJK', 'approve WDJB-MJHT'])
  })

  test('answers no request that has ended meanwhile (SI-P1)', () => {
    const { keyboard, waiting, clock, shown } = start()
    waiting.ask('WDJB-MJHT')
    shown()
    waiting.drop('WDJB-MJHT')
    clock.now = 5000
    keyboard.press('y')
    expect(shown()).toBe('WDJB-MJHT is no longer pending.\n')
    expect(waiting.decisions).toEqual([])
    expect(keyboard.isRead()).toBe(false)
  })

  test('asks about a request that came before (SI-P1)', () => {
    const waiting = createWaiting()
    waiting.ask('WDJB-MJHT')
    const { shown } = start({ signIn: waiting.signIn })
    expect(shown()).toBe(question('WDJB-MJHT'))
  })

  test('asks again before the log has hidden the question (SI-P1)', () => {
    const { questions, waiting, shown, clock, keyboard } = start()
    questions.wrote('a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n')
    expect(shown()).toBe('')
    waiting.ask('WDJB-MJHT')
    shown()
    clock.now = 490
    for (let line = 1; line < 10; line += 1) questions.wrote('a line of the log\n')
    expect(shown()).toBe('')
    questions.wrote('a line of the log\n')
    expect(shown()).toBe(question('WDJB-MJHT'))
    // It is the same question: its time counts from the first line.
    clock.now = 500
    keyboard.press('y')
    expect(waiting.decisions).toEqual(['approve WDJB-MJHT'])
  })

  test('names the command if it cannot read the terminal (SI-P1, SI-P2)', () => {
    const { waiting, shown } = start({ keyboard: undefined })
    waiting.ask('WDJB-MJHT')
    expect(shown()).toBe(`${command('WDJB-MJHT')}\n`)
  })

  test('names the command with --as if the server has named clients (SI-P1, SI-P2)', () => {
    const { waiting, shown, keyboard } = start({ needsName: true })
    waiting.ask('WDJB-MJHT')
    expect(shown()).toBe(`${command('WDJB-MJHT')} --as NAME\n`)
    expect(keyboard.isRead()).toBe(false)
  })

  test('reads nothing in the background, and asks in the foreground (SI-P1)', () => {
    const { waiting, shown, place, keyboard, questions, clock } = start()
    questions.continued()
    expect(shown()).toBe('')
    place.isInForeground = false
    waiting.ask('WDJB-MJHT')
    expect(shown()).toBe(`${command('WDJB-MJHT')}\n`)
    expect(keyboard.isRead()).toBe(false)
    place.isInForeground = true
    questions.continued()
    expect(shown()).toBe(question('WDJB-MJHT'))
    clock.now = 500
    keyboard.press('y')
    expect(waiting.decisions).toEqual(['approve WDJB-MJHT'])
  })

  test('stops with Ctrl-Z, and asks again when it continues, or leaves the terminal to others (SI-P1)', () => {
    const { waiting, shown, place, keyboard, questions, signals } = start()
    waiting.ask('WDJB-MJHT')
    shown()
    keyboard.press('\u001a')
    expect(signals).toEqual(['SIGTSTP'])
    expect(keyboard.isRead()).toBe(false)
    questions.continued()
    expect(shown()).toBe(question('WDJB-MJHT'))
    expect(keyboard.state).toEqual({ isRaw: true, isOpen: true })
    // From the outside, as with SIGSTOP and `bg`: the shell has restored its terminal.
    place.isInForeground = false
    questions.continued()
    expect(shown()).toBe(`${command('WDJB-MJHT')}\n`)
    expect(keyboard.isRead()).toBe(false)
  })

  test.each([
    ['Ctrl-C', '\u0003', 'SIGINT'],
    ['Ctrl-\\', '\u001c', 'SIGQUIT'],
  ])('passes on %s, and asks no more (SI-P1)', (_, keys, signal) => {
    const { waiting, shown, keyboard, signals } = start()
    waiting.ask('WDJB-MJHT')
    shown()
    keyboard.press(keys)
    expect(signals).toEqual([signal])
    expect(keyboard.state).toEqual({ isRaw: false, isOpen: false })
    waiting.ask('BCDF-GHJK')
    expect(shown()).toBe('')
    expect(waiting.listeners()).toBe(0)
  })

  test('restores the terminal at its end, also if the terminal has gone (SI-P1)', () => {
    const { waiting, keyboard, questions, signals } = start()
    waiting.ask('WDJB-MJHT')
    questions.stop()
    expect(keyboard.state).toEqual({ isRaw: false, isOpen: false })
    const second = start()
    second.waiting.ask('WDJB-MJHT')
    second.keyboard.hangUp()
    expect(second.keyboard.isRead()).toBe(false)
    expect(signals).toEqual([])
  })

  test('prints no character that controls the terminal (SI-P1)', () => {
    const { waiting, shown } = start()
    waiting.ask('WDJB-MJHT', 'claude-code/\u001b[2J\n')
    expect(shown()).toBe(
      'Claude Code asks to sign in: WDJB-MJHT (claude-code/ [2J , 127.0.0.1). y approves, n refuses\n',
    )
  })
})
