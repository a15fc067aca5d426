import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../../src/base/secret.ts'
import { maskedWords } from '../../../../src/cli/doctor/matrix/words.ts'

const hidden = { apiKey: new Secret('CANARYKEY0123456789abcdef'), host: 'nexus.example', withIds: false }

describe("Nexus's own words (MX-D6, MX-D7)", () => {
  test.each([
    ['the key', 'Key CANARYKEY0123456789abcdef is wrong', 'Key [redacted] is wrong'],
    ['another token', 'Bearer abc is wrong', '<token> is wrong'],
    ['a JWT', 'got eyJhbGciOi.eyJzdWIi.c2ln', 'got <token>'],
    ['a long token', `got ${'a1'.repeat(20)}`, 'got <token>'],
    [
      'an ARN',
      'no access to arn:aws:bedrock:eu-west-1:123456789012:inference-profile/x here',
      'no access to <arn> here',
    ],
    ['an account', 'account 123456789012', 'account <account>'],
    ['the host', 'nexus.example refuses', '<host> refuses'],
    ['a URL', 'see https://portal.example/keys?id=1 for more', 'see <url> for more'],
    ['an address', 'ask admin@corp.example', 'ask <address>'],
    ['an IP address', 'from 10.1.2.3', 'from <ip>'],
    ['an id of a request', 'id 0f8fad5b-d9cb-469f-a165-70867728950e', 'id <id>'],
    ['another id of a request', 'id req_011CX0abcDEF', 'id <id>'],
    ['the host with its port', 'nexus.example:8443 refuses', '<host>:8443 refuses'],
    ['line breaks and controls', 'one\n two\u001b[31m', 'one two [31m'],
  ])('lose %s', (_, words, masked) => {
    expect(maskedWords(words, hidden)).toBe(masked)
  })

  test('keep paths of the request, figures and quotes', () => {
    const words = "messages.0.content.1.image: Input should be 'a' or 'b', 200001 tokens > 200000 maximum"
    expect(maskedWords(words, hidden)).toBe(words)
  })

  test('keep ids of requests only if the user wants them', () => {
    const words = 'id 0f8fad5b-d9cb-469f-a165-70867728950e of 123456789012'
    expect(maskedWords(words, { ...hidden, withIds: true })).toBe(
      'id 0f8fad5b-d9cb-469f-a165-70867728950e of <account>',
    )
  })

  test('are at most 200 characters, whole ones', () => {
    const masked = maskedWords('😀 '.repeat(200), hidden)
    expect([...masked].length).toBe(200)
    expect(masked).toEndWith('…')
    expect(masked.isWellFormed()).toBe(true)
  })
})
