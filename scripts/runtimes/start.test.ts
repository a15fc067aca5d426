import { describe, expect, test } from 'bun:test'
import { node } from './installed.ts'
import { newestWorkerd, nodeRuntime, type Runtime, runtimes, workerdRuntime } from './runtimes.ts'
import { startRuntime } from './start-runtime.ts'
import { clientToken } from './upstreams.ts'

/** How the entries of deploy/runtimes/ start, and refuse to start. */

const variables = { NEXUS_ENDPOINT_URL: 'http://127.0.0.1:9', NEXUS_API_KEY: 'key', NEXUS_CLIENT_TOKEN: clientToken }

/** What the runtime writes before it ends. */
const refusalOf = async (runtime: Runtime, settings: Readonly<Record<string, string>>): Promise<string> => {
  try {
    await (await startRuntime(runtime, settings)).stop()
  } catch (error) {
    return String(error)
  }
  throw new Error('it started')
}

describe.each(runtimes.map((one) => [one.name, one] as const))('%s', (_, runtime) => {
  test('does not start without a key, and says so (OP-X1)', async () => {
    const { NEXUS_API_KEY: _key, ...others } = variables
    const written = await refusalOf(runtime, others)
    expect(written).toContain('No AI Nexus key. Set apiKey (NEXUS_API_KEY).')
    // Not the lines of the bundle, which are long.
    if (runtime !== workerdRuntime) expect(written.length).toBeLessThan(300)
  })

  test('does not start without a token for its clients (OP-X3)', async () => {
    const { NEXUS_CLIENT_TOKEN: _token, ...others } = variables
    expect(await refusalOf(runtime, others)).toContain('No token for clients')
  })

  test('does not start with a setting that needs files (OP-X3)', async () => {
    const refusal = await refusalOf(runtime, { ...variables, NEXUS_HISTORY: '1' })
    expect(refusal).toContain('NEXUS_HISTORY cannot be used in this runtime: it writes no files')
  })
})

test('a Worker also runs with the newest compatibility date (OP-X4)', async () => {
  const { url, output, stop } = await startRuntime(newestWorkerd, variables)
  const { status } = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${clientToken}` } })
  await stop()
  expect([status, output()]).toEqual([200, expect.not.stringContaining('rror')])
})

/** What Node 20 lacks. */
const withoutNews =
  'for (const one of [[Promise, "withResolvers"], [JSON, "isRawJSON"], [URL, "parse"]]) delete one[0][one[1]]'

test('Node before 22 gets a sentence that names the version (OP-X5)', async () => {
  const older: Runtime = {
    ...nodeRuntime,
    commandIn: () => [node(), '--import', `data:text/javascript,${withoutNews}`, 'server.js'],
  }
  expect(await refusalOf(older, variables)).toContain('Use Node 22 or newer')
})
