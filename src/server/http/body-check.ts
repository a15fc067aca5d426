import type { Static, TSchema } from '@sinclair/typebox'
import { atPath, GatewayError } from '../../base/errors.ts'
import { createCheck } from '../../wire/check.ts'
import { findIssue, type Issue } from '../../wire/issue.ts'
import { issueRule, issueSentence } from './issue-sentence.ts'

/** Returns the body as what it is, or throws a 400 that names the first issue in it. */
export type BodyCheck<T> = (body: unknown) => T

const toError = (issue: Issue): GatewayError => {
  const { path, kind } = issue
  // The last step to an unknown member is a name that the client made up.
  const ownPath = kind === 'unknownMember' ? path.slice(0, -1) : path
  return new GatewayError('invalid_request_error', atPath(path, issueSentence(issue)), {
    reason: atPath(ownPath, issueRule(issue)),
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
    const issue = findIssue(schema, body)
    if (issue !== undefined) throw toError(issue)
    throw new GatewayError('invalid_request_error', 'The request does not match its schema.', { isLoggable: true })
  }
}
