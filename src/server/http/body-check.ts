import type { Static, TSchema } from '@sinclair/typebox'
import { atPath, GatewayError } from '../../base/errors.ts'
import { createCheck } from '../../wire/check.ts'
import { type Fault, findFault } from '../../wire/fault.ts'
import { faultRule, faultSentence } from './fault-sentence.ts'

/** Returns the body as what it is, or throws a 400 that names the first fault in it. */
export type BodyCheck<T> = (body: unknown) => T

const toError = (fault: Fault): GatewayError => {
  const { path, kind } = fault
  // The last step to an unknown member is a name that the client made up.
  const ownPath = kind === 'unknownMember' ? path.slice(0, -1) : path
  return new GatewayError('invalid_request_error', atPath(path, faultSentence(fault)), {
    reason: atPath(ownPath, faultRule(fault)),
  })
}

/**
 * Checks bodies against a schema. Not by Elysia's own `body` schema: its error builds a report that quotes the
 * prompt and takes the square of the body's depth, before anyone has asked for it.
 */
export const createBodyCheck = <T extends TSchema>(schema: T): BodyCheck<Static<T>> => {
  const isLawful = createCheck(schema)
  return (body) => {
    if (isLawful(body)) return body
    const fault = findFault(schema, body)
    if (fault !== undefined) throw toError(fault)
    throw new GatewayError('invalid_request_error', 'The request does not match its schema.', { isLoggable: true })
  }
}
