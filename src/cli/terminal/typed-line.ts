/** How far a line is: still being typed, ended by Enter, or given up. */
type LineState = 'open' | 'entered' | 'left'

const escapeKey = '\u001b'
const pasteBegins = '\u001b[200~'
const pasteEnds = '\u001b[201~'

/** What follows Escape where another key was pressed: `[3~`, `OA`; the marks of a paste among them. */
const sequence = /^(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/
/** The rest of it comes with the next piece. */
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

/** The first key of what was typed; undefined where a piece of it is missing. */
const split = (typed: string): { readonly one: string; readonly isSequence: boolean } | undefined => {
  const [first = ''] = typed
  if (first !== escapeKey) return { one: first, isSequence: false }
  const after = typed.slice(1)
  if (cutSequence.test(after)) return undefined
  const found = sequence.exec(after)?.[0]
  return found === undefined ? { one: first, isSequence: false } : { one: first + found, isSequence: true }
}

/**
 * What a person types, key by key. Understands what every line of a terminal does: backspace, Ctrl-U, Ctrl-W, Ctrl-C,
 * Ctrl-D, Escape, a paste.
 */
export const createTypedLine = () => {
  let characters: string[] = []
  let isPasted = false
  let cut = ''

  const press = (character: string): LineState => {
    switch (character) {
      case '\r':
      case '\n':
        return 'entered'
      case keys.controlD:
        return characters.length === 0 ? 'left' : 'open'
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
    if (character === keys.controlC) return 'left'
    if (!isPasted) return press(character)
    // A line break that was pasted is no Enter.
    characters.push(character)
    return 'open'
  }

  return {
    text: (): string => characters.join(''),
    add(typed: string): LineState {
      // Escape alone is the key of that name; what belongs to another key comes in one piece with it.
      if (typed === escapeKey && !isPasted && cut === '') return 'left'
      let rest = cut + typed
      cut = ''
      while (rest !== '') {
        const next = split(rest)
        if (next === undefined) {
          cut = rest
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
