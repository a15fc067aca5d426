import { canaryMark } from './corpus.ts'

/** Parts of responses that no correct upstream sends. */

export const streamType = 'application/vnd.amazon.eventstream'

export const exceptions = [
  ...['internalServerException', 'modelStreamErrorException', 'throttlingException', 'validationException'],
  ...['serviceUnavailableException', 'modelTimeoutException', 'com.amazon#AccessDeniedException:http://x', '', 'new'],
  ...['__proto__', 'constructor', 'toString', 'x'.repeat(3000)],
]
export const statuses = [
  ...[200, 200, 201, 204, 206, 299, 300, 301, 302, 304, 307, 400, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415],
  ...[418, 422, 424, 429, 429, 451, 499, 500, 500, 501, 502, 503, 504, 511, 529, 599],
]
export const headers = [
  ...exceptions.filter((name) => name !== '').map((name) => `x-amzn-errortype: ${name}`),
  ...['retry-after: -1', 'retry-after: 1e99', 'retry-after: soon', 'retry-after: Wed, 21 Oct 2099 07:28:00 GMT'],
  ...[
    'retry-after: NaN',
    'retry-after: 0',
    'location: http://127.0.0.1:1/',
    'content-encoding: gzip',
    'x-amzn-requestid: ü',
  ],
  ...[
    'content-type: text/html',
    'content-type: application/json',
    `content-type: ${streamType}`,
    `x-amzn-requestid: ${'r'.repeat(4000)}`,
  ],
  ...[
    'x-amzn-requestid: a',
    'set-cookie: a=b',
    'content-length: 3',
    'transfer-encoding: gzip',
    'x: \u0001',
    'no colon',
  ],
]
export const whole = {
  output: {
    message: {
      role: 'assistant',
      content: [{ text: `${canaryMark} hello` }, { toolUse: { toolUseId: 't', name: 'Bash', input: { a: 1 } } }],
    },
  },
  stopReason: 'tool_use',
  usage: {
    inputTokens: 1,
    outputTokens: 2,
    totalTokens: 3,
    cacheReadInputTokens: 1,
    cacheDetails: [{ ttl: '5m', inputTokens: 1 }],
  },
  metrics: { latencyMs: 1 },
  additionalModelResponseFields: { stop_sequence: 'x' },
}
export const awsError = {
  message: `${canaryMark} is malformed`,
  Message: 'x',
  __type: 'ValidationException',
  originalStatusCode: 400,
}
