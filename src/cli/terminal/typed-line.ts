/** The state of a line: still open, ended by Enter, or cancelled. */
type LineState = 'open' | 'entered' | 'cancelled'

const escapeKey = '\u001b'
const pasteBegins = '\u001b[200~'
const pasteEnds = '\u001b[201~'

/** The characters after Escape for other keys (`[3~`, `OA`) and for paste marks. */
const sequence = /^(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/
/** An incomplete sequence: the next chunk has the rest. */
const cutSequence = /^(?:\[[0-?]*[ -/]*|O)?$/

const keys = {
  controlC: '\u0003',
  controlD: '\u0004',
  controlH: '\b',
  backspace: '\u007f',
  controlU: '\u0015',
  controlW: '\u0017',
} as const

const isControl = (character: string): boolean => /\p{Cc}/u.test(character)

/** Returns the first key of the input; undefined if it is incomplete. */
const split = (typed: string): { readonly one: string; readonly isSequence: boolean } | undefined => {
  const [first = ''] = typed
  if (first !== escapeKey) return { one: first, isSequence: false }
  const after = typed.slice(1)
  if (cutSequence.test(after)) return undefined
  const found = sequence.exec(after)?.[0]
  return found === undefined ? { one: first, isSequence: false } : { one: first + found, isSequence: true }
}

/**
 * A line that the user types, key by key. Supports the usual keys: backspace, Ctrl-U, Ctrl-W, Ctrl-C, Ctrl-D, Escape,
 * and pasted text.
 */
export const createTypedLine = () => {
  let characters: string[] = []
  let isPasted = false
  let pending = ''

  const press = (character: string): LineState => {
    switch (character) {
      case '\r':
      case '\n':
        return 'entered'
      case keys.controlD:
        return characters.length === 0 ? 'cancelled' : 'open'
      case keys.backspace:
      case keys.controlH:
        characters.pop()
        return 'open'
      case keys.controlU:
      case keys.controlW:
        characters = []
        return 'open'
      default:
        if (!isControl(character)) characters.push(character)
        return 'open'
    }
  }

  const take = (character: string): LineState => {
    if (character === keys.controlC) return 'cancelled'
    if (!isPasted) return press(character)
    // A pasted line break is not Enter.
    characters.push(character)
    return 'open'
  }

  return {
    text: (): string => characters.join(''),
    add(typed: string): LineState {
      // A chunk with only Escape is the Escape key; for other keys, the chunk has more characters.
      if (typed === escapeKey && !isPasted && pending === '') return 'cancelled'
      let rest = pending + typed
      pending = ''
      while (rest !== '') {
        const next = split(rest)
        if (next === undefined) {
          pending = rest
          return 'open'
        }
        rest = rest.slice(next.one.length)
        if (next.isSequence) {
          if (next.one === pasteBegins || next.one === pasteEnds) isPasted = next.one === pasteBegins
          continue
        }
        const state = take(next.one)
        if (state !== 'open') return state
      }
      return 'open'
    },
  }
}
