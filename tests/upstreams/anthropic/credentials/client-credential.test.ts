import { describe, expect, test } from 'bun:test'
import { clientCredential } from '../../../../src/upstreams/anthropic/credentials/client-credential.ts'

const choose = async (headers: Record<string, string>, clientTokens: readonly string[] = []): Promise<unknown> => {
  const credential = await clientCredential(new Headers(headers), {
    ...(clientTokens.length > 0 && { isClientToken: (token) => clientTokens.includes(token) }),
    isHandedOut: (token) => token === 'handed-out',
  })
  return credential && { ...credential, secret: credential.secret.reveal() }
}

const asKey = (secret: string): unknown => ({ kind: 'client', header: 'x-api-key', secret, betas: [] })
const asBearer = (secret: string, betas: string[] = []): unknown => ({
  kind: 'client',
  header: 'authorization',
  secret,
  betas,
})

describe("a client's own credential", () => {
  test.each([
    [{ authorization: 'Bearer sk-ant-api03-x' }, asKey('sk-ant-api03-x')],
    [{ authorization: 'sk-ant-api03-x' }, asKey('sk-ant-api03-x')],
    [{ authorization: 'Bearer sk-ant-oat01-x' }, asBearer('sk-ant-oat01-x', ['oauth-2025-04-20'])],
    [{ authorization: 'bearer  other-token' }, asBearer('other-token')],
    [{ 'x-api-key': 'sk-ant-api03-x' }, asKey('sk-ant-api03-x')],
    [{ 'x-api-key': 'other-key' }, asKey('other-key')],
    [{ authorization: 'Bearer sk-ant-oat01-x', 'x-api-key': 'k' }, asBearer('sk-ant-oat01-x', ['oauth-2025-04-20'])],
    [{ authorization: 'Bearer dummy', 'x-api-key': 'k' }, asKey('k')],
    [{ authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': 'k' }, asKey('k')],
  ])('is sent in one header, from authorization first (AU-K2, AU-K6): %j', async (headers, credential) => {
    expect(await choose(headers)).toEqual(credential)
  })

  test("is a signed-in Claude Code's own token, without a switch (AU-T3)", async () => {
    expect(await choose({ authorization: 'Bearer sk-ant-oat01-person' })).toEqual(
      asBearer('sk-ant-oat01-person', ['oauth-2025-04-20']),
    )
  })

  test.each([
    [{}],
    [{ authorization: '' }],
    [{ authorization: 'Bearer' }],
    [{ authorization: 'Bearer ' }],
    [{ authorization: 'Bearer dummy' }],
    [{ 'x-api-key': 'dummy' }],
    [{ 'x-api-key': 'any-value' }],
    [{ 'x-api-key': '' }],
    [{ 'x-api-key': 'two words' }],
    [{ 'x-api-key': 'schlüssel' }],
    [{ 'x-api-key': 'a'.repeat(4097) }],
    [{ 'x-api-key': 'cnp_live_1' }],
    [{ authorization: 'Bearer handed-out' }],
    [{ authorization: 'Basic dXNlcjpwYXNz' }],
  ])('is not a placeholder, nor a token of this server (AU-K5): %j', async (headers) => {
    expect(await choose(headers)).toBeUndefined()
  })

  test('is not the token of the client setup (AU-K5, AU-C3)', async () => {
    expect(await choose({ authorization: 'Bearer claude-1' })).toBeUndefined()
    expect(await choose({ 'x-api-key': 'claude-1' })).toBeUndefined()
  })

  test.each([
    [{ authorization: 'Bearer gate', 'x-api-key': 'sk-ant-api03-x' }, asKey('sk-ant-api03-x')],
    [{ authorization: 'Bearer sk-ant-oat01-x', 'x-api-key': 'gate' }, asBearer('sk-ant-oat01-x', ['oauth-2025-04-20'])],
    [{ authorization: 'Bearer gate', 'x-api-key': 'gate' }, undefined],
    [{ authorization: 'Bearer gate', 'x-api-key': 'other' }, undefined],
    [{ authorization: 'Bearer gate', 'x-api-key': 'sk-ant-gate' }, undefined],
    [{ 'x-api-key': 'sk-ant-gate' }, undefined],
    [{ authorization: 'Bearer gate' }, undefined],
  ])("with a gate, is Anthropic's key in the other header (AU-K5): %j", async (headers, credential) => {
    expect(await choose(headers, ['gate', 'sk-ant-gate'])).toEqual(credential)
  })
})
