import { expect, test } from 'bun:test'
import { startSignInServer } from '../../support/sign-in.ts'

test('GET /protocol lists in Markdown what the server handles and leaves out (SI-A9)', async () => {
  const { url } = startSignInServer()
  const response = await fetch(`${url}/protocol`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/markdown; charset=utf-8'])
  const text = await response.text()
  expect(text).toContain('| request | handled | since Claude Code |\n| --- | --- | --- |\n')
  expect(text).toContain('## Left out')
  for (const path of ['/oauth/token', '/managed/settings', '/v1/metrics', '/api/oauth/usage'])
    expect(text).toContain(path)
  expect((await fetch(`${url}/protocol`, { method: 'POST' })).status).toBe(405)
})
