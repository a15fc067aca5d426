import type { Static, TSchema } from '@sinclair/typebox'
import { atPath, GatewayError } from '../../base/errors.ts'
import { createCheck } from '../../wire/check.ts'
import { findIssue, type Issue } from '../../wire/issue.ts'
import { issueRule, issueSentence } from './issue-sentence.ts'

/** The type that Elysia accepts for a route's `body` or `query`: a Standard Schema (standardschema.dev). */
export interface RouteSchema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: 'typebox'
    /** Only for type inference. */
    readonly types?: { readonly input: T; readonly output: T }
    /** Returns the value itself, unknown members included. Throws a GatewayError that names the first issue's path. */
    validate(value: unknown): { readonly value: T }
  }
}

const toError = (issue: Issue): GatewayError => {
  const { path, kind } = issue
  // The last step to an unknown member is the client's own text.
  const ownPath = kind === 'unknownMember' ? path.slice(0, -1) : path
  return new GatewayError('invalid_request_error', atPath(path, issueSentence(issue)), {
    path,
    reason: atPath(ownPath, issueRule(issue)),
  })
}

/**
 * Throws instead of returning issues: Elysia's own error quotes the whole body, which is the prompt, and takes 135 ms
 * for 100 kB of deeply nested data.
 */
export const toRouteSchema = <T extends TSchema>(schema: T): RouteSchema<Static<T>> => {
  const isValid = createCheck(schema)
  const validate = (value: unknown): { readonly value: Static<T> } => {
    if (isValid(value)) return { value }
    const issue = findIssue(schema, value)
    if (issue !== undefined) throw toError(issue)
    throw new GatewayError('invalid_request_error', 'The request does not match its schema.', { isLoggable: true })
  }
  return { '~standard': { version: 1, vendor: 'typebox', validate } }
}
