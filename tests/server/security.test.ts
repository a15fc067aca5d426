import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { defaultConfig, request, startChain } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { grammarFault, readEvents } from '../support/sse.ts'

/** Claims of docs/security.md that no other test checks. */

describe('text that looks like the protocol', () => {
  const forged = 'x\n\nevent: error\ndata: {"type":"error"}\n\nid: 1\r\n\r\ndata: [DONE]\r\n\u2028\u0085\0'
  const tool = { name: 'look', input_schema: { type: 'object', properties: {} } }

  test('in an answer stays text', async () => {
    const { post } = startChain({
      scenario: () => ({
        content: [{ thinking: forged }, { text: forged }, { tool: 'look', input: { [forged]: forged } }],
      }),
    })
    const response = await post(request({ stream: true, tools: [tool] }))
    const text = await response.clone().text()
    const events = await readEvents(response)
    expect(grammarFault(events)).toBeUndefined()
    expect(events.at(-1)?.type).toBe('message_stop')
    const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== '')
    expect(lines.filter((line) => !/^(?:event: [a-z_]+|data: \{.*\})$/s.test(line))).toEqual([])
    expect(lines.filter((line) => line === 'event: error')).toEqual([])
  })

  test('in an error stays text, in a stream and in a header', async () => {
    const fault = { afterFrames: 2, kind: 'exception', type: 'throttlingException', message: forged } as const
    const midway = startChain({ scenario: () => ({ content: [{ text: 'x' }], fault }) })
    const events = await readEvents(await midway.post(request({ stream: true })))
    expect(events.filter(({ type }) => type === 'error')).toMatchObject([{ error: { message: forged } }])
    expect(events.at(-1)?.type).toBe('error')
  })
})

test('does not send the key to a host with an untrusted certificate', async () => {
  const pem = (name: string): string => readFileSync(join(import.meta.dir, '..', 'fixtures', 'tls', name), 'utf8')
  let requests = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    tls: { cert: pem('certificate.pem'), key: pem('key.pem') },
    fetch() {
      requests += 1
      return new Response()
    },
  })
  afterTest(() => server.stop(true))
  const { post } = startChain({ endpointUrl: `https://127.0.0.1:${server.port}` })
  const response = await post(request())
  expect([response.status, requests]).toEqual([502, 0])
  expect(await response.text()).toContain('is not trusted')
})

test('other machines cannot reach the server', async () => {
  expect(defaultConfig.host).toBe('127.0.0.1')
  const { url } = startChain()
  const { port } = new URL(url)
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address?.family === 'IPv4' && !address.internal)
  for (const address of others) {
    // A proxy of the environment would answer instead of the server.
    const options: object = { proxy: false }
    expect(await fetch(`http://${address?.address}:${port}/health`, options).catch(() => 'refused')).toBe('refused')
  }
  expect((await fetch(`${url}/health`)).status).toBe(200)
})
