import { type OpenAiWire, type PlainRequest, toOpenAi } from '../support/openai-requests.ts'
import { createRandom } from '../support/random.ts'
import {
  allTools,
  base,
  cached,
  exchange,
  firstMessage,
  marked,
  prose,
  resultCharacters,
  systemPrompt,
} from './request-parts.ts'
import { type LongSize, middleTurn } from './sessions.ts'

/** Requests with the sizes and shapes of Claude Code's, always the same. */

const seed = 20261121
const random = createRandom(seed)

/** 0.7 KB: a request for a title, or a probe. */
const small = (): object => ({
  ...base,
  max_tokens: 512,
  system: [{ type: 'text', text: prose(random, 200) }],
  messages: [{ role: 'user', content: [{ type: 'text', text: prose(random, 240) }] }],
})

const exchanges = 40

/** 149 KB: a session after about forty turns. */
const large = (): object => {
  const conversation = Array.from({ length: exchanges }, (_, index) => exchange(random, index, resultCharacters)).flat()
  const last = conversation.length - 1
  return {
    ...base,
    temperature: 1,
    system: systemPrompt(random),
    tools: allTools(random),
    messages: [
      firstMessage(random),
      ...conversation.map((message, index) => (index === last || index === last - 2 ? marked(message) : message)),
    ],
  }
}

/** The same with one character outside Latin-1, like Claude Code's own prompt: engines then use two bytes for each. */
const largeUnicode = (): object => {
  const request = large() as { messages: object[] }
  return { ...request, messages: [{ role: 'user', content: [{ type: 'text', text: 'a → b' }] }, ...request.messages] }
}

const pngHead = [
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 4, 0, 0, 0, 3, 0,
]

/** The header of a picture, and noise instead of pixels. */
const picture = (bytes: number): object => {
  const data = Uint8Array.from({ length: bytes }, (_, index) => pngHead[index] ?? random.below(256))
  return {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: Buffer.from(data).toString('base64') },
  }
}

/** 2 MB: screenshots. */
const images = (): object => ({
  ...base,
  system: [{ type: 'text', text: prose(random, 2000), ...cached }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: prose(random, 400) }, picture(750_000)] },
    { role: 'assistant', content: [{ type: 'text', text: prose(random, 300) }] },
    { role: 'user', content: [picture(750_000), { type: 'text', text: prose(random, 300), ...cached }] },
  ],
})

/** Created in this order, so that each is the same on every machine and in every process. */
const requests = { small: small(), large: large(), 'large-unicode': largeUnicode(), images: images() }

/** A request of one of the sizes. Long ones are created on first use, because most runs do not send them. */
export type RequestKind = keyof typeof requests | LongSize

const isLong = (kind: RequestKind): kind is LongSize => !Object.hasOwn(requests, kind)

/** The body of a request in the client's protocol. */
export const requestBody = (kind: RequestKind, isStream: boolean, wire?: OpenAiWire): Uint8Array => {
  if (isLong(kind)) {
    if (wire !== undefined) throw new Error(`No request of ${kind} in OpenAI's format`)
    return Buffer.concat(middleTurn(kind, isStream))
  }
  const request = requests[kind]
  const body = wire === undefined ? request : toOpenAi(request as PlainRequest, wire)
  // As Codex sends them.
  const isUnstored = wire === 'responses'
  return Buffer.from(
    JSON.stringify({ ...body, ...(isUnstored && { store: false }), ...(isStream && { stream: true }) }),
  )
}
