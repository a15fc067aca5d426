import { dotted, GatewayError } from '../../base/errors.ts'
import { isObject, type Json } from '../../base/json.ts'
import { findExcess } from '../../base/json-size.ts'
import type { Path } from '../../base/path.ts'
import { createCheck } from '../../wire/check.ts'
import { BlockDeltaShape, BlockStartShape, OutputBlockShape } from '../../wire/converse/response-shapes.ts'
import { findIssue } from '../../wire/issue.ts'

/** Checks a response's blocks, so that an invalid response does not become an internal error. */

const badGateway = 502

/** The sentence must not quote the response. */
const refused = (sentence: string): GatewayError =>
  new GatewayError('api_error', sentence, { status: badGateway, isLoggable: true })

const unreadable = (path: Path): GatewayError => refused(`AI Nexus sent an invalid response, at ${dotted(path)}.`)

/** Throws GatewayError for a response larger than any model's, which would exhaust memory or the stack. */
export const checkSize = (text: string): void => {
  const excess = findExcess(text)
  if (excess !== undefined) throw refused(`AI Nexus sent a response that ${excess}.`)
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
 * Removes nulls, which many serializers write for absent members. Keeps a tool's input unchanged. Does not copy the
 * value if its text has no null.
 */
export const withoutNulls = (value: unknown, text: string): unknown => (text.includes('null') ? strip(value) : value)

type Shape = Parameters<typeof findIssue>[0]

/** Throws for a value that does not match the shape; `path` is the value's path. */
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

/** Throws GatewayError for an event with an invalid block. */
export const checkEvent = (name: string, payload: Json): void => {
  if (name === 'contentBlockDelta') checkBlockDelta(payload, deltaPath)
  else if (name === 'contentBlockStart') checkBlockStart(payload, startPath)
}

/** Throws GatewayError for an invalid block. */
export const checkContent = (content: readonly unknown[]): void => {
  let index = -1
  for (const block of content) {
    index += 1
    checkBlock(block, ['output', 'message', 'content', index])
  }
}
