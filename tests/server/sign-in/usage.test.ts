import { expect, test } from 'bun:test'
import { defaultConfig, request } from '../../support/chain.ts'
import { signedIn, startSignInServer } from '../../support/sign-in.ts'

const price = { input: 9, output: 9, cacheRead: 9, cacheWrite: 9, cacheWrite1h: 9 }
const prices = new Map([['*', price]])
const { quota } = defaultConfig

const start = async (config: Partial<typeof defaultConfig> = {}) => {
  const server = startSignInServer({ chain: { config } })
  const { accessToken } = await signedIn(server.core)
  const headers = { authorization: `Bearer ${accessToken}` }
  return { ...server, headers, read: () => fetch(`${server.url}/api/oauth/usage`, { headers }) }
}

interface Report {
  readonly extra_usage: { readonly used_credits: number; readonly monthly_limit: number | null }
  readonly limits: readonly { readonly resets_at: string }[]
}

test('without prices there is no usage (SI-Q3)', async () => {
  const { read, url } = await start()
  expect((await read()).status).toBe(404)
  expect((await fetch(`${url}/api/oauth/usage`)).status).toBe(401)
})

test('with prices, a client reads what it spent (SI-Q3)', async () => {
  // A million times the usual price: each token costs nine.
  const expensive = { input: 9e6, output: 9e6, cacheRead: 9e6, cacheWrite: 9e6, cacheWrite1h: 9e6 }
  const { read, post, headers } = await start({ prices: new Map([['*', expensive]]) })
  const first = await read()
  expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(await first.json()).toMatchObject({ extra_usage: { used_credits: 0, monthly_limit: null }, limits: [] })
  await (await post(request(), { headers })).text()
  let spent = 0
  while (spent === 0) spent = ((await (await read()).json()) as Report).extra_usage.used_credits
  expect(spent % 900).toBe(0)
})

test('the amounts of a budget begin again at the second of the headers (SI-Q1, SI-Q3)', async () => {
  const { read, post, headers } = await start({ prices, quota: { ...quota, costPerMonth: 500 } })
  const answered = await post(request(), { headers })
  const reset = Number(answered.headers.get('anthropic-ratelimit-unified-overage-reset'))
  const report = (await (await read()).json()) as Report
  expect(report.extra_usage.monthly_limit).toBe(50_000)
  expect(report.limits.map(({ resets_at }) => Date.parse(resets_at) / 1000)).toEqual([reset])
})
