import { Elysia } from 'elysia'
import type { NewId } from '../base/ids.ts'

export const requestIdHeader = 'request-id'
/** Bedrock's own id of the call, for the support of whoever runs the upstream. */
export const upstreamIdHeader = 'x-amzn-requestid'

/** Gives every request its id, which every reply carries, errors included. */
export const requestContext = (newId: NewId) =>
  new Elysia({ name: 'request-context' }).onRequest(({ set }) => {
    set.headers[requestIdHeader] = newId('req_')
  })

/** Flags of the `anthropic-beta` header, `a,b` as a list; empty without the header. */
export const betasOf = (headers: Headers): string[] =>
  (headers.get('anthropic-beta') ?? '')
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')
