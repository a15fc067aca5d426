import { describe, expect, test } from 'bun:test'
import type { GatewayError } from '../../src/base/errors.ts'
import { toAnswerError, toStreamError } from '../../src/upstreams/nexus/errors.ts'
import { cases, fixture } from '../support/fixtures.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

const wording = { model: 'claude-sonnet-4-6', maxTokens: undefined }

/** What a client is told, without what is not set. */
const told = ({
  type,
  status,
  message,
  shouldRetry,
  retryAfterSeconds,
  upstreamRequestId,
  retryable,
}: GatewayError): object => ({
  type,
  status,
  message,
  ...(shouldRetry !== undefined && { shouldRetry }),
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  ...(upstreamRequestId !== undefined && { upstreamRequestId }),
  ...(retryable && { retryable }),
})

describe('failed answers', () => {
  for (const name of cases('errors')) {
    test(name, () => {
      const { headers, ...answer } = fixture<Answer>('errors', name, 'answer')
      const context = fixture<{ model?: string; maxTokens?: number }>('errors', name, 'context')
      const error = toAnswerError({ ...answer, headers: new Headers(headers) }, { ...wording, ...context })
      expect(told(error)).toEqual(fixture('errors', name, 'expected'))
    })
  }

  test('retry-after as a date is read against the date of the answer', () => {
    const headers = new Headers({
      date: 'Sat, 21 Nov 2026 12:00:00 GMT',
      'retry-after': 'Sat, 21 Nov 2026 12:00:09 GMT',
    })
    expect(toAnswerError({ status: 429, headers, body: '' }, wording).retryAfterSeconds).toBe(9)
  })

  test('an exception with a name that is a member of every object is an unknown one', () => {
    const headers = new Headers({ 'x-amzn-errortype': 'constructor' })
    expect(toAnswerError({ status: 400, headers, body: '{"message":"m"}' }, wording).type).toBe('invalid_request_error')
  })
})

describe('failures in a stream', () => {
  test.each([
    ['throttlingException', { message: 'm' }, 'rate_limit_error', 'm'],
    ['serviceUnavailableException', { message: 'm' }, 'overloaded_error', 'm'],
    ['internalServerException', { message: 'm' }, 'api_error', 'm'],
    [
      'validationException',
      { message: 'The model returned the following errors: prompt is too long: 3 tokens > 2 maximum' },
      'invalid_request_error',
      'prompt is too long: 3 tokens > 2 maximum',
    ],
    [
      'modelStreamErrorException',
      { message: 'm', originalStatusCode: 429, originalMessage: 'the model is busy' },
      'rate_limit_error',
      'the model is busy',
    ],
    ['modelStreamErrorException', { message: 'm', originalStatusCode: 529 }, 'overloaded_error', 'm'],
    ['modelStreamErrorException', { message: 'm', originalStatusCode: 400 }, 'invalid_request_error', 'm'],
    ['modelStreamErrorException', { message: 'm' }, 'api_error', 'm'],
    ['throttlingException', { message: 'Too many tokens per day' }, 'rate_limit_error', 'Too many tokens per day'],
    [
      'validationException',
      { message: 'The provided model identifier is invalid.' },
      'not_found_error',
      'The provided model identifier is invalid. (model: claude-sonnet-4-6)',
    ],
    [
      'accessDeniedException',
      { message: 'Authentication failed: bad' },
      'authentication_error',
      'Authentication failed: bad',
    ],
    ['somethingNewException', {}, 'api_error', 'AI Nexus ended the stream: somethingNewException'],
  ])('%s %p', (exception, payload, type, message) => {
    expect(toStreamError(exception, payload, wording)).toMatchObject({ type, message } as never)
  })
})
