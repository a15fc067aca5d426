import { dotted, GatewayError } from '../../base/errors.ts'
import { isObject, type Json } from '../../base/json.ts'
import { findExcess } from '../../base/json-size.ts'
import type { Path } from '../../base/path.ts'
import { createCheck } from '../../wire/check.ts'
import { BlockDeltaShape, BlockStartShape, OutputBlockShape } from '../../wire/converse/response-shapes.ts'
import { findIssue } from '../../wire/issue.ts'

/** Whether an answer's blocks are what they say: another's mistake is not to become an error of our own. */

const badGateway = 502

/** No word of the answer is told. */
const refused = (sentence: string): GatewayError =>
  new GatewayError('api_error', sentence, { status: badGateway, isLoggable: true })

const unreadable = (path: Path): GatewayError =>
  refused(`AI Nexus sent an answer that cannot be read, at ${dotted(path)}.`)

/** Throws GatewayError for an answer that no model has made: to read it, or to write it on, would exhaust us. */
export const checkSize = (text: string): void => {
  const excess = findExcess(text)
  if (excess !== undefined) throw refused(`AI Nexus sent an answer that ${excess}.`)
}

const strip = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(strip)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, name === 'input' ? inner : strip(inner)]),
  )
}

/**
 * Many serializers write null for what is not there. A tool's input is the model's own: it stays. Not
 * copied where the text that the value was read from has none.
 */
export const withoutNulls = (value: unknown, text: string): unknown => (text.includes('null') ? strip(value) : value)

type Shape = Parameters<typeof findIssue>[0]

/** Throws for what is not of the shape; `path` leads there. */
const createShapeCheck = (shape: Shape): ((value: unknown, path: Path) => void) => {
  const check = createCheck(shape)
  return (value, path) => {
    if (!check(value)) throw unreadable([...path, ...(findIssue(shape, value)?.path ?? [])])
  }
}

const checkBlockStart = createShapeCheck(BlockStartShape)
const checkBlockDelta = createShapeCheck(BlockDeltaShape)
const checkBlock = createShapeCheck(OutputBlockShape)

const startPath: Path = ['contentBlockStart']
const deltaPath: Path = ['contentBlockDelta']

/** Throws GatewayError for an event whose block is not what it should be. */
export const checkEvent = (name: string, payload: Json): void => {
  if (name === 'contentBlockDelta') checkBlockDelta(payload, deltaPath)
  else if (name === 'contentBlockStart') checkBlockStart(payload, startPath)
}

/** Throws GatewayError for a block that is not what it should be. */
export const checkContent = (content: readonly unknown[]): void => {
  for (const [index, block] of content.entries()) checkBlock(block, ['output', 'message', 'content', index])
}
