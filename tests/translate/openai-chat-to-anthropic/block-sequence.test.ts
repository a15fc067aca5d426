import { describe, expect, test } from 'bun:test'
import { callPiece, chunk, contentOfStream, readText, says, toStream } from '../../support/chat-response.ts'

/** Blocks that begin with nothing to say. */

const call = callPiece({ name: 'Read', arguments: '{}' }, { id: 'a', index: 0 })

describe('white space', () => {
  test('does not open a block (OU-S7)', () => {
    expect(contentOfStream([says('\n\n'), call])).toEqual([{ Read: {}, id: 'a' }])
    expect(contentOfStream([chunk({ reasoning: 'Hm.' }), says('\n'), says('\n'), call])).toEqual([
      { thinking: 'Hm.' },
      { Read: {}, id: 'a' },
    ])
    expect(contentOfStream([says(' '), says('\n'), says('So.')])).toEqual([' \nSo.'])
  })

  test('and empty texts do not begin a response (OU-S1, OU-S7)', () => {
    const { events } = readText(toStream([chunk({ role: 'assistant', content: '' } as object), says(' ')], ''))
    expect(events).toEqual([])
  })
})
