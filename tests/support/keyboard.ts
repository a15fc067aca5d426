import { EventEmitter } from 'node:events'
import type { KeyboardInput } from '../../src/cli/terminal/prompts.ts'

/** A keyboard whose keys a test presses. */
export const createKeyboard = () => {
  const events = new EventEmitter()
  const state = { isRaw: false, isOpen: false }
  const input: KeyboardInput = {
    setRawMode: (isRaw) => {
      state.isRaw = isRaw
    },
    on: (name: string, listener: (chunk: string) => void) => events.on(name, listener),
    off: (name: string, listener: (chunk: string) => void) => events.off(name, listener),
    resume: () => {
      state.isOpen = true
    },
    pause: () => {
      state.isOpen = false
    },
  }
  return {
    input,
    state,
    press: (keys: string) => void events.emit('data', new TextEncoder().encode(keys)),
    hangUp: () => void events.emit('end'),
    /** Whether something reads it. */
    isRead: () => events.listenerCount('data') > 0,
  }
}
