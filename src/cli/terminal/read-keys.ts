import { attempt } from '../../base/attempt.ts'
import type { KeyboardInput } from './prompts.ts'

/** Keys that a terminal turns into signals. In raw mode, the program gets them as characters. */
const signalKeys: ReadonlyMap<string, NodeJS.Signals> = new Map([
  ['\u0003', 'SIGINT'],
  ['\u001c', 'SIGQUIT'],
  ['\u001a', 'SIGTSTP'],
])

export interface KeyReaderOptions {
  readonly input: KeyboardInput
  /** Called with one key, or with text that arrived at once: pasted text, for one. */
  readonly onTyped: (typed: string) => void
  /** Called when the user pressed a key of the list above, or the input has ended; the reader has stopped. */
  readonly onEnd: (signal: NodeJS.Signals | undefined) => void
}

/**
 * Reads keys without Enter, and restores the terminal's mode at the end. `stop` of a process in the background must
 * leave the mode, which a change from there would stop: the shell has restored it already.
 */
export const readKeys = ({ input, onTyped, onEnd }: KeyReaderOptions): ((isInForeground?: boolean) => void) => {
  const decoder = new TextDecoder()
  let isReading = true
  const stop = (isInForeground = true): void => {
    if (!isReading) return
    isReading = false
    input.off('data', onInput)
    input.off('end', onInputEnd)
    input.off('error', onInputEnd)
    input.pause()
    // A terminal that was closed has no mode.
    if (isInForeground) attempt(() => input.setRawMode(false))
  }
  const onInputEnd = (): void => {
    stop()
    onEnd(undefined)
  }
  const onInput = (chunk: Uint8Array | string): void => {
    const typed = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const key = [...typed].find((character) => signalKeys.has(character))
    if (key === undefined) {
      onTyped(typed)
      return
    }
    stop()
    onEnd(signalKeys.get(key))
  }
  input.setRawMode(true)
  input.on('data', onInput)
  input.on('end', onInputEnd)
  input.on('error', onInputEnd)
  input.resume()
  return stop
}
