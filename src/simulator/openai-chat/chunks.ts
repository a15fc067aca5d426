import { padding, slices } from '../deltas.ts'
import type { StreamFault } from '../reply.ts'
import type { AnswerShape } from './answer-shape.ts'
import {
  type AnswerPart,
  type ChatAnswer,
  encryptedDetail,
  finishMembers,
  reasoningDetail,
  thinkingPart,
  toUsage,
} from './response.ts'

/** A response as the server-sent events of a stream. */

type Json = Readonly<Record<string, unknown>>

const utf8 = new TextEncoder()

const eventFrame = (payload: Json): Uint8Array => utf8.encode(`data: ${JSON.stringify(payload)}\n\n`)

const reasoningDeltas = (
  { text, signature, index }: Extract<AnswerPart, { kind: 'reasoning' }>,
  { reasoning }: AnswerShape,
  characters: number,
): Json[] => {
  const pieces = slices(text, characters)
  switch (reasoning) {
    case 'hidden':
      return []
    case 'parts':
      return pieces.map((piece) => ({ content: [thinkingPart(piece)] }))
    case 'details':
      return [
        ...pieces.map((piece) => ({ reasoning: piece, reasoning_details: [reasoningDetail(index, { text: piece })] })),
        { reasoning: null, reasoning_details: [reasoningDetail(index, { signature })] },
      ]
    default:
      return pieces.map((piece) => ({ [reasoning]: piece }))
  }
}

const callDeltas = (
  { id, name, input, index }: Extract<AnswerPart, { kind: 'call' }>,
  { calls }: AnswerShape,
  characters: number,
): Json[] => {
  const whole = { id, type: 'function', function: { name, arguments: input } }
  switch (calls) {
    case 'whole':
      return [{ tool_calls: [{ index, ...whole }] }]
    case 'whole without index':
      return [{ tool_calls: [whole] }]
    case 'whole with index 0':
      return [{ tool_calls: [{ index: 0, ...whole }] }]
    case 'pieces':
      return [
        { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
        ...slices(input, characters).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]
  }
}

const deltasOf = (part: AnswerPart, shape: AnswerShape, characters: number): Json[] => {
  const empty = shape.emptyContent === undefined ? {} : { content: shape.emptyContent }
  switch (part.kind) {
    case 'text':
      return slices(part.text, characters).map((content) => ({ content }))
    case 'reasoning':
      return reasoningDeltas(part, shape, characters).map((delta) => ({ ...empty, ...delta }))
    case 'encrypted':
      return shape.reasoning === 'details'
        ? [{ ...empty, reasoning_details: [encryptedDetail(part.index, part.data)] }]
        : []
    case 'call':
      return callDeltas(part, shape, characters).map((delta) => ({ ...empty, ...delta }))
  }
}

/** Adds the role to the deltas in the server's form. */
const withRole = (deltas: readonly Json[], { role }: AnswerShape): Json[] => {
  const assistant = { role: 'assistant' }
  if (role === 'own chunk') return [{ ...assistant, content: '', refusal: null }, ...deltas]
  return deltas.map((delta, index) => (index === 0 || role === 'every delta' ? { ...assistant, ...delta } : delta))
}

interface Choice {
  readonly delta: Json
  readonly finish: Json
}

/** The choices of all chunks: each delta, and then the finish. */
const choicesOf = (answer: ChatAnswer, shape: AnswerShape, characters: number): Choice[] => {
  const deltas = withRole(
    answer.parts.flatMap((part) => deltasOf(part, shape, characters)),
    shape,
  )
  const last = shape.finishesWithLastDelta === true ? (deltas.pop() ?? {}) : {}
  return [
    ...deltas.map((delta) => ({ delta, finish: { finish_reason: null } })),
    { delta: last, finish: finishMembers(answer, shape) },
  ]
}

export interface ChunkOptions {
  readonly deltaCharacters: number
  /** The request requires usage. */
  readonly includeUsage: boolean
}

const chunksOf = (answer: ChatAnswer, shape: AnswerShape, options: ChunkOptions): Json[] => {
  const { id, created, model } = answer
  const usage = toUsage(answer.usage, shape)
  const hasOwnUsage = shape.usage === 'own chunk' && options.includeUsage
  const envelope = {
    id,
    ...(shape.hasNoObject !== true && { object: 'chat.completion.chunk' }),
    created,
    model,
    ...shape.members,
  }
  const choices = choicesOf(answer, shape, options.deltaCharacters)
  const chunks = choices.map(({ delta, finish }, index): Json => {
    const isLast = index === choices.length - 1
    const inChoice = isLast && shape.usage === 'in choice' ? { usage } : {}
    return {
      ...envelope,
      choices: [{ index: 0, delta, logprobs: null, ...shape.choiceMembers, ...finish, ...inChoice }],
      ...(hasOwnUsage && { usage: null }),
      ...(isLast && shape.usage === 'finish chunk' && { usage }),
    }
  })
  return [
    ...(shape.prelude === undefined ? [] : [shape.prelude]),
    ...chunks,
    ...(hasOwnUsage ? [{ ...envelope, choices: [], usage }] : []),
  ]
}

export const toEventFrames = (answer: ChatAnswer, shape: AnswerShape, options: ChunkOptions): Uint8Array[] => [
  ...chunksOf(answer, shape, options).map((chunk, index) =>
    eventFrame(shape.isPadded === true ? { ...chunk, obfuscation: padding(index) } : chunk),
  ),
  utf8.encode('data: [DONE]\n\n'),
]

export const signOfLife = ({ comment }: AnswerShape): Uint8Array | undefined =>
  comment === undefined ? undefined : utf8.encode(`: ${comment}\n\n`)

/** The event with which a stream reports its failure: `error` has an event name, `exception` does not. */
export const faultEvent =
  (envelope: (fault: { message: string; code: string }) => Json) =>
  ({ kind, type = 'server_error', message = 'The simulated stream failed.' }: StreamFault): Uint8Array => {
    const data = `data: ${JSON.stringify(envelope({ message, code: type }))}\n\n`
    return utf8.encode(kind === 'error' ? `event: error\n${data}` : data)
  }
