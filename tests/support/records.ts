import type { RequestHead, RequestRecord } from '../../src/gateway/request-record.ts'

/** The facts of a request before its start. */
export const requestHead: Omit<RequestHead, 'at'> = {
  requestId: 'req_1',
  entrance: 'anthropic',
  method: 'POST',
  path: '/v1/messages',
  session: undefined,
  isSubagent: false,
}

export type RecordMembers = { readonly [Name in keyof RequestRecord]?: RequestRecord[Name] | undefined }

/** The record of an answered request, with the members that a test adds; undefined removes one. */
export const requestRecord = (members: RecordMembers = {}): RequestRecord => {
  const record = { ...answered, ...members }
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never
}

const answered: RequestRecord = {
  ...requestHead,
  session: 'session-1234',
  endpoint: 'messages',
  at: Date.UTC(2026, 10, 29, 12, 0, 0),
  operation: 'message',
  model: 'claude-sonnet-4-6',
  domain: 'team.example',
  outcome: 'answered',
  status: 200,
  firstEventMs: 300,
  durationMs: 1234.5,
  attempts: 1,
  errorType: undefined,
  errorReason: undefined,
}

export const usage = {
  input_tokens: 10,
  cache_read_input_tokens: 200,
  cache_creation_input_tokens: 3000,
  output_tokens: 40,
}
