/** The longest opening line that is recognized, such as ```` ```json ````; text is held back for no longer. */
const longestOpening = 16
/** Text that may be the closing fence is held back: a line break, three backticks, and white space after them. */
const longestClosing = 8

const opening = /^\s*```[a-zA-Z]*[ \t]*\r?\n/
/** The beginning of an opening line, of any length. */
const openingStart = /^\s*(?:`{1,2}|```[a-zA-Z]*[ \t]*\r?)?$/
/** The end of a text that may be, or begin, the closing fence. */
const closingStart = /\s*(?:`{1,3}\s*)?$/
const closing = /\s*```\s*$/

/** Takes the fence around a JSON object off a text that arrives in parts (OE-C56). */
export interface JsonFence {
  /** Returns the text that is certain to be inside. */
  push(text: string): string
  /** Returns the rest. */
  end(): string
}

export const createJsonFence = (): JsonFence => {
  let held = ''
  let state: 'start' | 'fenced' | 'plain' = 'start'

  /** Gives out everything but a possible closing fence. */
  const release = (text: string): string => {
    if (state === 'plain') return text
    const tail = text.slice(-longestClosing)
    const from = text.length - tail.length + (closingStart.exec(tail)?.index ?? tail.length)
    held = text.slice(from)
    return text.slice(0, from)
  }

  return {
    push(text) {
      const all = held + text
      held = ''
      if (state !== 'start') return release(all)
      const line = opening.exec(all)
      if (line !== null && line[0].length <= longestOpening) {
        state = 'fenced'
        return release(all.slice(line[0].length))
      }
      if (all.length <= longestOpening && openingStart.test(all)) {
        held = all
        return ''
      }
      state = 'plain'
      return all
    },
    end() {
      const rest = held
      held = ''
      return state === 'fenced' ? rest.replace(closing, '') : rest
    },
  }
}

/** A whole text without the fence around it. */
export const withoutJsonFence = (text: string): string => {
  const fence = createJsonFence()
  return fence.push(text) + fence.end()
}
