import { describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { readCapabilities, writeCapabilities } from '../../../src/cli/capabilities/capabilities-file.ts'
import { capabilitiesPath, type Machine } from '../../../src/config/paths.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import * as diagnosis from '../../../src/upstreams/nexus/diagnosis.ts'
import type { ModelRefusal } from '../../../src/upstreams/upstream.ts'
import { simulate } from '../../support/chain.ts'
import { startCli, temporaryFolder, testIo } from '../../support/cli.ts'

const url = 'https://nexus.example'
const now = Date.parse('2026-11-29T12:00:00Z')
const dayMs = 86_400_000

const refusals: readonly ModelRefusal[] = [
  { model: 'claude-sonnet-4.6', what: 'an effort setting', overrides: { capabilities: { effort: [] } } },
  { model: 'claude-sonnet-4.6', what: 'the beta flag a-1', overrides: { refusedBetas: ['a-1'] } },
]

const machineOf = (home = temporaryFolder()): Machine => testIo({ home }).machine

const withFile = (text: string): Machine => {
  const machine = machineOf()
  mkdirSync(dirname(capabilitiesPath(machine)), { recursive: true })
  writeFileSync(capabilitiesPath(machine), text)
  return machine
}

describe('what doctor has learned about models (MX-D8)', () => {
  test('returns what was written for the endpoint, and nothing for another one', async () => {
    const machine = machineOf()
    await writeCapabilities(machine, url, refusals, now)
    expect(readCapabilities(machine, url, now + dayMs)).toEqual({ refusals })
    expect(readCapabilities(machine, 'https://other.example', now)).toEqual({ refusals: [] })
  })

  test('replaces what it knew about an endpoint, and keeps the others', async () => {
    const machine = machineOf()
    await writeCapabilities(machine, 'https://other.example', refusals, now)
    await writeCapabilities(machine, url, refusals, now)
    await writeCapabilities(machine, url, refusals.slice(1), now)
    expect(readCapabilities(machine, url, now).refusals).toEqual(refusals.slice(1))
    expect(readCapabilities(machine, 'https://other.example', now).refusals).toEqual(refusals)
  })

  test('forgets after a month, because an upstream learns, too', async () => {
    const machine = machineOf()
    await writeCapabilities(machine, url, refusals, now)
    expect(readCapabilities(machine, url, now + 30 * dayMs).refusals).toEqual(refusals)
    expect(readCapabilities(machine, url, now + 31 * dayMs).refusals).toEqual([])
  })

  test('keeps every kind of refusal that the server reads', async () => {
    const kinds = Object.values(diagnosis).filter((one): one is diagnosis.Diagnosis => typeof one === 'object')
    expect(kinds.length).toBeGreaterThan(8)
    const all = kinds.map(({ what, overrides }) => ({ model: 'claude-sonnet-4.6', what, overrides }))
    const machine = machineOf()
    await writeCapabilities(machine, url, all, now)
    expect(readCapabilities(machine, url, now)).toEqual({ refusals: all })
  })

  test('is readable by its owner alone, and does not contain the URL', async () => {
    const path = await writeCapabilities(machineOf(), url, refusals, now)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).not.toContain('nexus.example')
  })

  test.each([
    ['no JSON', '{'],
    ['another form', '{"endpoints": []}'],
    [
      'an unknown capability',
      JSON.stringify({
        endpoints: {
          a: {
            learnedAt: '2026-11-29',
            refusals: [{ model: 'm', what: 'w', overrides: { capabilities: { isClaude: false } } }],
          },
        },
      }),
    ],
  ])('uses nothing of a file with %s, and replaces it', async (_, text) => {
    const machine = withFile(text)
    expect(readCapabilities(machine, url, now)).toEqual({ refusals: [], fault: 'invalid' })
    await writeCapabilities(machine, url, refusals, now)
    expect(readCapabilities(machine, url, now)).toEqual({ refusals })
  })

  test('names the code of a file that cannot be read', () => {
    const machine = machineOf()
    mkdirSync(capabilitiesPath(machine), { recursive: true })
    expect(readCapabilities(machine, url, now)).toEqual({ refusals: [], fault: 'EISDIR' })
  })
})

describe('a server whose user has learned', () => {
  const serve = async (state: string) => {
    const journal: JournalEntry[] = []
    const { url: endpoint } = simulate({ onRequest: (entry) => journal.push(entry) })
    const machine = { ...machineOf(), environment: { XDG_STATE_HOME: state } }
    await writeCapabilities(machine, endpoint, refusals, Date.now())
    const start = () =>
      startCli(['start', '--port', '0', '--endpoint-url', endpoint, '--log-format', 'json'], {
        NEXUS_API_KEY: 'any-key',
        XDG_STATE_HOME: state,
      })
    return { journal, start, path: capabilitiesPath(machine) }
  }
  const send = (url: string) =>
    fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'claude-sonnet-4-6',
        max_tokens: 10,
        output_config: { effort: 'low' },
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    })
  const listens = /http:\/\/127\.0\.0\.1:\d+/

  test('leaves out from the first request what the model refuses (MX-D8)', async () => {
    const { journal, start } = await serve(temporaryFolder())
    const program = start()
    await program.says(/capabilities\.learned.*"parts":2/)
    const [url = ''] = await program.says(listens)
    expect((await send(url)).status).toBe(200)
    expect(journal.map(({ status }) => status)).toEqual([200])
    expect(JSON.stringify(journal[0]?.body)).not.toContain('effort')
    program.kill('SIGTERM')
    await program.ended
  })

  test('serves with a file that it cannot use, and logs the reason (MX-D8)', async () => {
    const { journal, start, path } = await serve(temporaryFolder())
    writeFileSync(path, 'damaged')
    const program = start()
    await program.says(/capabilities\.unreadable.*"reason":"invalid"/)
    const [url = ''] = await program.says(listens)
    expect((await send(url)).status).toBe(200)
    expect(JSON.stringify(journal[0]?.body)).toContain('effort')
    program.kill('SIGTERM')
    await program.ended
  })
})
