import { expect, test } from 'bun:test'
import { clientIdentityOf } from '../../../../src/server/entrances/openai/client-identity.ts'

const identity = (headers: Record<string, string>, name?: string): string =>
  clientIdentityOf(new Request('http://localhost/', { headers }), { domain: name === undefined ? undefined : { name } })

test('clients with other credentials, or of other domains, are other clients (OE-C64)', () => {
  const all = [
    identity({}),
    identity({ authorization: 'Bearer one' }),
    identity({ authorization: 'Bearer two' }),
    identity({ 'x-api-key': 'one' }),
    identity({ 'api-key': 'one' }),
    identity({ authorization: 'Bearer one' }, 'a.example'),
    identity({ authorization: 'Bearer one' }, 'b.example'),
  ]
  expect(new Set(all).size).toBe(all.length)
  expect(identity({ authorization: 'Bearer one' })).toBe(identity({ authorization: 'Bearer one', accept: '*/*' }))
  expect(all.some((name) => name.includes('one'))).toBe(false)
})
