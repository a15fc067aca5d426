import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectMessage } from '../../../src/translate/openai-chat-to-anthropic/response.ts'
import { chatContext, contentOf, type Outcome, readBytes, readText } from '../../support/chat-response.ts'
import { chatStreams } from '../../support/chat-streams.ts'
import { grammarFault, type SseEvent } from '../../support/sse.ts'

/** Streams in the shapes of many providers, and what they have to become. */

const utf8 = new TextEncoder()

const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))

const faultIn = ({ events }: Outcome): string | undefined => grammarFault(events as unknown as SseEvent[])

/** The end of the line with the finish reason, in bytes: from there on the answer is complete. */
const endOfFinish = (text: string): number => {
  const [before = ''] = text.split(/(?<=^data:.*"finish_reason":"[^\n]*)\n/m)
  return utf8.encode(before).length
}

describe('recorded streams', () => {
  for (const { title, text, members, folder } of chatStreams) {
    const context = chatContext(members)
    const read = () => readText(text, context)
    const bytes = utf8.encode(text)

    test(`${title}: gives the expected message`, () => {
      const outcome = read()
      expect(outcome.error).toBeUndefined()
      expect(faultIn(outcome)).toBeUndefined()
      const message = collectMessage(outcome.events)
      const { stop_reason, stop_sequence, usage } = message
      const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = usage
      expect({
        content: JSON.parse(JSON.stringify(contentOf(message))),
        stop_reason,
        stop_sequence,
        usage: { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens },
      }).toEqual(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')))
    })

    test(`${title}: gives the same events at every cut and with every line end (OU-S2, OU-S19)`, () => {
      const expected = read()
      for (const lineEnd of ['\n', '\r', '\r\n']) {
        const lines = utf8.encode(text.replaceAll('\n', lineEnd))
        for (const size of [1, 2, 3, 7, 64, 1000]) {
          expect(readBytes(inPieces(lines, size), context)).toEqual(expected)
        }
      }
    })

    test(`${title}: is complete after the model's end, and broken before it (OU-S14)`, () => {
      const end = endOfFinish(text)
      for (let length = 0; length < bytes.length; length += 1) {
        const outcome = readBytes([bytes.subarray(0, length)], context)
        const isComplete = outcome.events.at(-1)?.type === 'message_stop'
        expect([length, isComplete, outcome.error === undefined]).toEqual([length, length >= end, length >= end])
        if (isComplete) expect(faultIn(outcome)).toBeUndefined()
      }
    })
  }
})
