import { describe, expect, test } from 'bun:test'
import { readKeys } from '../../../src/cli/terminal/read-keys.ts'
import { createKeyboard } from '../../support/keyboard.ts'

const start = () => {
  const keyboard = createKeyboard()
  const typed: string[] = []
  const ends: (string | undefined)[] = []
  const stop = readKeys({
    input: keyboard.input,
    onTyped: (text) => typed.push(text),
    onEnd: (signal) => ends.push(signal),
  })
  return { keyboard, typed, ends, stop }
}

describe('readKeys', () => {
  test('reads keys without Enter, and restores the terminal when it stops (SI-P1)', () => {
    const { keyboard, typed, ends, stop } = start()
    expect(keyboard.state).toEqual({ isRaw: true, isOpen: true })
    keyboard.press('y')
    keyboard.press('abc')
    stop()
    stop()
    keyboard.press('n')
    expect(typed).toEqual(['y', 'abc'])
    expect(ends).toEqual([])
    expect(keyboard.state).toEqual({ isRaw: false, isOpen: false })
    expect(keyboard.isRead()).toBe(false)
  })

  test.each([
    ['\u0003', 'SIGINT'],
    ['y\u0003', 'SIGINT'],
    ['\u001c', 'SIGQUIT'],
    ['\u001a', 'SIGTSTP'],
  ])('restores the terminal before it reports the signal of %j (SI-P1)', (keys, signal) => {
    const keyboard = createKeyboard()
    const seen: unknown[] = []
    readKeys({
      input: keyboard.input,
      onTyped: (text) => seen.push(text),
      onEnd: (named) => seen.push([named, keyboard.state.isRaw]),
    })
    keyboard.press(keys)
    keyboard.press('y')
    expect(seen).toEqual([[signal, false]])
  })

  test('ends with the terminal (SI-P1)', () => {
    const { keyboard, ends } = start()
    keyboard.hangUp()
    expect(ends).toEqual([undefined])
    expect(keyboard.isRead()).toBe(false)
  })

  test('leaves the mode of the terminal to the shell, if the shell has moved the process to the background (SI-P1)', () => {
    const { keyboard, stop } = start()
    stop(false)
    expect(keyboard.state).toEqual({ isRaw: true, isOpen: false })
  })
})
