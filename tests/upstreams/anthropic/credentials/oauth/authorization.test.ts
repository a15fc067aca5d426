import { describe, expect, test } from 'bun:test'
import { challengeOf } from '../../../../../src/simulator/anthropic/token-store.ts'
import {
  createAuthorization,
  parsePastedCode,
} from '../../../../../src/upstreams/anthropic/credentials/oauth/authorization.ts'
import { settingsOf } from '../../../../support/oauth.ts'

const settings = settingsOf('https://auth.example/v1/oauth/token')

const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

describe('the page of a login', () => {
  test('gets a challenge by SHA-256, a state of its own, and the address of the callback (AU-O1, AU-O13)', async () => {
    const { url, redirectUri, state, codeVerifier } = await createAuthorization(settings, 54_545)
    expect(redirectUri).toBe('http://localhost:54545/callback')
    expect(url).toStartWith('https://auth.example/oauth/authorize?')
    expect(parametersOf(url)).toEqual({
      response_type: 'code',
      client_id: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
      redirect_uri: redirectUri,
      scope: 'org:create_api_key user:profile user:inference',
      code_challenge: challengeOf(codeVerifier),
      code_challenge_method: 'S256',
      state,
    })
    expect(url).not.toContain(codeVerifier)
    expect(state).not.toBe(codeVerifier)
  })

  test('shows the code if no server waits for it (AU-O13)', async () => {
    const { url, redirectUri } = await createAuthorization(settings, undefined)
    expect(redirectUri).toBe('https://platform.claude.com/oauth/code/callback')
    expect(parametersOf(url)).toMatchObject({ code: 'true', redirect_uri: redirectUri })
  })

  test('has new secrets for each login (AU-O13)', async () => {
    const [one, two] = [await createAuthorization(settings, 1), await createAuthorization(settings, 1)]
    expect([one.state === two.state, one.codeVerifier === two.codeVerifier]).toEqual([false, false])
  })
})

describe('a pasted code', () => {
  const code = { code: 'c-1_x', state: 's-2_y' }
  const accepted = [
    'c-1_x#s-2_y',
    '  c-1_x#s-2_y\n',
    'http://localhost:54545/callback?code=c-1_x&state=s-2_y',
    'https://platform.claude.com/oauth/code/callback?state=s-2_y&code=c-1_x&more=1',
  ]
  test.each(accepted)('%j has both parts (AU-O13)', (text) => {
    expect(parsePastedCode(text)).toEqual(code)
  })

  const refused = [
    '',
    'c-1_x',
    'c-1_x#',
    '#s-2_y',
    'a#b#c',
    'a b#c',
    'http://localhost:54545/callback?code=c',
    'https://',
  ]
  test.each(refused)('%j is refused: the code alone fails at Anthropic (AU-O13)', (text) => {
    expect(parsePastedCode(text)).toBeUndefined()
  })
})
