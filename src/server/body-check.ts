import type { Static, TSchema } from '@sinclair/typebox'
import { GatewayError, invalidRequest } from '../base/errors.ts'
import { createCheck } from '../wire/check.ts'
import { findFault } from '../wire/fault.ts'
import { faultSentence } from './fault-sentence.ts'

/** Returns the body as what it is, or throws a 400 that names the first fault in it. */
export type BodyCheck<T> = (body: unknown) => T

/**
 * Checks bodies against a schema. Not by Elysia's own `body` schema: its error builds a report that quotes the
 * prompt and takes the square of the body's depth, before anyone has asked for it.
 */
export const createBodyCheck = <T extends TSchema>(schema: T): BodyCheck<Static<T>> => {
  const isLawful = createCheck(schema)
  return (body) => {
    if (isLawful(body)) return body
    const fault = findFault(schema, body)
    if (fault === undefined) throw new GatewayError('invalid_request_error', 'The request does not match its schema.')
    throw invalidRequest(fault.path, faultSentence(fault))
  }
}
